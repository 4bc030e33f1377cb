import { MaestroError } from '@maestro/core';
import type { RequestHandler } from 'express';
import { refuseRequest } from './refuse-request.ts';

/** What daprd adds to what it forwards from the sidecar of another application ("Service invocation", Dapr). */
const CALLER_HEADER = 'dapr-caller-app-id';

/** For what operators do on the app port: refuses what another application asks by Dapr's service invocation. */
export const refuseInvocations: RequestHandler = (request, response, next) => {
  if (request.get(CALLER_HEADER) === undefined) {
    next();
    return;
  }
  const error = new MaestroError('auth.forbidden', 'this is for the app port alone');
  refuseRequest(response, error);
};
