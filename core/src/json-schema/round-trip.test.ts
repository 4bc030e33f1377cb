import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../canonical/canonical-json.ts';
import { ERROR_CATALOGUE } from '../errors/catalogue.ts';
import { ErrorPayload } from '../event/event-payloads.ts';
import { arbitraryOf } from '../testing/arbitrary-of.ts';
import { PUBLISHED_MODELS } from './models.ts';

/** Codes of the catalogue, which a refinement asks for. */
const overrides = new Map([
  [ErrorPayload.shape.code, fc.constantFrom(...Object.keys(ERROR_CATALOGUE))],
]);

describe('a round trip through canonical JSON leaves every model as it was', () => {
  for (const { name, schema } of PUBLISHED_MODELS) {
    it(
      name,
      () => {
        fc.assert(
          fc.property(arbitraryOf(schema, overrides), (input) => {
            const value = schema.parse(input);
            const text = canonicalJson(value);
            const again = schema.parse(JSON.parse(text));
            expect(again).toEqual(value);
            expect(canonicalJson(again)).toBe(text);
            // Parsing is done once; what it gave it accepts as it is.
            expect(schema.parse(value)).toEqual(value);
          }),
          { numRuns: 150 },
        );
      },
      30_000,
    );
  }
});
