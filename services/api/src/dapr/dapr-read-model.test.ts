import { MaestroError } from '@maestro/core';
import { expect, it } from 'vitest';
import { sampleFigures } from '../testing/sample-figures.ts';
import { DaprReadModel } from './dapr-read-model.ts';

const QUERY = { tenant: 'acme', limit: 2 };

function modelOf(answer: { status: number; text: string } | Error, paths: string[] = []) {
  return new DaprReadModel(
    {
      call: async (_method, path) => {
        paths.push(path);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    'maestro-warehouse',
  );
}

it('asks the warehouse by its app id', async () => {
  const paths: string[] = [];
  const text = '{"builtAtMs":7,"lives":[]}';
  expect(await modelOf({ status: 200, text }, paths).list(QUERY)).toEqual({
    builtAtMs: 7,
    lives: [],
  });
  expect(paths).toEqual(['/v1.0/invoke/maestro-warehouse/method/lists']);
});

it('asks for figures, and takes them only whole', async () => {
  const paths: string[] = [];
  const figures = sampleFigures(1_767_270_665_000, { ticks: 3 });
  const text = JSON.stringify(figures);
  expect(await modelOf({ status: 200, text }, paths).figures()).toEqual(figures);
  expect(paths).toEqual(['/v1.0/invoke/maestro-warehouse/method/figures']);
  const { minutes: _minutes, ...part } = figures;
  const partly = modelOf({ status: 200, text: JSON.stringify(part) });
  await expect(partly.figures()).rejects.toMatchObject({ code: 'warehouse.unavailable' });
});

it('asks for a replay; there may be nothing to replay', async () => {
  const paths: string[] = [];
  const ref = { tenant: 'acme', id: '01J00000000000000000000000' };
  const same = '{"replay":{"outcome":"same","sequence":7}}';
  expect(await modelOf({ status: 200, text: same }, paths).replay(ref)).toEqual({
    outcome: 'same',
    sequence: 7,
  });
  expect(paths).toEqual(['/v1.0/invoke/maestro-warehouse/method/replay']);
  expect(await modelOf({ status: 200, text: '{"replay":null}' }).replay(ref)).toBeUndefined();
});

it('gives a replay, which reads a whole log, more time than the rest', async () => {
  const waits: number[] = [];
  const call: ConstructorParameters<typeof DaprReadModel>[0]['call'] = async (
    _method,
    _path,
    { timeoutMs },
  ) => {
    waits.push(timeoutMs);
    return { status: 200, text: '{"builtAtMs":7,"lives":[],"replay":null}' };
  };
  const model = new DaprReadModel({ call }, 'maestro-warehouse');
  await model.list(QUERY);
  await model.replay({ tenant: 'acme', id: '01J00000000000000000000000' });
  expect(waits).toEqual([10_000, 120_000]);
});

it.each([
  { status: 500, text: '{"errorCode":"ERR_DIRECT_INVOKE"}' },
  { status: 200, text: 'no JSON' },
  { status: 200, text: '{"lives":[{"id":1}]}' },
  new MaestroError('sidecar.unavailable', 'the sidecar did not answer'),
])('says that there is no answer: %j', async (answer) => {
  await expect(modelOf(answer).list(QUERY)).rejects.toMatchObject({
    code: 'warehouse.unavailable',
    retryable: true,
  });
});
