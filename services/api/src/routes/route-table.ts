import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { openapiDocument } from '../openapi/openapi-document.ts';
import type { CommitNudges } from '../stream/commit-nudges.ts';
import { explainContinuation } from './explain-continuation.ts';
import { getBlob } from './get-blob.ts';
import { finishImport } from './finish-import.ts';
import { getContinuation } from './get-continuation.ts';
import { errorReference, liveness, metricsRoute, readiness } from './health.ts';
import { importLog } from './import-log.ts';
import { listEvents } from './list-events.ts';
import { putBlob } from './put-blob.ts';
import { signalContinuation } from './signal-continuation.ts';
import { startContinuation } from './start-continuation.ts';
import { streamEvents } from './stream-events.ts';
import { wakeContinuation } from './wake-continuation.ts';

/** Every route of the API: what is served and what is documented. */
export function routeTable(parts: ApiParts, nudges: CommitNudges): readonly Route[] {
  const routes: Route[] = [
    startContinuation(parts),
    getContinuation(parts),
    listEvents(parts),
    streamEvents(parts, nudges),
    signalContinuation(parts),
    explainContinuation(parts),
    wakeContinuation(parts),
    importLog(parts),
    finishImport(parts),
    getBlob(parts),
    putBlob(parts),
    liveness(),
    readiness(parts),
    errorReference(),
    ...(parts.metrics ? [metricsRoute(parts.metrics)] : []),
  ];
  const openapi = openapiRoute(() => [...routes, openapi]);
  return [...routes, openapi];
}

function openapiRoute(routes: () => readonly Route[]): Route {
  let text: string | undefined;
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    operationId: 'openapi',
    summary: 'This document',
    access: 'public',
    answers: { 200: { description: 'OpenAPI 3.1' } },
    errors: [],
    handle: () => {
      text ??= JSON.stringify(openapiDocument(routes()));
      return { status: 200, body: text };
    },
  });
}
