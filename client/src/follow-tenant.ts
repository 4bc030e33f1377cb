import type { StoredEvent } from '@maestro/core';
import { liveMessages } from './live-messages.ts';
import type { Transport } from './transport.ts';

/** How a tenant is followed. */
export interface FollowTenantOptions {
  /** Ends it; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called where events are missing: the server did not remember them when a lost connection was opened again. */
  readonly onGap?: () => void;
}

/** The events of all continuations of the tenant, as they are committed, over as many connections as it takes. */
export async function* followTenant(
  transport: Transport,
  { signal, onGap }: FollowTenantOptions,
): AsyncGenerator<StoredEvent, void> {
  let last: string | undefined;
  const stream = { path: '/events/stream', lastEventId: () => last, signal };
  for await (const { event, data, id } of liveMessages(transport, stream)) {
    last = id ?? last;
    if (event === 'gap') onGap?.();
    else if (event !== 'open') yield JSON.parse(data) as StoredEvent;
  }
}
