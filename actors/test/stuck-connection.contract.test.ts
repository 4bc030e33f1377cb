import { deriveContinuationId, type ContinuationRef } from '@maestro/core';
import { sampleCommit } from '@maestro/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectStore, SidecarHttp } from '../src/index.ts';
import { openComponentSet, type OpenComponentSet } from './support/component-set.ts';

const KEYS = Array.from({ length: 300 }, (_, index) => `stuck:${index}`);
const QUERY = JSON.stringify({ keys: KEYS, parallelism: 10 });

function commit(store: ReturnType<typeof connectStore>): Promise<string> {
  const ref: ContinuationRef = {
    tenant: 'stuck',
    id: deriveContinuationId('stuck', crypto.randomUUID()),
  };
  return store.commit(sampleCommit(ref, null, { commitId: 'a.1' }).commit);
}

describe('a sidecar with SQLite whose queries are cut off', () => {
  let opened: OpenComponentSet;
  beforeAll(async () => {
    opened = await openComponentSet('local');
  });
  afterAll(() => opened?.close());

  const call = async (path: string, body: string, signal?: AbortSignal): Promise<string> => {
    const response = await fetch(
      `http://127.0.0.1:${opened.httpPort}/v1.0/state/maestro-state/${path}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: signal ?? null,
      },
    );
    return response.text();
  };
  const write = (key: string, value: string): Promise<string> =>
    call(
      'transaction',
      JSON.stringify({ operations: [{ operation: 'upsert', request: { key, value } }] }),
    );

  /** Cuts queries off until writes are refused. */
  async function stick(): Promise<void> {
    for (const key of KEYS) await write(key, 'x'.repeat(200));
    for (let round = 0; round < 200; round++) {
      const cutOff = new AbortController();
      const reads = Array.from({ length: 4 }, () => call('bulk', QUERY, cutOff.signal));
      setTimeout(() => cutOff.abort(), Math.random() * 4);
      await Promise.allSettled(reads);
      const answers = [await write('stuck:probe', `${round}`), await write('stuck:probe', 'again')];
      if (answers.some((answer) => answer.includes('(517)'))) return;
    }
    throw new Error('no query that was cut off has left its connection stuck');
  }

  it('commits all the same', async () => {
    const http = new SidecarHttp(opened.httpPort);
    const store = connectStore(http, 'maestro-state');
    expect(await commit(store)).toBe('committed');
    await stick();
    for (let times = 0; times < 20; times++) expect(await commit(store)).toBe('committed');
    await http.close();
  });

  it('has none of them left once a process has begun to use it', async () => {
    await stick();
    const http = new SidecarHttp(opened.httpPort);
    expect(await commit(connectStore(http, 'maestro-state'))).toBe('committed');
    // Many at a time, so that every connection of the pool is asked.
    for (let round = 0; round < 50; round++) {
      const answers = await Promise.all(
        Array.from({ length: 4 }, (_, index) => write(`stuck:probe-${index}`, `${round}`)),
      );
      expect(answers).toEqual(['', '', '', '']);
      expect(await write('stuck:probe-3', `${round}`)).toBe('');
      const reads = await Promise.all(
        Array.from({ length: 8 }, () =>
          call('bulk', JSON.stringify({ keys: ['stuck:probe-3'], parallelism: 1 })),
        ),
      );
      for (const text of reads) expect(text).toContain(`"data":"${round}"`);
    }
    await http.close();
  });

  it('loses none by a caller that gives up', async () => {
    const http = new SidecarHttp(opened.httpPort);
    for (let round = 0; round < 100; round++) {
      const givesUp = new AbortController();
      const reads = Array.from({ length: 4 }, () =>
        http.call('POST', '/v1.0/state/maestro-state/bulk', {
          body: QUERY,
          timeoutMs: 10_000,
          signal: givesUp.signal,
        }),
      );
      setTimeout(() => givesUp.abort(), Math.random() * 4);
      await Promise.allSettled(reads);
      expect(await write('stuck:probe', `${round}`)).toBe('');
    }
    await http.close();
  });
});
