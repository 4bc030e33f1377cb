import { expect, it } from 'vitest';
import { tokenTenant } from './token-tenant.ts';

const environment = { token: undefined, tenant: 'demo' };

function tokenOf(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
}

it('is that of the token', () => {
  const token = tokenOf({ tenant: 'acme' });
  expect(tokenTenant({ token }, environment, undefined)).toBe('acme');
  expect(tokenTenant({ token }, environment, 'acme')).toBe('acme');
  expect(tokenTenant({}, { ...environment, token }, undefined)).toBe('acme');
  expect(() => tokenTenant({ token }, environment, 'globex')).toThrow('acme, not of globex');
});

it('is the one that is given where the token does not say it', () => {
  for (const token of ['opaque', tokenOf({ tenant: 'NOT A SLUG' }), tokenOf({})]) {
    expect(tokenTenant({ token }, environment, 'acme')).toBe('acme');
    expect(() => tokenTenant({ token }, environment, undefined)).toThrow('--tenant <slug>');
  }
  expect(() => tokenTenant({}, environment, 'Not A Slug')).toThrow('a-z');
});

it('is that of the dev token that will be made', () => {
  expect(tokenTenant({}, environment, undefined)).toBe('demo');
  expect(tokenTenant({}, environment, 'acme')).toBe('acme');
});
