import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readApiConfig } from '../api-config.ts';
import { rolesWith, ROUTE_PERMISSIONS, type Permission } from '../http/permissions.ts';
import { IdentityEnvironment } from './identity-environment.ts';
import { ROLES } from './roles.ts';

const FILE = fileURLToPath(new URL('../../../../docs/reference/identity.md', import.meta.url));
const text = readFileSync(FILE, 'utf8');

/** Rows of tables whose first cell is code that fits. */
function rows(first: RegExp): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, name = '', ...cells]) => [name.replaceAll('`', ''), ...cells])
    .filter(([name = '']) => first.test(name));
}

describe('docs/reference/identity.md', () => {
  it('has every variable', () => {
    const names = rows(/^MAESTRO_/).map(([name]) => name);
    expect(names.slice(1)).toEqual(Object.keys(IdentityEnvironment.shape));
  });

  it('says of every role what it permits', () => {
    const permissions = new Set<string>([...Object.values(ROUTE_PERMISSIONS), 'administer']);
    permissions.delete('public');
    const documented = rows(/^[a-z]+$/).filter(([name = '']) => permissions.has(name));
    expect(new Set(documented.map(([name]) => name))).toEqual(permissions);
    for (const [permission, , ...cells] of documented) {
      const allowed = ROLES.filter((_role, index) => cells[index] === 'yes');
      expect(allowed, permission).toEqual(rolesWith(permission as Permission));
    }
  });

  const examples = [...text.matchAll(/^```env\n([\s\S]*?)^```/gm)].map(([, lines = '']) => lines);
  it.each(examples)('has examples that the API takes: %s', (lines) => {
    const variables = lines
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)] as const;
      });
    const { identity } = readApiConfig({
      MAESTRO_ACTOR_KEY: 'k'.repeat(32),
      MAESTRO_TENANTS: 'open',
      DAPR_HTTP_PORT: '3500',
      APP_PORT: '3000',
      ...Object.fromEntries(variables),
    });
    expect(identity.provider).toBe(variables[0]?.[1]);
  });

  it('has one for each provider', () => {
    expect(examples).toHaveLength(3);
  });
});
