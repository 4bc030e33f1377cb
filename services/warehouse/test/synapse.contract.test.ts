import { copyPlaceOf } from '@maestro/warehouse';
import { describe } from 'vitest';
import type { CopyAccess } from '../src/copy/copy-place.ts';
import { SynapseSession } from '../src/copy/synapse/synapse-session.ts';
import { SynapseTarget } from '../src/copy/synapse/synapse-target.ts';
import { copyContract, type CopyPlaceUnderTest } from './support/copy-contract.ts';
import { synapseInDuckDb } from './support/synapse-in-duckdb.ts';
import { TdsServer } from './support/tds-server.ts';

/** Looks at a place by a connection of its own. */
function placeAt(access: CopyAccess): CopyPlaceUnderTest {
  const query: CopyPlaceUnderTest['query'] = async (sql) => {
    const session = await SynapseSession.open(access, 'the look of a test');
    try {
      const { rows } = await session.batch(sql);
      return rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
          ]),
        ),
      );
    } finally {
      session.close();
    }
  };
  return {
    query,
    target: async () => new SynapseTarget(access),
    rowsOf: async ({ tenant, id }) => {
      const rows = await query(
        `select row_text from event where tenant = '${tenant}' and continuation = '${id}' order by sequence`,
      );
      return rows.map((row) => String(row['row_text']));
    },
    close: async () => undefined,
  };
}

copyContract('a server that speaks TDS, which stands in for Synapse', async () => {
  const pool = await synapseInDuckDb();
  const server = await TdsServer.start({ password: 'Zwölf€', open: () => pool.open() });
  const place = placeAt({
    host: '127.0.0.1',
    port: server.port,
    database: 'pool',
    user: 'loader',
    password: 'Zwölf€',
    tls: false,
  });
  return {
    ...place,
    cut: async () => server.cut(),
    close: async () => {
      await server.stop();
      pool.close();
    },
  };
});

const real = process.env['MAESTRO_TEST_SYNAPSE_URL'];
if (real === undefined) {
  describe.skip('a copy in Synapse itself: MAESTRO_TEST_SYNAPSE_URL names none', () => undefined);
} else {
  copyContract('Synapse', async () => {
    const variable = 'MAESTRO_TEST_SYNAPSE_URL';
    const place = copyPlaceOf(real, process.env[`${variable}_PASSWORD`], variable);
    if (!('synapse' in place)) throw new TypeError(`${variable} is not of Synapse`);
    return placeAt(place.synapse);
  });
}
