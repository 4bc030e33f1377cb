import { describe, expect, it } from 'vitest';
import { DuplicateDetector } from './duplicate-detector.ts';

describe('DuplicateDetector', () => {
  it('knows an id until its window has passed, counted from the first time', () => {
    const detector = new DuplicateDetector(1000);
    expect(detector.isDuplicate('a', 0)).toBe(false);
    expect(detector.isDuplicate('a', 900)).toBe(true);
    expect(detector.isDuplicate('b', 950)).toBe(false);
    expect(detector.isDuplicate('a', 1000)).toBe(false);
    expect(detector.isDuplicate('b', 1000)).toBe(true);
  });
});
