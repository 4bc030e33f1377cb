import { readFileSync } from 'node:fs';

/** A commit that a worker tried and that was refused. */
export interface FencedCommit {
  /** Of the continuation. */
  readonly id: string;
  readonly commitId: string;
  readonly result: string;
  readonly atMs: number;
}

/** What a worker's structured log tells of fencing, from all its lives. */
export function readWorkerLog(file: string): {
  readonly fenced: readonly FencedCommit[];
  readonly takeovers: readonly {
    readonly id: string;
    readonly generation: number;
    readonly atMs: number;
  }[];
} {
  const fenced: FencedCommit[] = [];
  const takeovers: { id: string; generation: number; atMs: number }[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.startsWith('{')) continue;
    // A line may be cut off by the kill that it ran into.
    const entry = parsed(line);
    if (entry?.['event'] === 'commit.fenced') {
      fenced.push({
        id: String(entry['id']),
        commitId: String(entry['commitId']),
        result: String(entry['result']),
        atMs: Number(entry['time']),
      });
    } else if (entry?.['event'] === 'continuation.taken-over') {
      takeovers.push({
        id: String(entry['id']),
        generation: Number(entry['generation']),
        atMs: Number(entry['time']),
      });
    }
  }
  return { fenced, takeovers };
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
