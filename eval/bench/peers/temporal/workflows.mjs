import {
  condition,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  proxySinks,
  setHandler,
  sleep,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';

const regular = proxyActivities({ startToCloseTimeout: '30s' });
const { log } = proxySinks();
const go = defineSignal('go');

export async function life(sleepMs) {
  const id = workflowInfo().workflowId;
  upsertMemo({ state: 'running' });
  await regular.step1(id);
  log.ev('sleep', id);
  await sleep(sleepMs);
  log.ev('wake', id);
  await regular.step2(id);
  upsertMemo({ state: 'completed' });
  log.ev('done', id);
}

const local = proxyLocalActivities({ startToCloseTimeout: '30s' });
export async function lifeLocal(sleepMs) {
  const id = workflowInfo().workflowId;
  upsertMemo({ state: 'running' });
  await local.step1(id);
  log.ev('sleep', id);
  await sleep(sleepMs);
  log.ev('wake', id);
  await local.step2(id);
  upsertMemo({ state: 'completed' });
  log.ev('done', id);
}

export async function waiter() {
  const id = workflowInfo().workflowId;
  let gone = false;
  setHandler(go, () => {
    gone = true;
  });
  upsertMemo({ state: 'waiting' });
  log.ev('waiting', id);
  await condition(() => gone);
  log.ev('resumed', id);
  upsertMemo({ state: 'completed' });
}
