import type { Command } from '@maestro/actors';
import { checkPermission, requesterOf, startCommand, type Permission } from '@maestro/api';
import { SignalRequest, StartRequest } from '@maestro/client/protocol';
import { isOperatorSignal, MaestroError, type Principal } from '@maestro/core';
import { z } from 'zod';

/** Everything that another service may say to a continuation. */
const ServiceCommand = z.discriminatedUnion('kind', [
  StartRequest.extend({ kind: z.literal('spawn'), traceparent: z.string().optional() }),
  SignalRequest.extend({
    kind: z.literal('signal'),
    /** Names the request: repeated under the same id it changes nothing. */
    requestId: z.string().min(1).max(200),
    traceparent: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('look') }),
  z.strictObject({ kind: z.literal('wake') }),
]);
type ServiceCommand = z.infer<typeof ServiceCommand>;

/**
 * The command that another service's becomes: as its token permits, and in the name of whom the token names. Who asks,
 * in which roles, and the hash of the request are never the caller's to say.
 *
 * @throws MaestroError `request.invalid` or `auth.forbidden`.
 */
export function serviceCommand(said: unknown, principal: Principal): Command {
  const parsed = ServiceCommand.safeParse(said);
  if (!parsed.success) throw notForServices(said, parsed.error);
  const { data } = parsed;
  for (const permission of permissionsOf(data)) checkPermission(principal, permission);
  switch (data.kind) {
    case 'spawn': {
      const { kind: _, traceparent, ...request } = data;
      return { ...startCommand(request, principal), traceparent };
    }
    case 'signal':
      return { ...data, by: requesterOf(principal), roles: [...principal.roles] };
    case 'look':
      return { kind: 'look' };
    case 'wake':
      return { kind: 'wake', rearm: true };
  }
}

/** What a command needs: the same as the routes of the API that do the same. */
function permissionsOf(command: ServiceCommand): readonly Permission[] {
  switch (command.kind) {
    case 'spawn':
      return ['start'];
    case 'signal':
      return isOperatorSignal(command.signal) ? ['signal', 'operate'] : ['signal'];
    case 'look':
      return ['read'];
    case 'wake':
      return ['operate'];
  }
}

const KINDS: ReadonlySet<unknown> = new Set(
  ServiceCommand.options.map(({ shape }) => shape.kind.value),
);

function notForServices(said: unknown, error: z.ZodError): MaestroError {
  const kind = (said as { readonly kind?: unknown } | null)?.kind;
  if (typeof kind === 'string' && !KINDS.has(kind)) {
    return new MaestroError(
      'auth.forbidden',
      'other services say spawn, signal, look and wake to continuations; anything else is for Maestro itself',
    );
  }
  return new MaestroError('request.invalid', 'the command does not fit its schema', {
    details: error.issues.map(({ path, message }) => ({
      at: path.map((part) => `/${String(part)}`).join(''),
      message,
    })),
  });
}
