import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { COMPONENT_FIELDS } from './component-fields.ts';

const Component = z.looseObject({
  kind: z.literal('Component'),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    type: z.string(),
    metadata: z.array(z.looseObject({ name: z.string() })).default([]),
  }),
});

/** The one kind of state store that looks as if it could hold continuations, and cannot. */
const REFUSED: Readonly<Record<string, string>> = {
  'state.redis': 'its transactions are not atomic, so a log could have holes',
};

/**
 * Looks for what is wrong with the components of a folder: fields that their type does not have (daprd passes over
 * them in silence), fields that are missing, and stores that cannot hold continuations.
 *
 * @returns a line for each fault: file, component, field.
 */
export function componentFaults(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(folder, file), 'utf8')).flatMap((document) => {
        const where = join(folder, file);
        if (document.errors[0]) return [`${where}: ${document.errors[0].message}`];
        const component = Component.safeParse(document.toJSON());
        return component.success
          ? faultsOf(component.data).map((fault) => `${where}: ${fault}`)
          : [];
      }),
    );
}

/** @throws Error that lists every fault. */
export function requireSoundComponents(folders: readonly string[]): void {
  const faults = folders.flatMap(componentFaults);
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

function faultsOf({ metadata, spec }: z.infer<typeof Component>): readonly string[] {
  const who = `${metadata.name} (${spec.type})`;
  const refused = REFUSED[spec.type];
  if (refused !== undefined) return [`${who} cannot hold continuations: ${refused}`];
  const known = COMPONENT_FIELDS[spec.type];
  if (!known) return [];
  const names = spec.metadata.map(({ name }) => name);
  const has = (field: string): boolean =>
    names.some((name) => name.toLowerCase() === field.toLowerCase());
  const unknown = names.filter(
    (name) => !known.fields.some((field) => field.toLowerCase() === name.toLowerCase()),
  );
  return [
    ...unknown.map((name) => {
      const near = nearest(name, known.fields);
      return `${who} has no field '${name}'${near ? `; did you mean '${near}'?` : ''}`;
    }),
    ...known.required
      .filter((group) => !group.some(has))
      .map((group) => `${who} needs the field ${group.map((field) => `'${field}'`).join(' or ')}`),
  ];
}

/** The field that a typing error of at most three letters makes of this one. */
function nearest(name: string, fields: readonly string[]): string | undefined {
  const [best] = fields
    .map((field) => ({ field, far: distance(name.toLowerCase(), field.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return best && best.far <= 3 ? best.field : undefined;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
