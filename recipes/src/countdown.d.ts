/** Counts down, one tick each, with a sleep between two. */
export declare const countdown: import('@maestro/core').Recipe;
//# sourceMappingURL=countdown.d.ts.map
