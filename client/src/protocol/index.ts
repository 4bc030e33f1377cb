export { BlobValue } from './blob-value.ts';
export {
  ContinuationList,
  ListedContinuation,
  ListFilter,
  MAX_LIST_PAGE,
} from './continuation-list.ts';
export { ContinuationView } from './continuation-view.ts';
export { EventsPage, MAX_PAGE_EVENTS, MAX_WAIT_SECONDS } from './events-page.ts';
export { Explanation } from './explanation.ts';
export { ItemsAnswer, ItemsRequest, MAX_ITEMS } from './stream-items.ts';
export { MergeRequest, type MergeRequestInput } from './merge-request.ts';
export { SkipAnswer, SkipRequest } from './skip-request.ts';
export { AuditPage, MAX_AUDIT_PAGE } from './audit-page.ts';
export {
  FreezeAnswer,
  FreezeRequest,
  ThawRequest,
  type FreezeRequestInput,
  type ThawRequestInput,
} from './freeze.ts';
export {
  ErasureAnswer,
  ErasureRequest,
  MAX_ERASED_KEYS,
  TenantAnswer,
  TenantCreation,
  TenantRequest,
  type TenantCreationInput,
  type TenantRequestInput,
} from './tenant-request.ts';
export {
  FinishImportAnswer,
  FinishImportRequest,
  ImportAnswer,
  ImportRequest,
  MAX_IMPORT_ROWS,
  type FinishImportInput,
} from './import-request.ts';
export {
  ForkAnswer,
  ForkRequest,
  MAX_FORK_CHILDREN,
  type ForkRequestInput,
} from './fork-request.ts';
export {
  CommonAncestor,
  LineageNode,
  LineagePage,
  MAX_PAGE_NODES,
  Relation,
} from './lineage-page.ts';
export { Problem } from './problem.ts';
export { ReplayAnswer } from './replay-answer.ts';
export { SignalAnswer, SignalRequest, WakeAnswer } from './signal-request.ts';
export { StartAnswer, StartRequest, type StartRequestInput } from './start-request.ts';
