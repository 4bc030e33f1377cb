import { expect, it } from 'vitest';
import { readWorkerConfig } from './worker-config.ts';

const PORTS = { APP_PORT: '3000', DAPR_HTTP_PORT: '3500', DAPR_GRPC_PORT: '50001' };
const KEY = 'k'.repeat(32);

it('has a key in production, and lets no other service in without a provider', () => {
  expect(() => readWorkerConfig(PORTS)).toThrow('MAESTRO_ACTOR_KEY');
  expect(() => readWorkerConfig({ ...PORTS, MAESTRO_ACTOR_KEY: 'short' })).toThrow(
    'MAESTRO_ACTOR_KEY',
  );
  const config = readWorkerConfig({ ...PORTS, MAESTRO_ACTOR_KEY: KEY });
  expect(config).toMatchObject({ actorKeys: [KEY], identity: undefined, appToken: undefined });
});

it('has several keys while one takes the place of another', () => {
  const old = 'o'.repeat(32);
  const both = { ...PORTS, MAESTRO_ACTOR_KEY: `${KEY}, ${old}` };
  expect(readWorkerConfig(both).actorKeys).toEqual([KEY, old]);
  const none = { ...PORTS, MAESTRO_ACTOR_KEY: `${KEY},` };
  expect(() => readWorkerConfig(none)).toThrow('MAESTRO_ACTOR_KEY');
});

it('goes without in development, with the dev issuer', () => {
  const config = readWorkerConfig({
    ...PORTS,
    MAESTRO_ENV: 'development',
    MAESTRO_ACTOR_KEY: '',
    APP_API_TOKEN: 'sesame',
  });
  expect(config).toMatchObject({
    actorKeys: [],
    identity: { provider: 'dev' },
    appToken: 'sesame',
  });
});
