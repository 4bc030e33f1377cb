import { MaestroError, shortened, type AuditEntry, type AuditLog, type Clock } from '@maestro/core';
import type { Logger } from 'pino';
import type { Answer } from './answer.ts';
import type { ApiRequest, Route } from './route.ts';

/** Roles of a token that an entry names at most. */
const MAX_ROLES = 20;
/** How long an answer waits for its entry at most, in ms. */
const MAX_WAIT_MS = 2_000;

/** Where entries go. */
export interface AuditParts {
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Handles a request with its entries in the audit log of the caller's tenant; what was done to another tenant is in the log of that,
 * too. What is done to a continuation is in the
 * continuation's own log too, so its entry comes afterwards, and one that the store does not take is a warning.
 *
 * @throws MaestroError what the handler throws; or that an entry which has to be there before was not taken.
 */
export async function audited(
  route: Route,
  request: ApiRequest<unknown, unknown>,
  { audit, clock, log }: AuditParts,
): Promise<Answer | undefined> {
  const { principal, id, requestId, body } = request;
  const about = route.auditTenant?.(body) ?? request.tenant;
  const detail = {
    ...(about === principal.tenant ? {} : { tenant: about, byTenant: principal.tenant }),
    ...route.auditDetail?.(body),
  };
  const append = async (more: Pick<AuditEntry, 'outcome'> & Partial<AuditEntry>): Promise<void> => {
    const entry: AuditEntry = {
      at: new Date(clock.nowMs()).toISOString(),
      by: shortened(principal.subject, 200),
      roles: principal.roles.slice(0, MAX_ROLES).map((role) => shortened(role, 100)),
      action: route.operationId,
      target: id === '' ? null : id,
      requestId,
      ...(Object.keys(detail).length > 0 ? { detail } : {}),
      ...more,
    };
    // Whoever may not do it has no business in the log of another.
    const both = more.outcome === 'done' && about !== principal.tenant;
    await Promise.all(
      [principal.tenant, ...(both ? [about] : [])].map((tenant) => audit.append(tenant, entry)),
    );
  };
  if (route.audit === 'before') await append({ outcome: 'asked' });
  const afterwards = async (more: Parameters<typeof append>[0]): Promise<void> => {
    const written = append(more).catch((error: unknown) => {
      log.warn({ requestId, err: error }, 'an entry is missing from the audit log');
    });
    // Who asked need not wait for a store that is slow: it is done, and the entry goes on being tried.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, MAX_WAIT_MS);
    });
    await Promise.race([written, late]);
    clearTimeout(timer);
  };
  let answer: Answer | undefined;
  try {
    answer = await route.handle(request);
  } catch (error) {
    await afterwards({ outcome: 'refused', code: MaestroError.from(error).code });
    throw error;
  }
  await afterwards({
    outcome: 'done',
    ...(answer?.about === undefined ? {} : { target: answer.about }),
  });
  return answer;
}
