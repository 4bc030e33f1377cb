/** Sizes of the end-to-end tests: `short` (what `npm test` runs) or `full` (`npm run test:full`). */
export function atScale<Size>(sizes: { readonly short: Size; readonly full: Size }): Size {
  const scale = process.env['MAESTRO_TEST_SCALE'] ?? 'short';
  if (scale !== 'short' && scale !== 'full') {
    throw new TypeError(`MAESTRO_TEST_SCALE is short or full, not '${scale}'`);
  }
  return sizes[scale];
}
