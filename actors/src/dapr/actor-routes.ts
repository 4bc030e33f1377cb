import { CONTINUATION_ACTOR_TYPE, MaestroError } from '@maestro/core';
import express, { type Request, type Response, type Router } from 'express';
import type { ContinuationHost, ReminderData } from '../host/continuation-host.ts';

/** Method of the actor that takes commands. */
export const COMMAND_METHOD = 'command';

/** Largest body of an actor call: a command with its goal frame. */
const BODY_LIMIT = '4mb';

/**
 * The callbacks that Dapr's actor runtime makes. Answers 200 with an envelope to every call, because the caller's sidecar
 * hides any other status; 5xx to a reminder only asks to have it delivered again.
 */
export function actorRoutes(host: ContinuationHost): Router {
  const router = express.Router();
  const json = express.json({ limit: BODY_LIMIT, type: () => true, strict: false });

  router.get('/dapr/config', (_request, response) => {
    response.json({
      entities: [CONTINUATION_ACTOR_TYPE],
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

  router.put('/actors/:type/:id/method/remind/:name', json, async (request, response) => {
    try {
      await host.remind(parameter(request, 'id'), reminderData(request.body));
      response.status(200).end();
    } catch (error) {
      const { code, message } = MaestroError.from(error);
      response.status(500).json({ code, message });
    }
  });

  router.put(`/actors/:type/:id/method/${COMMAND_METHOD}`, json, async (request, response) => {
    response.json(await host.invoke(parameter(request, 'id'), request.body));
  });

  router.delete('/actors/:type/:id', async (request, response) => {
    await host.deactivate(parameter(request, 'id'));
    response.status(200).end();
  });

  router.use('/actors', (_request: Request, response: Response) => {
    response.status(404).end();
  });
  return router;
}

function parameter(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

/** The data that a reminder was armed with: base64 of JSON when it was registered over gRPC, JSON otherwise. */
function reminderData(body: unknown): ReminderData {
  const data = (body as { data?: unknown } | null)?.data;
  try {
    const value: unknown =
      typeof data === 'string' ? JSON.parse(Buffer.from(data, 'base64').toString('utf8')) : data;
    const armedAtMs = (value as { armedAtMs?: unknown } | null | undefined)?.armedAtMs;
    return typeof armedAtMs === 'number' ? { armedAtMs } : {};
  } catch {
    return {};
  }
}
