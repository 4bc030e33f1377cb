import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** What `node --cpu-prof` writes, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const TOP = 15;

/** The package or file that a frame belongs to; engine frames by their name. */
function ownerOf({ functionName, url }: CallFrame): string {
  if (url === '') return functionName;
  const inPackages = url.lastIndexOf('node_modules/');
  if (inPackages >= 0) {
    const parts = url.slice(inPackages + 'node_modules/'.length).split('/');
    return parts.slice(0, parts[0]?.startsWith('@') ? 2 : 1).join('/');
  }
  if (url.startsWith('node:')) return url;
  const inWorkspace = /([a-z-]+(?:\/[a-z-]+)*)\/dist\/(.+)$/.exec(url);
  return inWorkspace ? `${inWorkspace[1]?.split('/').at(-1)}/${inWorkspace[2]}` : url;
}

/** Where the time that was not idle went, by package or file: a Markdown table with the largest first. */
export function profileTable(profile: CpuProfile): string {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const ownMs = new Map<string, number>();
  let busyMs = 0;
  profile.samples.forEach((id, index) => {
    const frame = frames.get(id);
    if (!frame || frame.functionName === '(idle)') return;
    const ms = (profile.timeDeltas[index] ?? 0) / 1000;
    busyMs += ms;
    ownMs.set(ownerOf(frame), (ownMs.get(ownerOf(frame)) ?? 0) + ms);
  });
  const rows = [...ownMs]
    .sort(([, a], [, b]) => b - a)
    .slice(0, TOP)
    .map(([owner, ms]) => `| ${owner} | ${ms.toFixed(0)} | ${((100 * ms) / busyMs).toFixed(1)} |`);
  return [
    `### CPU of the service, ${busyMs.toFixed(0)} ms in all, start included`,
    '',
    '| code | own ms | % |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Reads the profiles in a folder and tells what they say, and how to read daprd's. */
export function profileReport(folder: string, daprd: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  const tables = files.map((name) =>
    profileTable(JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile),
  );
  return [
    ...tables,
    `${files.map((name) => join(folder, name)).join(', ')}: open in a browser's developer tools`,
    `daprd: go tool pprof -top -cum ${daprd} ${join(folder, 'daprd.pprof')}`,
    '',
  ].join('\n');
}
