import { MaestroError } from '@maestro/core';
import { expect, it } from 'vitest';
import { copyPlaceOf } from './copy-place.ts';

it('takes a place in Redshift', () => {
  expect(copyPlaceOf('redshift://loader@wg.1.eu-west-1.redshift.amazonaws.com/dev', 'x')).toEqual({
    redshift: {
      host: 'wg.1.eu-west-1.redshift.amazonaws.com',
      port: 5439,
      database: 'dev',
      user: 'loader',
      password: 'x',
      tls: true,
      schema: 'maestro',
    },
  });
  expect(copyPlaceOf('redshift://a%40b@[::1]:15439/my%20db?schema=runs&tls=off', 'x')).toEqual({
    redshift: {
      host: '::1',
      port: 15_439,
      database: 'my db',
      user: 'a@b',
      password: 'x',
      tls: false,
      schema: 'runs',
    },
  });
});

it('takes a place in Synapse', () => {
  expect(copyPlaceOf('sqlserver://loader@w.sql.azuresynapse.net/pool', 'x')).toEqual({
    synapse: {
      host: 'w.sql.azuresynapse.net',
      port: 1_433,
      database: 'pool',
      user: 'loader',
      password: 'x',
      tls: true,
    },
  });
});

it.each([
  ['not at all', 'not a URL'],
  ['postgres://u@h/d', 'neither Redshift nor Synapse'],
  ['redshift://u:hunter2@h/d', 'no password in it but in MAESTRO_WAREHOUSE_COPY_PASSWORD'],
  ['redshift://h/d', 'a user is missing'],
  ['redshift://u@h', 'one database'],
  ['redshift://u@h/d/e', 'one database'],
  ['redshift://u@h/%ff', 'a % that stands for no character'],
  ['redshift://u@h/d#x', 'nothing behind a #'],
  ['redshift://u@h/d?schema=A', 'a schema is a lower-case name'],
  ['redshift://u@h/d?schema=a&schema=b', 'an option is there twice'],
  ['redshift://u@h/d?sslmode=require', 'no option sslmode'],
  ['sqlserver://u@h/d?schema=a', 'no option schema'],
  ['redshift://u@h/d?tls=no', 'tls is on, or off for a server of this machine'],
  ['redshift://u@h/d?tls=off', 'tls is on, or off for a server of this machine'],
])('refuses %s, and repeats none of it', (url, why) => {
  let refusal: unknown;
  try {
    copyPlaceOf(url, 'x');
  } catch (error) {
    refusal = error;
  }
  const { code, message } = MaestroError.from(refusal);
  expect(code).toBe('config.invalid');
  expect(message).toContain(`MAESTRO_WAREHOUSE_COPY: ${why}`);
  expect(message).not.toContain('hunter2');
});

it('refuses a place without a password', () => {
  expect(() => copyPlaceOf('redshift://u@h/d', '')).toThrow('MAESTRO_WAREHOUSE_COPY_PASSWORD');
});
