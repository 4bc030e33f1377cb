import type { SignedCall } from './call-signature.ts';

/** An actor call as it comes in, before anybody has looked at what it asks. */
export interface ActorCall extends SignedCall {
  /** The `Authorization` header, which Dapr hands on as the caller sent it. */
  readonly authorization: string | undefined;
  /** The signature of Maestro's own processes. */
  readonly signature: string | undefined;
}

/**
 * Decides whether a call may reach its actor, and what command it is: that of another service says nothing about who
 * it is from that its token does not say.
 *
 * @throws MaestroError why it may not; nothing has happened then.
 */
export type CallGuard = (call: ActorCall) => Promise<unknown>;

/** The command of a call: the value of its JSON; what is not JSON is no command that anybody knows. */
export function commandOf(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
