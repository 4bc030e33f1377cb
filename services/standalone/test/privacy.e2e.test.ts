import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandalone, type RunningStandalone } from './support/running-standalone.ts';

/** What people write that must not be found again, by the kind of it. */
const SECRETS = {
  email: 'ada.lovelace.1815@analytical-engine.example',
  phone: '+44 20 7946 0958',
  iban: 'GB82 WEST 1234 5698 7654 32',
  card: '4111 1111 1111 1111',
  'national-id': '123-45-6789',
} as const;
const SENTENCE = `Write to ${SECRETS.email}, call ${SECRETS.phone}, pay ${SECRETS.iban}, card ${SECRETS.card}, SSN ${SECRETS['national-id']}.`;

/** Everything that was sent to a collector of traces and metrics. */
async function collector(): Promise<{ server: Server; url: string; bodies: Buffer[] }> {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      bodies.push(Buffer.concat(parts));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

/** Every file below a folder, with what is in it. */
async function filesBelow(folder: string): Promise<readonly (readonly [string, Buffer])[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      return [path.relative(folder, file), await readFile(file)] as const;
    }),
  );
}

/** Where a secret is still to be found, also without its spaces. */
function leaksIn(name: string, content: Buffer): readonly string[] {
  return Object.entries(SECRETS).flatMap(([kind, secret]) =>
    [secret, secret.replaceAll(/[ -]/g, '')].some((text) => content.includes(text))
      ? [`${kind} in ${name}`]
      : [],
  );
}

describe('personal data that people send', () => {
  let running: RunningStandalone;
  let dataDir: string;
  let collected: Awaited<ReturnType<typeof collector>>;
  beforeAll(async () => {
    collected = await collector();
    dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-privacy-'));
    running = await startStandalone({
      dataDir,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collected.url, MAESTRO_LOG_LEVEL: 'debug' },
    });
  });
  afterAll(async () => {
    await running?.close();
    collected?.server.closeAllConnections();
    collected?.server.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is in no file of the store, in no log, no span and no metric', async () => {
    const { client, baseUrl, token } = running;
    const { id } = await client.start({
      goal: {
        objective: `Find out. ${SENTENCE}`,
        question: SENTENCE,
        audience: SENTENCE.slice(0, 300),
        recipe: 'wait@1',
        tags: ['private'],
        parameters: {},
      },
    });
    await client.signal(id, 'go', {
      payload: { note: SENTENCE, list: [SENTENCE] },
      note: SENTENCE,
    });
    // Refusals must not tell it either.
    await client.signal(id, 'go', { payload: SENTENCE }).catch(() => undefined);
    await fetch(`${baseUrl}/continuations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ goal: { objective: 5, recipe: SENTENCE } }),
    });
    await client.publish('papers', [{ id: 'one', title: SENTENCE }]);
    await client.freeze({ reason: SENTENCE });
    await client
      .start({ goal: { objective: SENTENCE, recipe: 'wait@1', parameters: {} } })
      .catch(() => undefined);
    await client.thaw();
    const view = await client.get(id);
    expect(view.status).toBe('completed');
    expect(JSON.stringify(view)).toContain('[redacted:email]');

    await running.stack.stop({ drainMs: 2_000 });
    const files = await filesBelow(dataDir);
    const stored = files.filter(([name]) => /\.db/.test(name));
    // What is looked through is what was written.
    expect(stored.some(([, content]) => content.includes('[redacted:iban]'))).toBe(true);
    expect(files.some(([name]) => name.startsWith('logs/'))).toBe(true);
    expect(collected.bodies.some((body) => body.includes(id))).toBe(true);
    const leaks = [
      ...files.flatMap(([name, content]) => leaksIn(name, content)),
      ...collected.bodies.flatMap((body) => leaksIn('what a collector got', body)),
    ];
    expect([...new Set(leaks)]).toEqual([]);
  });
});
