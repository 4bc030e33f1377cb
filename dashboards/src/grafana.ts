import type { Dashboard, Panel } from './dashboard.ts';

/** Version of Grafana's classic dashboard model, which every Grafana from 10 on takes and migrates by itself. */
const SCHEMA_VERSION = 41;

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Cells of Grafana's grid. */
const GRID = 24;
const SIZES = { number: { w: 4, h: 4 }, lines: { w: 12, h: 8 }, stacked: { w: 12, h: 8 } };

/** A dashboard in Grafana's JSON. */
export function grafanaJson(dashboard: Dashboard): string {
  return `${JSON.stringify(grafanaDashboard(dashboard), undefined, 2)}\n`;
}

function grafanaDashboard({ name, title, description, rows }: Dashboard): object {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: GRID, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    let rowHeight = 0;
    for (const panel of row.panels) {
      const { w, h } = SIZES[panel.kind ?? 'lines'];
      if (x + w > GRID) {
        x = 0;
        y += rowHeight;
        rowHeight = 0;
      }
      panels.push(grafanaPanel(panel, panels.length + 1, { x, y, w, h }));
      x += w;
      rowHeight = Math.max(rowHeight, h);
    }
    y += rowHeight;
  }
  return {
    uid: `maestro-${name.replaceAll('_', '-')}`,
    title,
    description,
    tags: ['maestro'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    timezone: 'browser',
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timepicker: {},
    annotations: { list: [] },
    links: [
      {
        type: 'dashboards',
        title: 'Maestro',
        tags: ['maestro'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
      },
    ],
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
        { name: 'filters', label: 'Filters', type: 'adhoc', datasource: DATASOURCE, filters: [] },
      ],
    },
    panels,
  };
}

function grafanaPanel(
  { title, description, unit, kind = 'lines', queries }: Panel,
  id: number,
  gridPos: object,
): object {
  const number = kind === 'number';
  return {
    id,
    type: number ? 'stat' : 'timeseries',
    title,
    description,
    gridPos,
    datasource: DATASOURCE,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource: DATASOURCE,
      editorMode: 'code',
      expr,
      legendFormat: legend,
      range: !number,
      instant: number,
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        color: number ? { mode: 'fixed', fixedColor: 'text' } : { mode: 'palette-classic' },
        ...(number
          ? {}
          : {
              custom: {
                drawStyle: 'line',
                lineWidth: 1,
                showPoints: 'never',
                fillOpacity: kind === 'stacked' ? 30 : 0,
                stacking: { mode: kind === 'stacked' ? 'normal' : 'none', group: 'A' },
              },
            }),
      },
      overrides: [],
    },
    options: number
      ? {
          reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
          colorMode: 'value',
          graphMode: 'none',
          textMode: 'auto',
        }
      : {
          legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
          tooltip: { mode: 'multi', sort: 'desc' },
        },
  };
}
