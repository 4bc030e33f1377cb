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
export { identityConfig } from './identity/identity-config.ts';
export { IdentityEnvironment } from './identity/identity-environment.ts';
export type { IdentityConfig, ProviderConfig } from './identity/provider-config.ts';
export { AdmissionEnvironment, admissionOf } from './admission-environment.ts';
export { admit, type Admission } from './http/admit.ts';
export { verifyBearer } from './http/authenticate.ts';
export { checkPermission, type Permission } from './http/permissions.ts';
// What it makes of requests
export { requesterOf, startCommand } from './routes/start-continuation.ts';
// Its configuration
export { readApiConfig, type ApiConfig } from './api-config.ts';
export type { ReadModel } from './read-model/read-model.ts';
