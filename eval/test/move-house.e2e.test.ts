import { moveContract } from '../../cli/test/support/move-contract.ts';
import { openSubstrate } from './support/substrate-stack.ts';

moveContract('from the Azure set to the AWS set', async () => {
  const [source, target] = await Promise.all([openSubstrate('azure'), openSubstrate('aws')]);
  return {
    source,
    target,
    close: async () => void (await Promise.all([source.close(), target.close()])),
  };
});
