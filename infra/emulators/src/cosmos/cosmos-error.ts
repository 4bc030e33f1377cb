import type { Json } from './json.ts';

const CODES = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'PreconditionFailed',
  413: 'RequestEntityTooLarge',
  429: 'TooManyRequests',
  500: 'InternalServerError',
} as const;

/** HTTP status of a refusal. */
export type CosmosErrorStatus = keyof typeof CODES;

/** What a refusal may say on top of its status and text. */
export interface CosmosErrorDetails {
  /** Value of `x-ms-substatus`. */
  readonly substatus?: number;
  /** Value of `x-ms-retry-after-ms`. */
  readonly retryAfterMs?: number;
  /** Field `additionalErrorInfo` of the body. */
  readonly additionalErrorInfo?: Json;
}

/** A request that the service refuses; becomes the answer's status, headers and body. */
export class CosmosError extends Error {
  override readonly name = 'CosmosError';
  readonly status: CosmosErrorStatus;
  /** The service's name of the status, e.g. `NotFound`. */
  readonly code: string;
  readonly details: CosmosErrorDetails;

  constructor(status: CosmosErrorStatus, message: string, details: CosmosErrorDetails = {}) {
    super(message);
    this.status = status;
    this.code = CODES[status];
    this.details = details;
  }
}

/** A 400: the request is not well formed or breaks a rule. */
export function badRequest(message: string, substatus?: number): CosmosError {
  return new CosmosError(400, message, substatus === undefined ? {} : { substatus });
}

/** A 400 for what the service can do and this emulator cannot. */
export function notSupported(what: string): CosmosError {
  return badRequest(`${what} is not supported by this emulator`);
}

/** A 404 with the text of the service. */
export function notFound(): CosmosError {
  return new CosmosError(404, 'Resource Not Found.');
}

/** A 409 with the text of the service. */
export function conflict(): CosmosError {
  return new CosmosError(409, 'Resource with specified id or name already exists.');
}

/** A 412 with the text of the service. */
export function preconditionFailed(): CosmosError {
  return new CosmosError(412, 'One of the specified pre-condition is not met');
}
