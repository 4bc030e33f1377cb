import type { LineageNode } from '@maestro/client';
import type { ContinuationStatus } from '@maestro/core';
import type { Output } from '../output.ts';
import { statusTone, statusWord } from './print-view.ts';

const MARKS: Readonly<Record<ContinuationStatus, string>> = {
  running: '●',
  sleeping: '○',
  paused: '‖',
  completed: '✓',
  failed: '✗',
  killed: '■',
};

const WIDTH = 'completed'.length;

/** One of a family as a line: how it stands, what it has spent, and, unless that goes without saying, what it is to do. */
export function lineageLine(
  output: Output,
  { id, status, spentUsd, capUsd, objective }: LineageNode,
  options: { readonly strong?: boolean; readonly objective?: boolean } = {},
): string {
  const name = options.strong ? output.tone('strong', id) : id;
  if (status === null) return `${output.tone('quiet', '?')} ${name}  cannot be read yet`;
  const { objective: told = true } = options;
  return [
    `${output.tone(statusTone(status), MARKS[status])} ${name}`,
    statusWord(output, status, WIDTH),
    `${usd(spentUsd)} of ${usd(capUsd)}`,
    ...(told && objective !== null ? [clipped(objective)] : []),
  ].join('  ');
}

function usd(amount: number | null): string {
  return `$${(amount ?? 0).toFixed(2)}`;
}

function clipped(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
