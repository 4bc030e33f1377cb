import { createHmac, timingSafeEqual } from 'node:crypto';

/** Header that says that an actor call is one of Maestro's own processes. */
export const SIGNATURE_HEADER = 'maestro-signature';

/** How far the clocks of two processes may be apart, in ms; also how long a signature that was seen can be sent again. */
const MAX_AGE_MS = 5 * 60_000;

/** What of an actor call is signed. */
export interface SignedCall {
  readonly actorType: string;
  readonly actorId: string;
  /** The body as it is sent. */
  readonly text: string;
}

/**
 * Signs an actor call by the key that Maestro's processes share. A signature and not the key itself, because the call passes
 * sidecars, and an application that says to placement that it hosts the actor type gets calls, too: all it has then is
 * commands that it could repeat for a while, which changes nothing.
 */
export function signCall(key: string, call: SignedCall, nowMs: number): string {
  return `${nowMs}.${digestOf(key, call, nowMs).toString('hex')}`;
}

/** Whether a header is the signature of a call by this key, and not too old. */
export function isSignedBy(key: string, header: string, call: SignedCall, nowMs: number): boolean {
  const [, atMs, hex] = /^(\d{1,15})\.([0-9a-f]{64})$/.exec(header) ?? [];
  if (atMs === undefined || hex === undefined) return false;
  if (Math.abs(nowMs - Number(atMs)) > MAX_AGE_MS) return false;
  return timingSafeEqual(Buffer.from(hex, 'hex'), digestOf(key, call, Number(atMs)));
}

function digestOf(key: string, { actorType, actorId, text }: SignedCall, atMs: number): Buffer {
  return createHmac('sha256', key).update(`${atMs}\n${actorType}\n${actorId}\n${text}`).digest();
}
