import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Lock = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      link: z.boolean().optional(),
      optional: z.boolean().optional(),
      peer: z.boolean().optional(),
    }),
  ),
});

function readLock(path: string): z.infer<typeof Lock> | undefined {
  try {
    return Lock.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Compares what npm installed with package-lock.json; undefined when they agree, else what differs. */
export function installedPackagesDiffer(root: string): string | undefined {
  const wanted = readLock(join(root, 'package-lock.json'));
  if (wanted === undefined) return 'no package-lock.json';
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'not installed';
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (!path.includes('node_modules/') || entry.link === true) continue;
    const there = installed.packages[path];
    // Packages of other platforms are in the lock file only.
    if (there === undefined && (entry.optional === true || entry.peer === true)) continue;
    if (there?.version !== entry.version) {
      return `${path.replace(/^.*node_modules\//, '')} is ${there?.version ?? 'missing'}, wanted ${entry.version ?? 'another'}`;
    }
  }
  return undefined;
}
