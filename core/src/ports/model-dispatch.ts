import type { Runtime, Tier } from '../decision/decision.ts';

/** What a model is asked. */
export interface ModelRequest {
  readonly tenant: string;
  readonly tier: Tier;
  /** Stable over retries: providers that can, answer the same id once. */
  readonly requestId: string;
  readonly system?: string;
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  readonly maxTokens: number;
}

/** What came back, and what it cost. */
export interface ModelAnswer {
  readonly text: string;
  readonly provider: string;
  readonly model: string;
  readonly runtime: Runtime;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
  readonly latencyMs: number;
  readonly safetyOutcome: 'passed' | 'filtered' | 'blocked' | 'unknown';
}

/** Asks a model of a tier; which provider answers is the adapter's business. */
export interface ModelDispatch {
  /** Rejects when the signal aborts or no provider of the tier answers. */
  complete(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
}
