export { DEV_ALGORITHM, ensureDevKey, readDevKey, type DevKey } from './dev-key.ts';
export { DEV_AUDIENCE, DEV_ISSUER, mintDevToken, type DevTokenOptions } from './mint-dev-token.ts';
