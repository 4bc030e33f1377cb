import { LogVerifier, MaestroError, type ContinuationRef, type StoredEvent } from '@maestro/core';

/** What a check of a log found. */
export interface LogVerdict {
  readonly ok: boolean;
  readonly tenant: string | undefined;
  readonly id: string | undefined;
  /** Events that verify. */
  readonly events: number;
  /** Payloads that were erased: they verify by their hash alone. */
  readonly erased: number;
  /** Hash of the last event that verifies. */
  readonly hash: string | undefined;
  /** `same`: the log folds to the head row, byte for byte. `unknown`: there was no head row, or a payload is erased. */
  readonly head: 'same' | 'different' | 'unknown';
  /** Where it does not verify. */
  readonly fault?: { readonly sequence: number; readonly reason: string; readonly message: string };
}

/** The head that a log should fold to. */
export interface HeadClaim {
  readonly sequence: number;
  /** Text of the row, if it is known. */
  readonly row: string | undefined;
}

/**
 * Checks a log: no gap, every payload and link as it was written, and the fold equal to the head.
 *
 * @param head asked for after the last event.
 */
export async function verifyLog(
  events: AsyncIterable<StoredEvent>,
  head: () => HeadClaim | undefined,
): Promise<LogVerdict> {
  let verifier: LogVerifier | undefined;
  let ref: ContinuationRef | undefined;
  let erased = 0;
  const verdict = (part: Pick<LogVerdict, 'ok' | 'head' | 'fault'>): LogVerdict => ({
    tenant: ref?.tenant,
    id: ref?.id,
    events: verifier?.position.sequence ?? 0,
    erased,
    hash: verifier && verifier.position.sequence > 0 ? verifier.position.hash : undefined,
    ...part,
  });
  for await (const event of events) {
    ref ??= { tenant: event.tenant, id: event.continuation };
    verifier ??= new LogVerifier(ref);
    const fault = added(verifier, event);
    if (fault) return verdict({ ok: false, head: 'unknown', fault });
    if (event.salt === null) erased++;
  }
  const last = verifier?.position.sequence ?? 0;
  const claim = head();
  if (last === 0 || (claim && claim.sequence > last)) {
    const end = claim ? `the head is at ${claim.sequence}` : 'there are none';
    return verdict({
      ok: false,
      head: 'unknown',
      fault: { sequence: last + 1, reason: 'gap', message: `events end at ${last}, ${end}` },
    });
  }
  if (claim?.row === undefined || verifier?.head === undefined) {
    return verdict({ ok: true, head: 'unknown' });
  }
  if (claim.row === verifier.head) return verdict({ ok: true, head: 'same' });
  const message = 'the log does not fold to the head row';
  return verdict({
    ok: false,
    head: 'different',
    fault: { sequence: last, reason: 'head', message },
  });
}

function added(verifier: LogVerifier, event: StoredEvent): LogVerdict['fault'] {
  try {
    return verifier.add(event);
  } catch (error) {
    // It links, but cannot be folded: not of the shape or version that it says.
    const { code, message } = MaestroError.from(error);
    return { sequence: event.sequence, reason: code, message };
  }
}
