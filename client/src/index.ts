export { MaestroClient, type ChangeOptions, type SignalOptions } from './maestro-client.ts';
export type { FollowTenantOptions } from './follow-tenant.ts';
export type { CallOptions, Tagged, TransportOptions } from './transport.ts';
export type { RetryOptions } from './retry.ts';

// What the API answers
export type {
  CommonAncestor,
  ContinuationList,
  ContinuationView,
  EventsPage,
  Explanation,
  FinishImportAnswer,
  FinishImportInput,
  ForkAnswer,
  ForkRequestInput,
  ImportAnswer,
  ImportRequest,
  ItemsAnswer,
  LineageNode,
  LineagePage,
  MergeRequestInput,
  Relation,
  ReplayAnswer,
  SignalAnswer,
  ListedContinuation,
  ListFilter,
  SkipAnswer,
  TenantAnswer,
  TenantCreationInput,
  TenantRequestInput,
  ErasureAnswer,
  AuditPage,
  FreezeAnswer,
  FreezeRequestInput,
  ThawRequestInput,
  StartAnswer,
  StartRequestInput,
  WakeAnswer,
} from './protocol/index.ts';
