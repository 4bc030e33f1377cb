import type { MaestroError } from '@maestro/core';
import type { Response } from 'express';

/** Answers with a refusal, as a problem of RFC 9457. */
export function refuseRequest(response: Response, error: MaestroError): void {
  response.status(error.status).type('application/problem+json').json(error.toWire());
}
