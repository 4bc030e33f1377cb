import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AppSpec } from '../launch/app-spec.ts';

/** Dapr's own format: what is not read here is left to the Dapr CLI. */
const Shared = z.looseObject({
  resourcesPath: z.string().optional(),
  resourcesPaths: z.array(z.string()).optional(),
  configFilePath: z.string().optional(),
  appProtocol: z.enum(['http', 'grpc']).optional(),
  enableAppHealthCheck: z.boolean().optional(),
  appHealthCheckPath: z.string().optional(),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

const Port = z.int().min(1).max(65_535);

const App = Shared.extend({
  appID: z.string().min(1).optional(),
  appDirPath: z.string(),
  command: z.array(z.string()).min(1, 'needs a program to run'),
  appPort: Port.optional(),
  daprHTTPPort: Port.optional(),
  daprGRPCPort: Port.optional(),
});

const RunFileSchema = z.looseObject({
  version: z.literal(1, 'only version 1 is known'),
  common: Shared.optional(),
  apps: z.array(App).min(1, 'needs at least one application'),
});

type SharedFields = z.infer<typeof Shared>;

/** A multi-app run file, ready to launch. */
export interface RunFile {
  readonly path: string;
  /** All paths are absolute, `common` is merged in. */
  readonly apps: readonly AppSpec[];
  /** Every folder of Dapr resources that an application uses. */
  readonly resourcesPaths: readonly string[];
}

function resourceFolders(fields: SharedFields, base: string): readonly string[] | undefined {
  const single = fields.resourcesPath === undefined ? [] : [fields.resourcesPath];
  const paths = fields.resourcesPaths ?? single;
  return paths.length === 0 ? undefined : paths.map((path) => resolve(base, path));
}

function configFile(fields: SharedFields, base: string): string | undefined {
  return fields.configFilePath === undefined ? undefined : resolve(base, fields.configFilePath);
}

function toSpec(app: z.infer<typeof App>, common: SharedFields, base: string): AppSpec {
  const appFolder = resolve(base, app.appDirPath);
  const env = Object.entries({ ...common.env, ...app.env });
  const checked = app.enableAppHealthCheck ?? common.enableAppHealthCheck ?? false;
  const healthPath = app.appHealthCheckPath ?? common.appHealthCheckPath ?? '/healthz';
  return {
    appId: app.appID ?? basename(appFolder),
    command: app.command,
    cwd: appFolder,
    env: Object.fromEntries(env.map(([name, value]) => [name, String(value)])),
    healthPath: checked ? healthPath : false,
    protocol: app.appProtocol ?? common.appProtocol,
    ports: { app: app.appPort, daprHttp: app.daprHTTPPort, daprGrpc: app.daprGRPCPort },
    resourcesPaths: resourceFolders(app, appFolder) ?? resourceFolders(common, base) ?? [],
    configPath: configFile(app, appFolder) ?? configFile(common, base),
  };
}

/** Two applications may share an app id; their names in the stack must differ. */
function withNames(specs: readonly AppSpec[]): AppSpec[] {
  const used = new Map<string, number>();
  return specs.map((spec) => {
    const count = (used.get(spec.appId) ?? 0) + 1;
    used.set(spec.appId, count);
    return { ...spec, name: count === 1 ? spec.appId : `${spec.appId}-${count}` };
  });
}

/**
 * Reads a Dapr multi-app run file (`dapr.yaml`, version 1).
 *
 * @throws Error of one line that names the file, the field and what is wrong with it.
 */
export function parseRunFile(path: string): RunFile {
  const file = resolve(path);
  if (!existsSync(file)) throw new Error(`${file}: no such run file`);
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}: not YAML: ${message.split('\n')[0] ?? ''}`, { cause: error });
  }
  const parsed = RunFileSchema.safeParse(content);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`,
    );
    throw new Error(`${file}: ${issues.join('; ')}`);
  }
  const { common = {}, apps } = parsed.data;
  const specs = withNames(apps.map((app) => toSpec(app, common, dirname(file))));
  const resourcesPaths = [...new Set(specs.flatMap((spec) => spec.resourcesPaths ?? []))];
  for (const folder of resourcesPaths) {
    if (!existsSync(folder)) throw new Error(`${file}: no folder ${folder} (resourcesPath)`);
  }
  return { path: file, apps: specs, resourcesPaths };
}
