import { createHash } from 'node:crypto';
import { Html } from './html.ts';
import { PAGE_STYLE } from './page-style.ts';
import { REFRESH_SCRIPT } from './refresh-script.ts';

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

// Not by a template, which would be formatted: the policy has the hashes of what is within.
/** The page's style. */
export const STYLE_ELEMENT = new Html(`<style>${PAGE_STYLE}</style>`);
/** The page's script. */
export const SCRIPT_ELEMENT = new Html(`<script>${REFRESH_SCRIPT}</script>`);

/** Headers that let the page's own style and script run, and nothing else. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-security-policy': [
    "default-src 'none'",
    `style-src ${hashOf(PAGE_STYLE)}`,
    `script-src ${hashOf(REFRESH_SCRIPT)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
});
