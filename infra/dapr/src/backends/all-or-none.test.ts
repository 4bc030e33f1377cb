import { expect, it } from 'vitest';
import { allOrNone } from './all-or-none.ts';

function server(name: string, stopped: string[], startMs = 0) {
  return new Promise<{ readonly name: string; stop(): Promise<void> }>((resolve) => {
    setTimeout(() => {
      resolve({ name, stop: async () => void stopped.push(name) });
    }, startMs);
  });
}

it('hands over the servers in their order and stops none', async () => {
  const stopped: string[] = [];
  const names = await allOrNone(
    [server('late', stopped, 5), server('early', stopped)],
    ([late, early]) => [late.name, early.name],
  );
  expect(names).toEqual(['late', 'early']);
  expect(stopped).toEqual([]);
});

it('stops what started, also after the failure, when one does not start', async () => {
  const stopped: string[] = [];
  const failing = Promise.reject(new Error('no Java'));
  const starting = [server('early', stopped), failing, server('late', stopped, 5)];
  await expect(allOrNone(starting, () => 'never')).rejects.toThrow('no Java');
  expect(stopped).toEqual(['early', 'late']);
});

it('stops all when what needs them fails, even if one cannot be stopped', async () => {
  const stopped: string[] = [];
  const stuck = Promise.resolve({ stop: () => Promise.reject(new Error('stuck')) });
  await expect(
    allOrNone([stuck, server('other', stopped)], () => Promise.reject(new Error('no bucket'))),
  ).rejects.toThrow('no bucket');
  expect(stopped).toEqual(['other']);
});
