import { expect, it } from 'vitest';
import { CallBook } from './call-book.ts';

it('tells calls that were answered from those that were not, by kind and together', async () => {
  const book = new CallBook();
  book.took('get', 2);
  book.took('get', 4);
  book.took('list', 9);
  expect(await book.time('get', () => Promise.resolve('there'))).toBe('there');
  expect(await book.time('list', () => Promise.reject(new Error('429')))).toBeUndefined();
  expect(book.kinds()).toEqual(['get', 'list']);
  expect(book.figuresOf(['get'])).toMatchObject({ calls: 3, errors: 0, callMs: { max: 4 } });
  expect(book.figuresOf(book.kinds())).toMatchObject({ calls: 5, errors: 1, callMs: { max: 9 } });
  expect(book.firstErrors()).toEqual(['list: 1 failed, the first with Error: 429']);
});
