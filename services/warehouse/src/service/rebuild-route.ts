import { MaestroError } from '@maestro/core';
import express, { type Router } from 'express';
import { setTimeout as delay } from 'node:timers/promises';
import { refuseInvocations } from './refuse-invocations.ts';
import type { Warehouse } from './warehouse.ts';
import { refuseRequest } from './refuse-request.ts';

/** Pauses between lines, in ms: how it begins is told soon, also of a rebuild that does not take long. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

/**
 * `POST /rebuilds`: empties the tables and reads everything from the store again. Answers how far it is, as JSON Lines,
 * until it has ended; it goes on when nobody listens any more, and who asks meanwhile is told of the one that is under
 * way. Only for `application/json`, which a page of another site in somebody's browser cannot send here unasked, and not
 * for other applications behind Dapr.
 */
export function rebuildRoute(
  warehouse: Pick<Warehouse, 'startRebuild' | 'rebuildProgress'>,
): Router {
  const router = express.Router();
  router.post('/rebuilds', refuseInvocations, async (request, response) => {
    if (request.get('content-type') !== 'application/json') {
      const error = new MaestroError('request.unsupported_media_type', 'send application/json');
      refuseRequest(response, error);
      return;
    }
    warehouse.startRebuild();
    response.type('application/x-ndjson');
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      await delay(pauseMs);
      const progress = warehouse.rebuildProgress;
      if (progress) response.write(`${JSON.stringify(progress)}\n`);
      if (response.destroyed || progress?.phase === 'complete' || progress?.phase === 'failed') {
        break;
      }
    }
    response.end();
  });
  return router;
}
