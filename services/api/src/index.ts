// The API
export { createApi } from './create-api.ts';
export { readAcross } from './dapr/read-across.ts';
export { serveApi, type ServedApi, type ServeOptions } from './serve-api.ts';
export type { ApiOptions } from './api-options.ts';
// Who may call it
export {
  openIdentity,
  type OpenIdentity,
  type OpenIdentityOptions,
} from './identity/open-identity.ts';
export type { IdentityConfig, ProviderConfig } from './identity/provider-config.ts';
// Its configuration
export { readApiConfig, type ApiConfig } from './api-config.ts';
export type { ReadModel } from './read-model/read-model.ts';
