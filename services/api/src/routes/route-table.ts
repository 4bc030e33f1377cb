import type { ApiParts } from '../api-options.ts';
import { strongTag } from '../http/entity-tag.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { openapiDocument } from '../openapi/openapi-document.ts';
import type { CommitNudges } from '../stream/commit-nudges.ts';
import { OpenAnswers } from '../stream/open-answers.ts';
import type { TenantFeeds } from '../stream/tenant-feeds.ts';
import { explainContinuation } from './explain-continuation.ts';
import { freeze, getFreeze, thaw } from './freeze.ts';
import { eraseRows } from './erase-rows.ts';
import { forkContinuation } from './fork-continuation.ts';
import { getAudit } from './get-audit.ts';
import { getBlob } from './get-blob.ts';
import { finishImport } from './finish-import.ts';
import { getCommonAncestor } from './get-common-ancestor.ts';
import { getContinuation } from './get-continuation.ts';
import { getLineage } from './get-lineage.ts';
import { errorReference, liveness, metricsRoute, readiness } from './health.ts';
import { importLog } from './import-log.ts';
import { listContinuations } from './list-continuations.ts';
import { listEvents } from './list-events.ts';
import { putBlob } from './put-blob.ts';
import { publishItems } from './publish-items.ts';
import { referenceFile, referencePage } from './reference.ts';
import { replayContinuation } from './replay-continuation.ts';
import { signalContinuation } from './signal-continuation.ts';
import { startContinuation } from './start-continuation.ts';
import { skipTime } from './skip-time.ts';
import { startMerge } from './start-merge.ts';
import { statusPage } from './status-page.ts';
import { streamEvents } from './stream-events.ts';
import { streamTenantEvents } from './stream-tenant-events.ts';
import { getTenant, putTenant } from './tenant.ts';
import { createTenant, deleteTenant, readTenant, replaceTenant } from './tenants.ts';
import { wakeContinuation } from './wake-continuation.ts';

/** Every route of the API: what is served and what is documented. */
export function routeTable(
  parts: ApiParts,
  nudges: CommitNudges,
  feeds?: TenantFeeds,
): readonly Route[] {
  const answers = new OpenAnswers(() => parts.stopping);
  const routes: Route[] = [
    startContinuation(parts),
    listContinuations(parts),
    getContinuation(parts),
    listEvents(parts, nudges, answers),
    streamEvents(parts, nudges, answers),
    streamTenantEvents(parts, feeds, answers),
    signalContinuation(parts),
    forkContinuation(parts),
    startMerge(parts),
    publishItems(parts),
    skipTime(parts),
    getLineage(parts),
    getCommonAncestor(parts),
    explainContinuation(parts),
    replayContinuation(parts),
    wakeContinuation(parts),
    getTenant(parts),
    putTenant(parts),
    createTenant(parts),
    readTenant(parts),
    replaceTenant(parts),
    deleteTenant(parts),
    eraseRows(parts),
    getFreeze(parts),
    freeze(parts),
    thaw(parts),
    getAudit(parts),
    importLog(parts),
    finishImport(parts),
    getBlob(parts),
    putBlob(parts),
    liveness(),
    readiness(parts),
    errorReference(),
    referencePage(),
    referenceFile(),
    ...(parts.statusPage === false ? [] : [statusPage(parts)]),
    ...(parts.metrics ? [metricsRoute(parts.metrics)] : []),
  ];
  const openapi = openapiRoute(() => [...routes, openapi]);
  return [...routes, openapi];
}

function openapiRoute(routes: () => readonly Route[]): Route {
  let text: string | undefined;
  let etag: string | undefined;
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    operationId: 'openapi',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1' } },
    errors: [],
    handle: () => {
      text ??= JSON.stringify(openapiDocument(routes()));
      etag ??= strongTag(text);
      return { status: 200, headers: { etag }, body: text };
    },
  });
}
