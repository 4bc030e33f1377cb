import type { Dashboard } from '../dashboard.ts';
import { greatest, perSecond, ratio } from '../promql.ts';

const BY_TENANT = greatest('maestro_tenant_spent_micro_usd', { by: ['tenant'] });

/** What was charged to budgets: in all, by tenant, for each tick. */
export const SPEND: Dashboard = {
  name: 'spend',
  title: 'Maestro / Spend',
  description:
    'What was charged to budgets. By tenant: the 20 that have spent most, the rest together as other.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Spent in all',
          description: 'Charged to all continuations that there are, as the facts tell.',
          unit: 'currencyUSD',
          kind: 'number',
          queries: [{ expr: `sum(${BY_TENANT}) / 1e6`, legend: 'USD' }],
        },
        {
          title: 'Cost per tick',
          description: 'What was charged, by the ticks that began in the same time.',
          unit: 'currencyUSD',
          kind: 'number',
          queries: [
            {
              expr: `${ratio(
                perSecond('maestro_spent_micro_usd_total', { over: '1h' }),
                perSecond('maestro_ticks_total', { over: '1h' }),
              )} / 1e6`,
              legend: 'USD per tick',
            },
          ],
        },
        {
          title: 'Greatest share of one tenant',
          description: 'How much of everything the tenant that has spent most has spent.',
          unit: 'percentunit',
          kind: 'number',
          queries: [
            {
              expr: ratio(
                'max(maestro_tenant_spent_micro_usd{tenant!="other"})',
                `sum(${BY_TENANT})`,
              ),
              legend: 'share',
            },
          ],
        },
      ],
    },
    {
      title: 'By tenant',
      panels: [
        {
          title: 'Spent so far',
          description: 'Those that have spent most, the rest as other.',
          unit: 'currencyUSD',
          kind: 'stacked',
          queries: [{ expr: `${BY_TENANT} / 1e6`, legend: '{{tenant}}' }],
        },
        {
          title: 'Spent within an hour',
          description:
            'How much more it is than an hour before. A tenant that has just come among those shown begins at 0.',
          unit: 'currencyUSD',
          queries: [
            {
              expr: 'clamp_min(max by (tenant) (delta(maestro_tenant_spent_micro_usd[1h])), 0) / 1e6',
              legend: '{{tenant}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Over time',
      panels: [
        {
          title: 'Spent per hour',
          description: 'At the present pace, of all tenants, as workers commit it.',
          unit: 'currencyUSD',
          queries: [
            {
              expr: `${perSecond('maestro_spent_micro_usd_total')} * 3600 / 1e6`,
              legend: 'USD per hour',
            },
          ],
        },
        {
          title: 'Cost per tick',
          description: 'What was charged, by the ticks that began.',
          unit: 'currencyUSD',
          queries: [
            {
              expr: `${ratio(
                perSecond('maestro_spent_micro_usd_total'),
                perSecond('maestro_ticks_total'),
              )} / 1e6`,
              legend: 'USD per tick',
            },
          ],
        },
        {
          title: 'Ticks',
          description: 'Ticks that began: what the cost per tick is divided by.',
          unit: 'ops',
          queries: [{ expr: perSecond('maestro_ticks_total'), legend: 'ticks' }],
        },
      ],
    },
  ],
};
