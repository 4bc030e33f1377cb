import { describe, expect, it } from 'vitest';
import { findVersion, isAtLeast } from './dapr-version.ts';

describe('findVersion', () => {
  it.each([
    ['1.18.2', '1.18.2'],
    ['go version go1.26 linux/amd64', '1.26.0'],
    ['go1.26.8', '1.26.8'],
    ['1.19.0-rc.3', '1.19.0'],
  ])('reads %s', (text, version) => {
    expect(findVersion(text)).toBe(version);
  });

  it('finds none in the "edge" of a build without a version', () => {
    expect(findVersion('edge')).toBeUndefined();
  });
});

describe('isAtLeast', () => {
  it.each([
    ['1.18.2', '1.18.0', true],
    ['1.18.0', '1.18.0', true],
    ['1.9.9', '1.18.0', false],
    ['2.0.0', '1.18.0', true],
    ['1.17.9', '1.18.0', false],
  ])('%s against %s is %s', (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});
