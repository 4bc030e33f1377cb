import { CONTINUATION_ACTOR_TYPE, WAKE_TOPIC_ACTOR_TYPE } from '@maestro/core';
import express, { type Router } from 'express';
import type { ContinuationHost } from '../host/continuation-host.ts';

/** What Dapr's actor runtime asks an app at its start, and its health probe. */
export function actorRoutes(host: ContinuationHost): Router {
  const router = express.Router();

  router.get('/dapr/config', (_request, response) => {
    response.json({
      entities: [CONTINUATION_ACTOR_TYPE, WAKE_TOPIC_ACTOR_TYPE],
      actorIdleTimeout: '10m',
      // Short: the log fences what is cut off, and a hand-over that takes longer than 8 s fails.
      drainOngoingCallTimeout: '2s',
      drainRebalancedActors: true,
      reentrancy: { enabled: false },
    });
  });

  // Unhealthy: the sidecar unregisters the actor type, and the actors move to other hosts.
  router.get('/healthz', (_request, response) => {
    const { health } = host;
    response.status(health === 'ok' ? 200 : 503).json({ status: health });
  });
  return router;
}
