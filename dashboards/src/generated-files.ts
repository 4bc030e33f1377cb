import { CONTINUATION_LIFECYCLE } from './boards/continuation-lifecycle.ts';
import { SPEND } from './boards/spend.ts';
import { WAKES } from './boards/wakes.ts';
import type { Dashboard } from './dashboard.ts';
import { grafanaJson } from './grafana.ts';
import { rulesYaml } from './rules/prometheus.ts';

/** Every dashboard. */
export const DASHBOARDS: readonly Dashboard[] = [CONTINUATION_LIFECYCLE, WAKES, SPEND];

/** Every file of this folder that is generated. */
export function generatedFiles(): readonly { readonly name: string; readonly text: string }[] {
  return [
    ...DASHBOARDS.map((dashboard) => ({
      name: `${dashboard.name}.json`,
      text: grafanaJson(dashboard),
    })),
    { name: 'rules.yml', text: rulesYaml() },
  ];
}
