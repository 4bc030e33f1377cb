import type { Request, RequestHandler, Response } from 'express';
import { randomUUID } from 'node:crypto';

const VALID = /^[\w.:-]{1,128}$/;
const HEADER = 'x-request-id';

/** Gives every request an id, the caller's if it sent a decent one, and sends it back. */
export const assignRequestId: RequestHandler = (request: Request, response: Response, next) => {
  const given = request.headers[HEADER];
  response.setHeader(HEADER, typeof given === 'string' && VALID.test(given) ? given : randomUUID());
  next();
};

/** The id of the request that a response belongs to. */
export function requestIdOf(response: Response): string {
  return String(response.getHeader(HEADER));
}
