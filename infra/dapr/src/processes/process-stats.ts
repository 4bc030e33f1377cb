import { readFileSync, readdirSync } from 'node:fs';

/** Memory of a process tree in megabytes. */
export interface ProcessMemory {
  /** Resident set; pages shared between processes are counted once per process. */
  readonly rssMb: number;
  /** Proportional set; a page shared by n processes counts 1/n in each. */
  readonly pssMb: number;
}

const CLOCK_TICKS_PER_SECOND = 100;

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}

function statFields(pid: number): readonly string[] | undefined {
  const stat = readProc(`${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The process and its descendants, parents first. Only the process itself where there is no /proc. */
export function processTree(pid: number): readonly number[] {
  const tree = [pid];
  let threads: string[] = [];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return tree;
  }
  for (const thread of threads) {
    const children = readProc(`${pid}/task/${thread}/children`) ?? '';
    for (const child of children.split(' ')) {
      if (child !== '') tree.push(...processTree(Number(child)));
    }
  }
  return tree;
}

/** When the process started, in clock ticks since boot; tells a reused pid from the old one. */
export function processStartTicks(pid: number): string | undefined {
  return statFields(pid)?.[19];
}

/** User and system time of a process tree in milliseconds, ended and waited-for children included; 0 without /proc. */
export function treeCpuMs(pid: number): number {
  let ticks = 0;
  for (const member of processTree(pid)) {
    const fields = statFields(member);
    // utime, stime, cutime, cstime are fields 14 to 17 of proc(5); the list starts at field 3.
    for (const index of [11, 12, 13, 14]) ticks += Number(fields?.[index] ?? 0);
  }
  return (ticks * 1000) / CLOCK_TICKS_PER_SECOND;
}

/** Memory of a process tree; zeros without /proc. */
export function treeMemory(pid: number): ProcessMemory {
  let rssKb = 0;
  let pssKb = 0;
  for (const member of processTree(pid)) {
    const rollup = readProc(`${member}/smaps_rollup`) ?? '';
    rssKb += Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
    pssKb += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return { rssMb: rssKb / 1024, pssMb: pssKb / 1024 };
}
