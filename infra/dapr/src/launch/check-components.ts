import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { COMPONENT_FIELDS } from './component-fields.ts';

const Kind = z.looseObject({ kind: z.literal('Component') });

const Component = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    type: z.string(),
    metadata: z.array(z.looseObject({ name: z.string() })).nullish(),
  }),
});

/** The one kind of state store that looks as if it could hold continuations, and cannot. */
const REFUSED: Readonly<Record<string, string>> = {
  'state.redis': 'its transactions are not atomic, so a log could have holes',
};

/** Something that is wrong with a component file. */
export interface ComponentFault {
  /** The file's path. */
  readonly file: string;
  /** The component's name; absent when the file does not say. */
  readonly component?: string;
  /** The field that is unknown, or missing: then all names that would do. */
  readonly field?: string;
  /** The known field that is nearest to an unknown one, where one is near. */
  readonly nearest?: string;
  /** What is wrong, in words, with component and field. */
  readonly message: string;
}

/** A component of a folder. */
export interface FoundComponent {
  readonly file: string;
  readonly name: string;
  readonly type: string;
  /** Whether the fields of its type are known here; those of the types that Maestro ships files for are. */
  readonly known: boolean;
}

/** What was found in a folder of component files. */
export interface ComponentCheck {
  readonly components: readonly FoundComponent[];
  readonly faults: readonly ComponentFault[];
}

/**
 * Looks for what is wrong with the components of a folder: fields that their type does not have (daprd passes over
 * them in silence), fields that are missing, and stores that cannot hold continuations.
 */
export function checkComponents(folder: string): ComponentCheck {
  const components: FoundComponent[] = [];
  const faults: ComponentFault[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!/\.ya?ml$/.test(name)) continue;
    const file = join(folder, name);
    for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
      if (document.errors[0]) {
        faults.push({ file, message: document.errors[0].message });
        continue;
      }
      const content: unknown = document.toJSON();
      if (!Kind.safeParse(content).success) continue;
      const parsed = Component.safeParse(content);
      if (parsed.success) {
        const { metadata, spec } = parsed.data;
        const known = Object.hasOwn(COMPONENT_FIELDS, spec.type);
        components.push({ file, name: metadata.name, type: spec.type, known });
        faults.push(...faultsOf(parsed.data).map((fault) => ({ file, ...fault })));
      } else {
        const wrong = parsed.error.issues.map(
          ({ path, message }) => `${path.join('.')}: ${message}`,
        );
        faults.push({ file, message: `not a component: ${wrong.join('; ')}` });
      }
    }
  }
  return { components, faults };
}

/** @throws Error that lists every fault: file, component, field. */
export function requireSoundComponents(folders: readonly string[]): void {
  const faults = folders.flatMap((folder) => checkComponents(folder).faults);
  if (faults.length > 0) {
    throw new Error(faults.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  }
}

function faultsOf({
  metadata,
  spec,
}: z.infer<typeof Component>): readonly Omit<ComponentFault, 'file'>[] {
  const component = metadata.name;
  const who = `${component} (${spec.type})`;
  const refused = REFUSED[spec.type];
  if (refused !== undefined) {
    return [{ component, message: `${who} cannot hold continuations: ${refused}` }];
  }
  const known = COMPONENT_FIELDS[spec.type];
  if (!known) return [];
  const names = (spec.metadata ?? []).map(({ name }) => name);
  const has = (field: string): boolean =>
    names.some((name) => name.toLowerCase() === field.toLowerCase());
  const unknown = names.filter(
    (name) => !known.fields.some((field) => field.toLowerCase() === name.toLowerCase()),
  );
  return [
    ...unknown.map((field) => {
      const near = nearest(field, known.fields);
      const message = `${who} has no field '${field}'`;
      return near === undefined
        ? { component, field, message }
        : { component, field, nearest: near, message: `${message}; did you mean '${near}'?` };
    }),
    ...known.required
      .filter((group) => !group.some(has))
      .map((group) => ({
        component,
        field: group.join(' or '),
        message: `${who} needs the field ${group.map((field) => `'${field}'`).join(' or ')}`,
      })),
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
