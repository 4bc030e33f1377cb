import type { Output } from '../output.ts';
import { shortDuration } from '../print/relative-time.ts';
import type { TraceNode } from './trace-node.ts';
import type { LogTrace } from './trace-of-log.ts';

/** Labels are cut after this many characters, so that the columns stay on the screen. */
const MAX_LABEL = 64;

interface Line {
  readonly margin: string;
  readonly node: TraceNode;
  /** When the tick began that it is in; undefined for what is in none. */
  readonly tickMs: number | undefined;
}

/**
 * A trace as lines: what, when (within a tick: how long after its begin), how long it took, what came of it.
 *
 * @param lastTicks how many ticks are drawn at most, the last ones; left out: all.
 */
export function drawTrace(
  output: Output,
  { traceId, root, ticks, generations }: LogTrace,
  nowMs: number,
  lastTicks?: number,
): string[] {
  const { children, left } = lastOf(root.children, lastTicks);
  const lines = childLines(children, '');
  const width = Math.max(...lines.map(({ margin, node }) => widthOf(margin, node)), 0);
  const took = durationOf(root, nowMs);
  return [
    [
      output.tone('strong', root.label),
      ...root.remarks,
      `${counted(ticks, 'tick')}, ${took}, ${counted(generations, 'generation')}`,
    ].join('  '),
    output.tone('quiet', `trace ${traceId}`),
    ...(left > 0 ? [output.tone('quiet', `… ${counted(left, 'tick')} before these`)] : []),
    ...lines.map((line) => textOf(output, line, nowMs, width)),
  ];
}

/** A trace as values for programs: every node with its depth, parents before what is in them. */
export function traceRows({ traceId, root }: LogTrace): readonly object[] {
  const rows: object[] = [];
  const visit = ({ children, ...node }: TraceNode, depth: number): void => {
    rows.push({ traceId, depth, ...node });
    for (const child of children) visit(child, depth + 1);
  };
  visit(root, 0);
  return rows;
}

/** The children from the last so many ticks on, and how many ticks that leaves out. */
function lastOf(
  children: readonly TraceNode[],
  lastTicks: number | undefined,
): { readonly children: readonly TraceNode[]; readonly left: number } {
  const ticks = children.flatMap(({ kind }, index) => (kind === 'tick' ? [index] : []));
  const left = lastTicks === undefined ? 0 : Math.max(ticks.length - lastTicks, 0);
  return { children: left === 0 ? children : children.slice(ticks[left]), left };
}

function childLines(children: readonly TraceNode[], below: string, tickMs?: number): Line[] {
  return children.flatMap((node, index) => {
    const last = index === children.length - 1;
    return [
      { margin: `${below}${last ? '└─ ' : '├─ '}`, node, tickMs },
      ...childLines(node.children, `${below}${last ? '   ' : '│  '}`, tickMs ?? node.startMs),
    ];
  });
}

function widthOf(margin: string, { label }: TraceNode): number {
  return margin.length + Math.min(label.length, MAX_LABEL);
}

function textOf(
  output: Output,
  { margin, node, tickMs }: Line,
  nowMs: number,
  width: number,
): string {
  const label =
    node.label.length <= MAX_LABEL ? node.label : `${node.label.slice(0, MAX_LABEL - 1)}…`;
  const padding = ' '.repeat(width - widthOf(margin, node));
  const at =
    tickMs === undefined
      ? new Date(node.startMs).toISOString().replace('T', ' ').slice(0, 23)
      : `+${spanWords(node.startMs - tickMs)}`.padStart(23);
  const took = node.endMs === node.startMs ? '' : durationOf(node, nowMs);
  const columns = `${output.tone('quiet', margin)}${toned(output, node, label)}${padding} ${output.tone('quiet', at)} ${took.padStart(10)}  ${node.remarks.join(', ')}`;
  return columns.trimEnd();
}

function toned(output: Output, { kind, label }: TraceNode, text: string): string {
  if (kind === 'tick') return output.tone('strong', text);
  if (kind === 'sleep' || kind === 'turn') return output.tone('quiet', text);
  if (kind === 'event' && /^(error|kill) /.test(label)) return output.tone('bad', text);
  return text;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** How long it took; of what is still going on, how long so far. */
function durationOf({ startMs, endMs }: TraceNode, nowMs: number): string {
  return endMs === null ? `${spanWords(nowMs - startMs)}…` : spanWords(endMs - startMs);
}

/** A span of time with three digits below a minute: `12 ms`, `1.52 s`, `3 min`. */
function spanWords(ms: number): string {
  const span = Math.max(ms, 0);
  return span >= 1000 && span < 60_000 ? `${(span / 1000).toPrecision(3)} s` : shortDuration(span);
}
