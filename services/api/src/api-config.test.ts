import { expect, it } from 'vitest';
import { readApiConfig } from './api-config.ts';

const LEAST = { DAPR_HTTP_PORT: '3500', APP_PORT: '3000' };

it('has defaults for all but the ports of the sidecar', () => {
  expect(readApiConfig(LEAST)).toEqual({
    daprHttpPort: 3500,
    appPort: 3000,
    port: 8080,
    host: '127.0.0.1',
    environment: 'production',
    stateComponent: 'maestro-state',
    blobComponent: 'maestro-blobs',
    recipes: ['@maestro/recipes'],
    devKeyFile: '.maestro/dev-issuer.json',
    warehouseApp: '',
    statusPage: true,
    logLevel: 'info',
  });
});

it('takes what the environment says', () => {
  const config = readApiConfig({
    ...LEAST,
    MAESTRO_API_PORT: '9000',
    MAESTRO_RECIPES: '@maestro/recipes, ./mine.js',
    MAESTRO_DATA_DIR: '/data',
    MAESTRO_STATUS_PAGE: 'off',
  });
  expect(config).toMatchObject({
    port: 9000,
    recipes: ['@maestro/recipes', './mine.js'],
    devKeyFile: '/data/dev-issuer.json',
    statusPage: false,
  });
});

it.each([
  ['DAPR_HTTP_PORT', { APP_PORT: '3000' }],
  ['MAESTRO_API_PORT', { ...LEAST, MAESTRO_API_PORT: 'http' }],
  ['MAESTRO_STATUS_PAGE', { ...LEAST, MAESTRO_STATUS_PAGE: 'perhaps' }],
  ['MAESTRO_ENV', { ...LEAST, MAESTRO_ENV: 'test' }],
])('names the variable that is wrong: %s', (name, environment) => {
  expect(() => readApiConfig(environment)).toThrowError(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringContaining(name) }),
  );
});
