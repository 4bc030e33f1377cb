import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';

/** What a test changes in a shipped component so that it reaches a server on this machine. */
export interface ComponentOverlay {
  /** Only a secret store's: the cloud's vault cannot run here. */
  readonly type?: string;
  /** Metadata that is added or replaced: where the server is, and its credentials. */
  readonly set?: Readonly<Record<string, string>>;
  /** Metadata that is left out: the cloud's own address and identity. */
  readonly unset?: readonly string[];
}

/** By component name. */
export type Overlay = Readonly<Record<string, ComponentOverlay>>;

const Resource = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    type: z.string().optional(),
    metadata: z.array(z.looseObject({ name: z.string() })).optional(),
  }),
});

/** Writes the resources of a folder, changed by an overlay, into another one. */
export function writeOverlaid(folder: string, overlay: Overlay, into: string): void {
  mkdirSync(into, { recursive: true });
  for (const file of readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))) {
    const documents = parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) =>
      overlaid(document.toJSON(), overlay),
    );
    writeFileSync(join(into, file), documents.map((document) => stringify(document)).join('---\n'));
  }
}

/** A resource as an overlay changes it; what the overlay does not name stays as it is. */
export function overlaid(document: unknown, overlay: Overlay): unknown {
  const resource = Resource.safeParse(document);
  if (!resource.success || resource.data.kind !== 'Component') return document;
  const change = overlay[resource.data.metadata.name];
  if (change === undefined) return document;
  const { type, set = {}, unset = [] } = change;
  const gone = new Set([...unset, ...Object.keys(set)]);
  const { spec } = resource.data;
  return {
    ...resource.data,
    spec: {
      ...spec,
      ...(type === undefined ? {} : { type }),
      metadata: [
        ...(spec.metadata ?? []).filter(({ name }) => !gone.has(name)),
        ...Object.entries(set).map(([name, value]) => ({ name, value })),
      ],
    },
  };
}
