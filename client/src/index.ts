export {
  MaestroClient,
  type CallOptions,
  type ChangeOptions,
  type SignalOptions,
} from './maestro-client.ts';
export type { TransportOptions } from './transport.ts';
export type { RetryOptions } from './retry.ts';

// What the API answers
export type {
  ContinuationView,
  EventsPage,
  Explanation,
  FinishImportAnswer,
  FinishImportInput,
  ImportAnswer,
  ImportRequest,
  SignalAnswer,
  StartAnswer,
  StartRequestInput,
  WakeAnswer,
} from './protocol/index.ts';
