/** Works a little, sleeps, works a little, completes: the smallest whole life. */
export declare const noop: import('@maestro/core').Recipe;
//# sourceMappingURL=noop.d.ts.map
