// node table.mjs results.jsonl : medians (min-max) per peer, workload and N.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const median = (v) => {
  const s = [...v].sort((a, b) => a - b);
  return s.length % 2 ? s[(s.length - 1) / 2] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2;
};
const fmt = (x) => (Math.abs(x) >= 100 ? String(Math.round(x)) : String(Number(x.toFixed(1))));
const COLS = {
  lifecycle: [
    'submit_per_s',
    'ack_p50_ms',
    'lifecycle_per_s',
    'late_p50_ms',
    'late_p99_ms',
    'late_max_ms',
    'cpu_ms_each',
    'server_rss_mb',
    'server_pss_mb',
    'worker_rss_mb',
    'load1',
  ],
  signal: [
    'c1_p50_ms',
    'c1_p99_ms',
    'c16_p50_ms',
    'c16_p99_ms',
    'c16_per_s',
    'c1_missed',
    'c16_missed',
    'load1',
  ],
  crash: [
    'accepted',
    'never_completed_60s',
    'never_completed_120s',
    'unconfirmed',
    'restart_ready_s',
    'since_restart_s',
    'step1_twice',
    'step2_twice',
    'load1',
  ],
};
export function table(rows) {
  let text = '';
  for (const [w, cols] of Object.entries(COLS)) {
    const groups = new Map();
    for (const r of rows.filter((x) => x.workload === w)) {
      const k = `${r.n}\t${r.peer}`;
      if (!groups.has(k)) groups.set(k, []);
      groups.get(k).push(r);
    }
    if (!groups.size) continue;
    text += `### ${w}: median (min-max)\n\n| N | peer | runs | ${cols.join(' | ')} |\n|${'---|'.repeat(cols.length + 3)}\n`;
    for (const [k, g] of [...groups].sort((a, b) => parseInt(a[0]) - parseInt(b[0]))) {
      const ok = g.filter((r) => !r.error && (w !== 'lifecycle' || r.complete));
      const cell = (c) => {
        const v = ok.map((r) => r[c]).filter((x) => typeof x === 'number');
        if (!v.length) return '-';
        return v.length === 1 || Math.min(...v) === Math.max(...v)
          ? fmt(v[0])
          : `${fmt(median(v))} (${fmt(Math.min(...v))}-${fmt(Math.max(...v))})`;
      };
      text += `| ${k.replace('\t', ' | ')} | ${ok.length}/${g.length} | ${cols.map(cell).join(' | ')} |\n`;
    }
    text += '\n';
  }
  return text;
}
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = process.argv.slice(2).flatMap((f) =>
    fs
      .readFileSync(f, 'utf8')
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l)),
  );
  console.log(table(rows));
}
