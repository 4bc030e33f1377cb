/** Waits for a signal from a person and completes with what came along. */
export declare const wait: import('@maestro/core').Recipe;
//# sourceMappingURL=wait.d.ts.map
