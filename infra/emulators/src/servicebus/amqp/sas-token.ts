import { createHmac, timingSafeEqual } from 'node:crypto';
import { CONDITION, ServiceBusError } from '../service-bus-error.ts';

/** A rule of the namespace that grants every right. */
export interface AccessRule {
  readonly keyName: string;
  readonly key: string;
}

const PREFIX = 'SharedAccessSignature ';

function unauthorized(text: string): ServiceBusError {
  return new ServiceBusError(CONDITION.unauthorized, text);
}

/** The path of an address such as `amqp://host/topic`, in lower case and without slashes at its ends. */
export function pathOfAddress(address: string): string {
  const withoutHost = address.replace(/^[a-z]+:\/\/[^/]*/i, '');
  return withoutHost.replaceAll(/^\/+|\/+$/g, '').toLowerCase();
}

/** Whether `path` is `parent` or lies below it. */
export function isBelow(path: string, parent: string): boolean {
  return parent === '' || path === parent || path.startsWith(`${parent}/`);
}

/**
 * Checks a shared access signature for an address and returns when it expires, in milliseconds since 1970. Throws when it is
 * malformed, of another key, for something else, or too old.
 */
export function checkSasToken(
  token: string,
  address: string,
  rule: AccessRule,
  nowMs: number,
): number {
  if (!token.startsWith(PREFIX)) {
    throw unauthorized('InvalidTokenType: Only shared access signatures are supported.');
  }
  const fields = new Map(
    token
      .slice(PREFIX.length)
      .split('&')
      .map((part): [string, string] => {
        const at = part.indexOf('=');
        return [part.slice(0, at), part.slice(at + 1)];
      }),
  );
  const field = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined) throw unauthorized(`MalformedToken: The token has no field ${name}.`);
    return value;
  };
  const resource = field('sr');
  const expiry = field('se');
  const expected = createHmac('sha256', rule.key).update(`${resource}\n${expiry}`).digest();
  const given = Buffer.from(decodeURIComponent(field('sig')), 'base64');
  const isOurs =
    decodeURIComponent(field('skn')) === rule.keyName &&
    given.length === expected.length &&
    timingSafeEqual(given, expected);
  if (!isOurs) throw unauthorized('InvalidSignature: The token has an invalid signature.');
  const expiresAtMs = Number(expiry) * 1000;
  if (!(expiresAtMs > nowMs)) throw unauthorized('ExpiredToken: The token is expired.');
  const granted = pathOfAddress(decodeURIComponent(resource));
  if (!isBelow(pathOfAddress(address), granted)) {
    throw unauthorized('InvalidAudience: The authorization resource does not match the token.');
  }
  return expiresAtMs;
}
