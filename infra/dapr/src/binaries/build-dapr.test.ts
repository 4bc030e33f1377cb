import { expect, it } from 'vitest';
import { moduleFolder } from './build-dapr.ts';

it('reads the module folder from what go mod download prints, progress lines included', () => {
  const printed =
    'go: downloading x v1\n{\n\t"Path": "github.com/dapr/dapr",\n\t"Dir": "/go/pkg/mod/a b",\n\t"Sum": "h1:="\n}';
  expect(moduleFolder(printed)).toBe('/go/pkg/mod/a b');
});

it('shows what was printed when no folder is named', () => {
  expect(() => moduleFolder('{"Error": "403 Forbidden"}')).toThrow('403 Forbidden');
});
