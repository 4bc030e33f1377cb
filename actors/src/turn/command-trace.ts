import type { Command } from './command.ts';

/** W3C traceparent of whoever sent a command; undefined where nobody is traced. */
export function traceparentIn(command: Command): string | undefined {
  switch (command.kind) {
    case 'wake':
    case 'heartbeat':
    case 'look':
      return undefined;
    default:
      return command.traceparent;
  }
}

/** The trace that a new continuation belongs to: that of the request which starts it; a child has one of its own. */
export function traceOf(command: Command): string | undefined {
  return command.kind === 'spawn' && !command.lineage && !command.merge
    ? command.traceparent?.slice(3, 35)
    : undefined;
}
