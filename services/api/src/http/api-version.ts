import type { RequestHandler } from 'express';

/** The version of the API, which goes up with a change that clients have to follow. */
export const API_VERSION = '1';

/** Says on every answer of which version it is. */
export const tellApiVersion: RequestHandler = (_request, response, next) => {
  response.setHeader('api-version', API_VERSION);
  next();
};
