import { runUntilSignal, startMetrics } from '@maestro/actors';
import { pino } from 'pino';
import { runWarehouse } from './service/run-warehouse.ts';
import { readWarehouseConfig } from './service/warehouse-config.ts';

const log = pino({ name: 'warehouse' });

runUntilSignal('warehouse', log, async () => {
  const config = readWarehouseConfig(process.env);
  log.level = config.logLevel;
  return runWarehouse(config, log, await startMetrics('maestro-warehouse', process.env));
});
