export { BlobValue } from './blob-value.ts';
export { ContinuationView } from './continuation-view.ts';
export { EventsPage, MAX_PAGE_EVENTS } from './events-page.ts';
export { Explanation } from './explanation.ts';
export {
  FinishImportAnswer,
  FinishImportRequest,
  ImportAnswer,
  ImportRequest,
  MAX_IMPORT_ROWS,
  type FinishImportInput,
} from './import-request.ts';
export { Problem } from './problem.ts';
export { SignalAnswer, SignalRequest, WakeAnswer } from './signal-request.ts';
export { StartAnswer, StartRequest, type StartRequestInput } from './start-request.ts';
