import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE, isErrorCode, type ErrorCode } from './catalogue.ts';
import { MaestroError } from './maestro-error.ts';

describe('an error', () => {
  it('has status and retryability of its code, and goes over the wire and back', () => {
    const error = new MaestroError('request.invalid', 'no', {
      details: [{ at: '/x', message: 'y' }],
    });
    expect(error).toMatchObject({ status: 400, retryable: false });
    expect(MaestroError.fromWire(JSON.parse(JSON.stringify(error.toWire())))).toEqual(error);
  });

  it('does not tell the other side what caused it', () => {
    const error = new MaestroError('internal.error', 'no', { cause: new Error('secret token') });
    expect(JSON.stringify(error.toWire())).not.toContain('secret');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('of a code that this release does not know is internal', () => {
    expect(MaestroError.fromWire({ code: 'moon.full', message: 'x' }).code).toBe('internal.error');
    expect(isErrorCode('toString')).toBe(false);
    const made = new MaestroError('moon.full' as ErrorCode, 'x');
    expect(made).toMatchObject({ code: 'internal.error', retryable: false, status: 500 });
  });

  it('made of anything else is internal and keeps it as its cause', () => {
    const cause = new TypeError('x');
    expect(MaestroError.from(cause)).toMatchObject({ code: 'internal.error', cause });
    const own = new MaestroError('id.invalid', 'x');
    expect(MaestroError.from(own)).toBe(own);
  });
});

it('every code is area.reason and has a status of its kind', () => {
  for (const [code, { status, retryable, title }] of Object.entries(ERROR_CATALOGUE)) {
    expect(code).toMatch(/^[a-z]+\.[a-z_]+$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title.length).toBeGreaterThan(0);
    if (retryable) expect([409, 429, 503]).toContain(status);
  }
});
