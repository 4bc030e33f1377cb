import { ERROR_CATALOGUE } from '@maestro/core';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const FILE = fileURLToPath(new URL('../../../docs/reference/errors.md', import.meta.url));

it('docs/reference/errors.md lists exactly the codes of the catalogue, with what it says about them', () => {
  const documented = Object.fromEntries(
    readFileSync(FILE, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const cells = line.split('|').map((cell) => cell.trim());
        const code = /^`([a-z]+\.[a-z_]+)`$/.exec(cells[1] ?? '')?.[1];
        if (code === undefined) return [];
        const [, , status, retryable, title, meaning = ''] = cells;
        expect(meaning, `${code} says what to do`).not.toBe('');
        return [[code, { status: Number(status), retryable: retryable === 'yes', title }]];
      }),
  );
  expect(documented).toEqual(ERROR_CATALOGUE);
});
