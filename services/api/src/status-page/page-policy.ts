import { createHash } from 'node:crypto';
import { Html } from './html.ts';
import { PAGE_STYLE } from './page-style.ts';
import { REFRESH_SCRIPT } from './refresh-script.ts';

/** The source of a policy that lets an inline text in. */
export const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

// Not by a template, which would be formatted: the policy has the hashes of what is within.
/** The page's style. */
export const STYLE_ELEMENT = new Html(`<style>${PAGE_STYLE}</style>`);
/** The page's script. */
export const SCRIPT_ELEMENT = new Html(`<script>${REFRESH_SCRIPT}</script>`);

/** Headers of a page that may load what is named, ask this server, and do nothing else. */
export function pageHeaders(
  sources: Readonly<Record<'style-src' | 'script-src', string>>,
): Readonly<Record<string, string>> {
  return Object.freeze({
    'content-security-policy': [
      "default-src 'none'",
      `style-src ${sources['style-src']}`,
      `script-src ${sources['script-src']}`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
}

/** Headers that let the status page's own style and script run, and nothing else. */
export const PAGE_HEADERS = pageHeaders({
  'style-src': hashOf(PAGE_STYLE),
  'script-src': hashOf(REFRESH_SCRIPT),
});
