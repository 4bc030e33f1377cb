/**
 * Every error code of Maestro: its HTTP status, whether the same request may simply be sent again, and its title.
 * docs/reference/errors.md lists the same codes; a test compares the two.
 */
export const ERROR_CATALOGUE = {
  'request.invalid': { status: 400, retryable: false, title: 'The request is not valid' },
  'request.unprocessable': {
    status: 422,
    retryable: false,
    title: 'The parts of the request do not go together',
  },
  'request.malformed': { status: 400, retryable: false, title: 'The body is not JSON' },
  'request.too_large': { status: 413, retryable: false, title: 'The body is too large' },
  'request.unsupported_media_type': {
    status: 415,
    retryable: false,
    title: 'The content type is not supported',
  },
  'route.not_found': { status: 404, retryable: false, title: 'There is no such route' },
  'route.method_not_allowed': {
    status: 405,
    retryable: false,
    title: 'The route does not take this method',
  },
  'id.invalid': { status: 400, retryable: false, title: 'The id is not a continuation id' },
  'auth.missing': { status: 401, retryable: false, title: 'A bearer token is needed' },
  'auth.invalid': { status: 401, retryable: false, title: 'The token is not valid' },
  'auth.expired': { status: 401, retryable: false, title: 'The token has expired' },
  'auth.unavailable': {
    status: 503,
    retryable: true,
    title: 'The identity provider does not answer',
  },
  'auth.forbidden': { status: 403, retryable: false, title: 'The token does not permit this' },
  'recipe.unknown': { status: 422, retryable: false, title: 'There is no such recipe' },
  'recipe.parameters_invalid': {
    status: 422,
    retryable: false,
    title: 'The parameters do not fit the recipe',
  },
  'continuation.not_found': {
    status: 404,
    retryable: false,
    title: 'There is no such continuation',
  },
  'continuation.finished': {
    status: 409,
    retryable: false,
    title: 'The continuation has finished',
  },
  'continuation.paused': { status: 409, retryable: false, title: 'The continuation is paused' },
  'continuation.sealed': {
    status: 409,
    retryable: false,
    title: 'The continuation is sealed: it goes on in another store',
  },
  'warehouse.unavailable': {
    status: 503,
    retryable: true,
    title: 'The warehouse does not answer',
  },
  'tenant.invalid': {
    status: 500,
    retryable: false,
    title: 'The document of the tenant cannot be read',
  },
  'tenant.unknown': { status: 403, retryable: false, title: 'There is no such tenant' },
  'tenant.not_found': { status: 404, retryable: false, title: 'There is no such tenant' },
  'tenant.exists': { status: 409, retryable: false, title: 'There is such a tenant already' },
  'tenant.deleted': { status: 410, retryable: false, title: 'The tenant was deleted' },
  'tenant.slug_invalid': {
    status: 400,
    retryable: false,
    title: 'The name of the tenant is not valid',
  },
  'tenant.not_allowed': { status: 422, retryable: false, title: 'The tenant may not start this' },
  'tenant.elsewhere': {
    status: 403,
    retryable: false,
    title: 'The data of the tenant may not be here',
  },
  'tenant.not_frozen': { status: 409, retryable: false, title: 'The tenant is not frozen' },
  'tenant.not_deleted': { status: 409, retryable: false, title: 'The tenant is not deleted' },
  'rate.limited': { status: 429, retryable: true, title: 'Too many requests of the tenant' },
  'tenant.frozen': { status: 423, retryable: false, title: 'The tenant is frozen' },
  'signal.unknown': {
    status: 422,
    retryable: false,
    title: 'The continuation does not wait for this signal',
  },
  'signal.forbidden': {
    status: 403,
    retryable: false,
    title: 'The token has none of the roles that may give this signal',
  },
  'signal.too_late': { status: 409, retryable: false, title: 'The time for this signal is over' },
  'signal.payload_invalid': {
    status: 422,
    retryable: false,
    title: 'The payload does not fit what is asked for',
  },
  'idempotency.conflict': {
    status: 409,
    retryable: false,
    title: 'The idempotency key was used with another request',
  },
  'predicate.invalid': { status: 400, retryable: false, title: 'The predicate is not valid' },
  'predicate.too_costly': {
    status: 400,
    retryable: false,
    title: 'The predicate could take too long',
  },
  'stream.item_invalid': { status: 422, retryable: false, title: 'The item is not valid' },
  'stream.item_too_large': { status: 413, retryable: false, title: 'The item is too large' },
  'fork.event_missing': {
    status: 404,
    retryable: false,
    title: 'There is no such event to fork from',
  },
  'fork.event_unusable': {
    status: 422,
    retryable: false,
    title: 'Nothing goes on from this event',
  },
  'fork.too_deep': { status: 422, retryable: false, title: 'The family tree is too deep' },
  'fork.too_wide': { status: 422, retryable: false, title: 'There would be too many children' },
  'budget.exceeded': { status: 422, retryable: false, title: 'The budget does not suffice' },
  'merge.invalid': { status: 422, retryable: false, title: 'The merge cannot be made' },
  'merge.function_unknown': {
    status: 422,
    retryable: false,
    title: 'There is no such merge function',
  },
  'merge.failed': { status: 422, retryable: false, title: 'The inputs cannot be merged' },
  'stream.busy': {
    status: 503,
    retryable: true,
    title: 'The stream has too many wakes to deliver',
  },
  'wake.too_far': { status: 422, retryable: false, title: 'The sleep is longer than ten years' },
  'event.too_large': { status: 413, retryable: false, title: 'An event is too large to store' },
  'import.invalid': { status: 422, retryable: false, title: 'The log cannot be imported' },
  'import.conflict': {
    status: 409,
    retryable: false,
    title: 'There is another log under this id',
  },
  'commit.conflict': { status: 409, retryable: true, title: 'Another host owns the continuation' },
  'commit.outcome_unknown': {
    status: 503,
    retryable: true,
    title: 'It is not known whether the change was stored',
  },
  'event.unsupported_version': {
    status: 500,
    retryable: false,
    title: 'An event is of a version that this release cannot read',
  },
  'log.corrupt': { status: 500, retryable: false, title: 'The log does not verify' },
  'step.failed': { status: 500, retryable: false, title: 'A step failed' },
  'step.outcome_invalid': {
    status: 500,
    retryable: false,
    title: 'A step returned something that is not an outcome',
  },
  'component.unsupported': {
    status: 500,
    retryable: false,
    title: 'A Dapr component cannot be used',
  },
  'config.invalid': { status: 500, retryable: false, title: 'The configuration is not valid' },
  'sidecar.unavailable': {
    status: 503,
    retryable: true,
    title: 'The Dapr sidecar does not answer',
  },
  'host.draining': { status: 503, retryable: true, title: 'The host is shutting down' },
  'tenant.not_streamed': {
    status: 404,
    retryable: false,
    title: 'The events of a tenant are not streamed here',
  },
  'blob.not_found': { status: 404, retryable: false, title: 'There is no such blob' },
  'blob.corrupt': {
    status: 500,
    retryable: false,
    title: 'A blob is not what was stored',
  },
  'internal.error': { status: 500, retryable: false, title: 'Something went wrong' },
} as const;

/** A stable error code: `area.reason`. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Whether a text is one of the codes of the catalogue. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, text);
}
