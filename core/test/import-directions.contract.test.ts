import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Sources that must not pass, and why; and some that must. */
const FIXTURES: readonly {
  readonly file: string;
  readonly source: string;
  readonly rule: string | undefined;
}[] = [
  ...['core', 'actors', 'recipes'].flatMap((folder) =>
    ['@azure/cosmos', '@aws-sdk/client-dynamodb', '@google-cloud/storage', 'openai'].map((sdk) => ({
      file: `${folder}/src/fixture-${sdk.replaceAll(/[^a-z-]/g, '-')}.ts`,
      source: `import { client } from '${sdk}';\nexport const used = client;\n`,
      rule: 'no-restricted-imports',
    })),
  ),
  ...[
    ['core', '@maestro/actors'],
    ['core', '@maestro/recipes'],
    ['recipes', '@maestro/actors'],
    ['actors', '@maestro/recipes'],
    ['stores', '@maestro/actors'],
    ['dashboards', '@maestro/actors'],
    ['actors', '@maestro/api'],
    ['actors', '@maestro/core/src/log/fold.ts'],
  ].map(([folder = '', from = '']) => ({
    file: `${folder}/src/imports-${from.replaceAll(/[^a-z-]/g, '-')}.ts`,
    source: `import { thing } from '${from}';\nexport const used = thing;\n`,
    rule: 'no-restricted-imports',
  })),
  ...['core/src/now.ts', 'actors/src/turn/decide.ts'].map((file) => ({
    file,
    source: 'export const now = (): number => Date.now();\n',
    rule: 'no-restricted-properties',
  })),
  {
    file: 'core/src/dice.ts',
    source: 'export const dice = (): number => Math.random();\n',
    rule: 'no-restricted-properties',
  },
  {
    file: 'core/src/surroundings.ts',
    source: 'export const home = process.cwd();\n',
    rule: 'no-restricted-globals',
  },
  {
    file: 'actors/src/turn/advance.ts',
    source: "export const page = (): Promise<Response> => fetch('http://localhost');\n",
    rule: 'no-restricted-globals',
  },
  {
    file: 'core/src/fine.ts',
    source: "import { z } from 'zod';\nexport const text = z.string();\n",
    rule: undefined,
  },
  {
    file: 'actors/src/fine.ts',
    source: "import { fold } from '@maestro/core';\nexport const used = fold;\n",
    rule: undefined,
  },
];

interface Finding {
  readonly code: string;
  readonly filename: string;
}

/** A folder with the repository's rules and nothing of its code: the rules go by the path within it. */
let folder: string;
let findings: readonly Finding[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'maestro-lint-'));
  const repository = path.resolve(import.meta.dirname, '../..');
  await copyFile(path.join(repository, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
  for (const { file, source } of FIXTURES) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), source);
  }
  const packageFile = createRequire(import.meta.url).resolve('oxlint/package.json');
  const oxlint = path.join(path.dirname(packageFile), 'bin/oxlint');
  const text = await new Promise<string>((resolve) => {
    execFile(process.execPath, [oxlint, '--format', 'json'], { cwd: folder }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  findings = (JSON.parse(text) as { diagnostics: Finding[] }).diagnostics;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the lint rules', () => {
  for (const { file, source, rule } of FIXTURES) {
    it(`${rule ? `refuse (${rule})` : 'accept'} in ${file}: ${source.split('\n')[0]}`, () => {
      const codes = findings.flatMap(({ filename, code }) =>
        path.normalize(filename) === path.normalize(file) ? [code] : [],
      );
      if (rule) expect(codes).toContainEqual(expect.stringContaining(`(${rule})`));
      else expect(codes).toEqual([]);
    });
  }
});
