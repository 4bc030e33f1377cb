import { commandOf, isSignedBy, type ActorCall, type CallGuard } from '@maestro/actors';
import { verifyBearer } from '@maestro/api';
import {
  CONTINUATION_ACTOR_TYPE,
  MaestroError,
  parseActorId,
  type Clock,
  type Identity,
} from '@maestro/core';
import type { Logger } from 'pino';
import { serviceCommand } from './service-command.ts';

/** What calls are checked with. */
export interface CallChecks {
  /** What Maestro's own processes sign with. */
  readonly keys: readonly string[];
  /** Tells who another service is; undefined: no other service may call. */
  readonly identity: Identity | undefined;
  /** Refuses a tenant that is not served here. */
  readonly admit: (tenant: string) => Promise<void>;
  /** Takes calls that prove nothing for Maestro's own; in development without a key. */
  readonly open: boolean;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Lets Maestro's own calls through by their signature, and those of other services by their token: to continuations of the
 * token's tenant alone, and with what its roles permit. Which application called is not asked, because Dapr 1.18 does
 * not say it to actors (ADR 0025).
 */
export function guardCalls(checks: CallChecks): CallGuard {
  return async (call) => {
    try {
      return await admitted(checks, call);
    } catch (error) {
      const { code, message } = MaestroError.from(error);
      const actor = `${call.actorType}/${call.actorId.slice(0, 120)}`;
      checks.log.warn({ event: 'call.refused', code, actor }, message);
      throw error;
    }
  };
}

async function admitted(checks: CallChecks, call: ActorCall): Promise<unknown> {
  const { keys, identity, open, clock } = checks;
  if (call.authorization !== undefined) {
    if (!identity) {
      throw new MaestroError(
        'auth.forbidden',
        'this worker takes no calls of other services: it has no MAESTRO_IDENTITY',
      );
    }
    const principal = await verifyBearer(identity, call.authorization);
    if (call.actorType !== CONTINUATION_ACTOR_TYPE) {
      throw new MaestroError('auth.forbidden', 'other services call continuations alone');
    }
    if (parseActorId(call.actorId).tenant !== principal.tenant) {
      throw new MaestroError('auth.forbidden', 'the token is of another tenant than the actor');
    }
    await checks.admit(principal.tenant);
    return serviceCommand(commandOf(call.text), principal);
  }
  const { signature } = call;
  if (keys.length > 0 && signature !== undefined) {
    const nowMs = clock.nowMs();
    if (keys.some((key) => isSignedBy(key, signature, call, nowMs))) return commandOf(call.text);
    throw new MaestroError(
      'auth.invalid',
      'the signature does not fit: MAESTRO_ACTOR_KEY differs, or the clocks by over 5 minutes',
    );
  }
  if (open) return commandOf(call.text);
  throw new MaestroError('auth.missing', 'send a token as Authorization: Bearer <token>');
}
