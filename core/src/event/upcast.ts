import type { z } from 'zod';
import { MaestroError } from '../errors/maestro-error.ts';
import { EVENT_PAYLOADS, type EventType } from './event-payloads.ts';
import { EVENT_VERSION, type ContinuationEvent, type StoredEvent } from './stored-event.ts';

/** Turns a payload of one version into that of the next one. */
export type Upcaster = (payload: unknown) => unknown;

/** Upcasters by event type and the version that they start from. */
export type UpcasterTable = { readonly [T in EventType]?: Readonly<Record<number, Upcaster>> };

/** The upcasters in force. Version 1 is the first, so there are none yet; a change of a payload adds one here. */
export const UPCASTERS: UpcasterTable = {};

/**
 * A stored event as this release understands it: the payload is taken from its version to the current one and
 * checked against the current schema. The stored bytes, and so the hashes, stay what they were.
 *
 * @throws MaestroError `event.unsupported_version` for a newer version or one without an upcaster, `log.corrupt`
 * for a payload that does not fit its schema or was erased.
 */
export function upcast(
  stored: StoredEvent,
  upcasters: UpcasterTable = UPCASTERS,
  currentVersion = EVENT_VERSION,
): ContinuationEvent {
  const where = `event ${stored.sequence} (${stored.type}) of ${stored.continuation}`;
  if (stored.version > currentVersion) {
    throw new MaestroError(
      'event.unsupported_version',
      `${where} is of version ${stored.version}, this release reads up to ${currentVersion}: upgrade it`,
    );
  }
  if (stored.salt === null)
    throw new MaestroError('log.corrupt', `the payload of ${where} was erased`);
  let payload = stored.payload;
  for (let version = stored.version; version < currentVersion; version++) {
    const step = upcasters[stored.type]?.[version];
    if (!step) {
      throw new MaestroError(
        'event.unsupported_version',
        `${where} is of version ${stored.version} and nothing turns ${version} into ${version + 1}`,
      );
    }
    payload = step(payload);
  }
  const schema: z.ZodType = EVENT_PAYLOADS[stored.type];
  const checked = schema.safeParse(payload);
  if (!checked.success) {
    throw new MaestroError('log.corrupt', `the payload of ${where} does not fit its schema`, {
      details: checked.error.issues.map((issue) => ({
        at: `/payload/${issue.path.map(String).join('/')}`,
        message: issue.message,
      })),
    });
  }
  return { ...stored, payload: checked.data } as ContinuationEvent;
}
