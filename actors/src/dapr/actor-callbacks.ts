import { CONTINUATION_ACTOR_TYPE, MaestroError, WAKE_TOPIC_ACTOR_TYPE } from '@maestro/core';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ReminderData } from '../host/continuation-host.ts';
import type { LocalHosts } from '../host/local-continuations.ts';
import { commandOf, type ActorCall, type CallGuard } from './call-guard.ts';
import { SIGNATURE_HEADER } from './call-signature.ts';

/** Method of the actor that takes commands. */
export const COMMAND_METHOD = 'command';

/** Largest body of an actor call, in bytes: a command with its goal frame. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Headers that Dapr gives to calls and not to reminders. A caller can have them taken away again (`Connection`), so they
 * only show what somebody else asks for as a reminder by mistake: a reminder that comes too early changes nothing.
 */
const CALL_HEADERS = ['dapr-api-call', 'dapr-caller-app-id', 'x-dapr-remote'];

/**
 * Serves the callbacks of Dapr's actor runtime, and hands everything else on. These come before the web framework,
 * because there are several of them in every life and routing and parsing would take longer than the turn's own work.
 *
 * Answers 200 with an envelope to every call, because the caller's sidecar hides any other status; 5xx to a reminder
 * only asks to have it delivered again.
 *
 * @param guard sees every call first; reminders and deactivations are the sidecar's own.
 */
export function actorCallbacks(
  { host, topics }: LocalHosts,
  guard: CallGuard,
  others: RequestListener,
): RequestListener {
  return (request, response) => {
    const { method, url = '' } = request;
    if (!url.startsWith('/actors/')) return others(request, response);
    // /actors/{type}/{id}[/method/{name}[/{reminder}]]
    const [, , type, encodedId = '', , name, encodedReminder = ''] = url.split('/');
    const isTopic = type === WAKE_TOPIC_ACTOR_TYPE;
    if (!isTopic && type !== CONTINUATION_ACTOR_TYPE) return refuse(response, 404);
    host.callbackArrived();
    const reminder = decoded(encodedReminder);
    if (reminder === undefined) return refuse(response, 400);
    // As it is: no id needs an escape, and Dapr takes an id with one for another actor than the one without.
    const id = encodedId;
    if (method === 'DELETE' && name === undefined) {
      void answer(response, async () => {
        if (isTopic) topics.deactivate(id);
        else await host.deactivate(id);
        return undefined;
      });
    } else if (method === 'PUT' && name === COMMAND_METHOD) {
      void answer(response, async () => {
        const text = await textOf(request);
        let command: unknown;
        try {
          command = await guard({ actorType: type, actorId: id, text, ...proofsOf(request) });
        } catch (error) {
          return { ok: false, error: MaestroError.from(error).toWire() };
        }
        return isTopic ? topics.invoke(id, command) : host.invoke(id, command);
      });
    } else if (method === 'PUT' && name === 'remind') {
      if (CALL_HEADERS.some((header) => header in request.headers)) return refuse(response, 403);
      void answer(response, async () => {
        const data = reminderData(commandOf(await textOf(request)));
        if (isTopic) await topics.remind(id);
        else await host.remind(id, reminder, data);
        return undefined;
      });
    } else {
      refuse(response, 404);
    }
  };
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}

function proofsOf({ headers }: IncomingMessage): Pick<ActorCall, 'authorization' | 'signature'> {
  const signature = headers[SIGNATURE_HEADER];
  return { authorization: headers.authorization, signature: signature?.toString() };
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

/** The data that a reminder was armed with: base64 of JSON when it was registered over gRPC, JSON otherwise. */
function reminderData(body: unknown): ReminderData {
  const data = (body as { data?: unknown } | null)?.data;
  const value =
    typeof data === 'string' ? commandOf(Buffer.from(data, 'base64').toString('utf8')) : data;
  const armedAtMs = (value as { armedAtMs?: unknown } | null | undefined)?.armedAtMs;
  return typeof armedAtMs === 'number' ? { armedAtMs } : {};
}
