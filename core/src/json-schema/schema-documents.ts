import { z } from 'zod';
import { PUBLISHED_MODELS, type PublishedModel } from './models.ts';

/** A JSON Schema file. */
export interface SchemaDocument {
  readonly fileName: string;
  readonly text: string;
}

/** The JSON Schema (draft 2020-12) of every published model, as its file has to read. */
export function schemaDocuments(): readonly SchemaDocument[] {
  return PUBLISHED_MODELS.map((model) => ({
    fileName: `${model.name}.schema.json`,
    text: `${JSON.stringify(documentOf(model), null, 2)}\n`,
  }));
}

function documentOf({ name, title, schema, io }: PublishedModel): unknown {
  const { $schema, ...body } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return { $schema, $id: `urn:maestro:schema:${name}`, title, ...body };
}
