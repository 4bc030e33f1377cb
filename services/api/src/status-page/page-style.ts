/** How the status page looks: in light and dark, from a phone to a wall. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f7f7f5; --sheet: #fff; --line: #e4e4df; --text: #1d2125; --quiet: #5f666d;
  --main: #3566b8; --pale: #bccdea; --bad: #c2382b; --good: #2f7d4f; --warn: #8a5a00; --warn-ground: #fff4d9;
  --look: rgb(29 33 37 / 8%);
  --running: #3566b8; --sleeping: #a9bfe3; --paused: #d9a93a; --completed: #8fbf9f; --failed: #c2382b; --killed: #9a9fa5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --sheet: #1b1f23; --line: #2d3338; --text: #e6e8ea; --quiet: #9aa3ab;
    --main: #7ea6e8; --pale: #34496b; --bad: #ef7a6d; --good: #6cc48e; --warn: #f0c56b; --warn-ground: #342a12;
    --look: rgb(255 255 255 / 10%);
    --running: #7ea6e8; --sleeping: #40597f; --paused: #c99a35; --completed: #3f7a55; --failed: #ef7a6d; --killed: #5c646b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  -webkit-text-size-adjust: 100%;
}
.page { max-width: 68rem; margin: 0 auto; padding: 1.75rem 1.5rem 3rem; }
h1, h2, p, dl, dd { margin: 0; }
h1 { font-size: 1.35rem; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 1rem; font-weight: 650; }
.quiet { color: var(--quiet); font-size: 0.8125rem; font-weight: 400; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 1.25rem; margin-bottom: 1.25rem; }
header .when { margin-left: auto; text-align: right; }
.state { font-weight: 600; }
.state::before { content: ''; display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.5em; border-radius: 50%; background: currentColor; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.state .quiet { margin-left: 0.3em; }
.notice, #cut-off { margin: 0 0 1rem; padding: 0.7rem 1rem; border-radius: 6px; background: var(--warn-ground); color: var(--warn); }
#cut-off { max-width: 65rem; margin: 1rem auto 0; }
#cut-off[hidden] { display: none; }
code { font: 0.875em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
section { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.25rem 1.1rem; margin-bottom: 1rem; }
section > .head { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem; margin-bottom: 0.75rem; }
.share { display: block; width: 100%; height: 10px; border-radius: 3px; overflow: hidden; background: var(--line); }
dl { display: grid; grid-template-columns: repeat(6, 1fr); margin-top: 0.9rem; }
dl > div { padding-left: 0.9rem; border-left: 1px solid var(--line); }
dl > div:first-child { padding-left: 0; border-left: 0; }
dt { color: var(--quiet); font-size: 0.8125rem; }
dt::before { content: ''; display: inline-block; width: 0.65em; height: 0.65em; margin-right: 0.45em; border-radius: 2px; background: var(--own); }
dd { font-size: 1.5rem; font-weight: 600; letter-spacing: -0.015em; font-variant-numeric: tabular-nums; line-height: 1.25; }
.running { --own: var(--running); fill: var(--running); } .sleeping { --own: var(--sleeping); fill: var(--sleeping); }
.paused { --own: var(--paused); fill: var(--paused); } .completed { --own: var(--completed); fill: var(--completed); }
.failed { --own: var(--failed); fill: var(--failed); } .killed { --own: var(--killed); fill: var(--killed); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.4rem 0 0.4rem 1rem; text-align: right; vertical-align: top; white-space: nowrap; font-weight: 400; }
th:first-child { padding-left: 0; text-align: left; }
thead th { vertical-align: bottom; color: var(--quiet); font-size: 0.75rem; padding-top: 0; }
thead th:last-child { width: 42%; text-align: left; padding-left: 2rem; }
tbody tr { border-top: 1px solid transparent; }
tbody tr:first-child { border-top-color: var(--line); }
tbody th .quiet { display: block; line-height: 1.2; }
tbody th { line-height: 1.3; }
td .bad { display: block; font-size: 0.75rem; line-height: 1.2; }
td.p50, td.p99 { font-weight: 600; }
td.nil { color: var(--quiet); font-weight: 400; }
td.of-plot { padding-left: 2rem; }
.axis { display: flex; justify-content: space-between; margin-right: 4.5rem; }
.plot { display: flex; align-items: flex-start; gap: 0.5rem; }
.plot svg { flex: 1; min-width: 0; height: 34px; border-bottom: 1px solid var(--line); display: block; overflow: visible; }
.plot .top { width: 4rem; text-align: left; color: var(--quiet); font-size: 0.6875rem; line-height: 1; }
.main { fill: var(--main); } .pale { fill: var(--pale); } path.bad { fill: var(--bad); }
.look rect { width: 1px; height: 32px; fill: transparent; } .look rect:hover { fill: var(--look); }
footer { color: var(--quiet); font-size: 0.8125rem; max-width: 46rem; }
footer p { margin-bottom: 0.5rem; }
@media (max-width: 54rem) {
  .page { padding: 1rem 0.75rem 2rem; }
  header .when { margin-left: 0; text-align: left; width: 100%; }
  section { padding: 0.85rem 0.9rem; }
  dl { grid-template-columns: repeat(3, 1fr); row-gap: 0.7rem; }
  dl > div:nth-child(3n + 1) { padding-left: 0; border-left: 0; }
  dd { font-size: 1.25rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody { display: block; }
  tbody { border-top: 1px solid var(--line); padding: 0.35rem 0; }
  tbody tr { display: flex; flex-wrap: wrap; align-items: baseline; padding: 0.4rem 0; border: 0; }
  th, td { padding: 0; text-align: left; }
  td { flex: 0 0 33%; }
  td.total { flex-basis: 50%; }
  td.total ~ td.rate { flex-basis: 50%; }
  tbody th { flex-basis: 100%; }
  tbody th .quiet { display: inline; margin-left: 0.35em; }
  td.none { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  td[data-unit]:not([data-unit=''])::after { content: ' ' attr(data-unit); color: var(--quiet); font-size: 0.75rem; font-weight: 400; }
  td .bad { display: inline; margin-left: 0.2em; }
  td.of-plot { flex-basis: 100%; padding: 0.2rem 0 0; }
  .plot .top { width: 3.6rem; }
}
@media (max-width: 24rem) {
  dl { grid-template-columns: repeat(2, 1fr); }
  dl > div:nth-child(n) { padding-left: 0.9rem; border-left: 1px solid var(--line); }
  dl > div:nth-child(2n + 1) { padding-left: 0; border-left: 0; }
  td:not(.of-plot), td.total, td.total ~ td.rate { flex: 0 1 auto; padding-right: 0.7rem; font-size: 0.875rem; }
}
`;
