import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const Resource = z.looseObject({
  spec: z.looseObject({
    metadata: z.array(z.looseObject({ envRef: z.string().optional() })).optional(),
  }),
});

/** Names of the environment variables that the resources in these folders read by `envRef`. */
export function environmentReferences(folders: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const folder of folders) {
    for (const file of readdirSync(folder)) {
      if (!/\.ya?ml$/.test(file)) continue;
      for (const document of parseAllDocuments(readFileSync(join(folder, file), 'utf8'))) {
        const resource = Resource.safeParse(document.toJSON());
        for (const { envRef } of resource.data?.spec.metadata ?? []) {
          if (envRef !== undefined) names.add(envRef);
        }
      }
    }
  }
  return names;
}

/** @throws Error that names the variables the resources refer to and the environment lacks: daprd would take them as empty. */
export function requireEnvironment(
  folders: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): void {
  const wanted = [...environmentReferences(folders)].sort();
  const missing = wanted.filter((name) => (env[name] ?? '') === '');
  if (missing.length > 0) {
    throw new Error(
      `the components in ${folders.join(', ')} need ${missing.join(' and ')}: set them (startSetBackends() starts servers of its own and provides them)`,
    );
  }
}
