import { MaestroError, WAKE_TOPIC_ACTOR_TYPE } from '@maestro/core';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ReminderData } from '../host/continuation-host.ts';
import type { LocalHosts } from '../host/local-continuations.ts';

/** Method of the actor that takes commands. */
export const COMMAND_METHOD = 'command';

/** Largest body of an actor call, in bytes: a command with its goal frame. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Serves the callbacks of Dapr's actor runtime, and hands everything else on. These come before the web framework,
 * because there are several of them in every life and routing and parsing would take longer than the turn's own work.
 *
 * Answers 200 with an envelope to every call, because the caller's sidecar hides any other status; 5xx to a reminder
 * only asks to have it delivered again.
 */
export function actorCallbacks(
  { host, topics }: LocalHosts,
  others: RequestListener,
): RequestListener {
  return (request, response) => {
    const { method, url = '' } = request;
    if (!url.startsWith('/actors/')) return others(request, response);
    // /actors/{type}/{id}[/method/{name}[/{reminder}]]
    const [, , type, encodedId = '', , name, encodedReminder = ''] = url.split('/');
    const isTopic = type === WAKE_TOPIC_ACTOR_TYPE;
    host.callbackArrived();
    const id = decoded(encodedId);
    const reminder = decoded(encodedReminder);
    if (id === undefined || reminder === undefined) {
      response.writeHead(400, { 'content-length': 0 }).end();
      return;
    }
    if (method === 'DELETE' && name === undefined) {
      void answer(response, async () => {
        if (isTopic) topics.deactivate(id);
        else await host.deactivate(id);
        return undefined;
      });
    } else if (method === 'PUT' && name === COMMAND_METHOD) {
      void answer(response, async () => {
        const command = parsed(await textOf(request));
        return isTopic ? topics.invoke(id, command) : host.invoke(id, command);
      });
    } else if (method === 'PUT' && name === 'remind') {
      void answer(response, async () => {
        const data = reminderData(parsed(await textOf(request)));
        if (isTopic) await topics.remind(id);
        else await host.remind(id, reminder, data);
        return undefined;
      });
    } else {
      response.writeHead(404, { 'content-length': 0 }).end();
    }
  };
}

async function answer(response: ServerResponse, work: () => Promise<unknown>): Promise<void> {
  let status = 200;
  let body: unknown;
  try {
    body = await work();
  } catch (error) {
    const { code, message } = MaestroError.from(error);
    status = 500;
    body = { code, message };
  }
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= MAX_BODY_BYTES) parts.push(part);
      else {
        reject(
          new MaestroError(
            'request.too_large',
            `an actor call has at most ${MAX_BODY_BYTES} bytes`,
          ),
        );
        request.destroy();
      }
    });
    request.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    request.on('error', reject);
  });
}

/** The text of a path segment; undefined when it is not well encoded. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** The value of a JSON text; what is not JSON is not a command that anybody knows. */
function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The data that a reminder was armed with: base64 of JSON when it was registered over gRPC, JSON otherwise. */
function reminderData(body: unknown): ReminderData {
  const data = (body as { data?: unknown } | null)?.data;
  const value =
    typeof data === 'string' ? parsed(Buffer.from(data, 'base64').toString('utf8')) : data;
  const armedAtMs = (value as { armedAtMs?: unknown } | null | undefined)?.armedAtMs;
  return typeof armedAtMs === 'number' ? { armedAtMs } : {};
}
