// The command line
export { createProgram } from './program.ts';
// Its parts, for tools that check and repair stores
export { rearmAll, type RearmOptions, type RearmReport } from './repair/rearm.ts';
export { openScanner, type StoreOptions } from './scanner/store-options.ts';
export { verifyLog, type HeadClaim, type LogVerdict } from './verify/verify-log.ts';
