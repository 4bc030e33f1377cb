import { expect, it } from 'vitest';
import { html as write, Html } from './html.ts';

// By another name the formatter leaves templates as they are.

it('escapes every value, in texts and in attributes', () => {
  const evil = `<script>alert("1")</script>&'`;
  const { text } = write`<p title="${evil}">${evil}</p>`;
  const escaped = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;';
  expect(text).toBe(`<p title="${escaped}">${escaped}</p>`);
});

it('takes HTML, lists of it, and nothing as they are', () => {
  const items = ['a', '<b>'].map((item) => write`<li>${item}</li>`);
  const { text } = write`<ul>${items}</ul>${undefined}${false}${new Html('<hr>')}${0}`;
  expect(text).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul><hr>0');
});

it('makes the line ends of templates dense, and leaves those of values', () => {
  const { text } = write`<p>
      ${'a\n  b'}
    </p>`;
  expect(text).toBe('<p>\na\n  b\n</p>');
});
