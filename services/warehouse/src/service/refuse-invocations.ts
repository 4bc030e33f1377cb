import { MaestroError } from '@maestro/core';
import type { RequestHandler } from 'express';
import { refuseRequest } from './refuse-request.ts';

/**
 * What daprd adds to what it forwards from the sidecar of another application ("Service invocation", Dapr). The caller can have
 * the first taken away by naming it in `Connection`, the second not: daprd sets it last. Who asks on the app port sends none.
 */
const INVOCATION_HEADERS = ['dapr-caller-app-id', 'traceparent'];

/** For what operators do on the app port: refuses what another application asks by Dapr's service invocation. */
export const refuseInvocations: RequestHandler = (request, response, next) => {
  if (INVOCATION_HEADERS.every((header) => request.get(header) === undefined)) {
    next();
    return;
  }
  const error = new MaestroError('auth.forbidden', 'this is for the app port alone');
  refuseRequest(response, error);
};
