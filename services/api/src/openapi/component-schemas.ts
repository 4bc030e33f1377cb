import {
  AuditPage,
  BlobValue,
  CommonAncestor,
  ErasureAnswer,
  ErasureRequest,
  ContinuationList,
  ContinuationView,
  EventsPage,
  Explanation,
  FinishImportAnswer,
  FinishImportRequest,
  ForkAnswer,
  FreezeAnswer,
  FreezeRequest,
  ForkRequest,
  ImportAnswer,
  ImportRequest,
  ItemsAnswer,
  ItemsRequest,
  LineagePage,
  MergeRequest,
  Problem,
  ReplayAnswer,
  SignalAnswer,
  SignalRequest,
  SkipAnswer,
  TenantAnswer,
  TenantCreation,
  TenantRequest,
  ThawRequest,
  SkipRequest,
  StartAnswer,
  StartRequest,
  WakeAnswer,
} from '@maestro/client/protocol';
import { z } from 'zod';

const Readiness = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string().optional() })),
});

const ANSWERS = {
  AuditPage,
  CommonAncestor,
  ErasureAnswer,
  ContinuationList,
  ContinuationView,
  EventsPage,
  Explanation,
  FinishImportAnswer,
  ForkAnswer,
  FreezeAnswer,
  ImportAnswer,
  ItemsAnswer,
  LineagePage,
  Problem,
  Readiness,
  ReplayAnswer,
  SignalAnswer,
  SkipAnswer,
  TenantAnswer,
  StartAnswer,
  WakeAnswer,
} as const;

const REQUESTS = {
  BlobValue,
  ErasureRequest,
  FinishImportRequest,
  ForkRequest,
  FreezeRequest,
  ImportRequest,
  ItemsRequest,
  MergeRequest,
  SignalRequest,
  SkipRequest,
  StartRequest,
  TenantCreation,
  TenantRequest,
  ThawRequest,
} as const;

/** A JSON Schema, or a part of one. */
export type JsonSchema = { readonly [key: string]: unknown };

/** All named schemas of the API, as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  const components: Record<string, JsonSchema> = {};
  for (const [name, schema] of Object.entries(ANSWERS)) add(components, name, schema, 'output');
  for (const [name, schema] of Object.entries(REQUESTS)) add(components, name, schema, 'input');
  return components;
}

function add(
  components: Record<string, JsonSchema>,
  name: string,
  schema: z.ZodType,
  io: 'input' | 'output',
): void {
  const { $schema: _dialect, $defs, ...own } = z.toJSONSchema(schema, { io }) as JsonSchema;
  components[name] = withRefs(own, name) as JsonSchema;
  for (const [definition, part] of Object.entries(($defs ?? {}) as JsonSchema)) {
    components[`${name}.${definition}`] = withRefs(part, name) as JsonSchema;
  }
}

/** Local definitions become components of their own: a `#` would mean the whole document. */
function withRefs(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withRefs(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string'
        ? item.replace(/^#\/\$defs\//, `#/components/schemas/${name}.`)
        : withRefs(item, name),
    ]),
  );
}
