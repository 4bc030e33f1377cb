import type { Detector, Span } from './detector.ts';

/** The longest local part and the longest domain, in characters (RFC 5321, section 4.5.3.1). */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;

/** What an unquoted local part holds (RFC 5322 `atext`), with letters of all scripts (RFC 6531). */
const LOCAL = /[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;
const DOMAIN = /[\p{L}\p{M}\p{N}.-]/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u;
const TOP_LABEL = /^(?:[\p{L}\p{M}]{2,63}|xn--[a-z0-9-]{2,59})$/iu;

/** Ends of file names such as `icon@2x.png`, which are no top-level domains. */
const FILE_ENDS = new Set(
  'png jpg jpeg gif svg webp ico js mjs ts css scss html json yaml txt csv tsv pdf gz'.split(' '),
);

/**
 * E-mail addresses of the common form (RFC 5321 `dot-string@domain`), also internationalised ones. Not found: quoted local
 * parts, addresses at a host without a dot or at an IP literal, and what is written to be read by people alone (`(at)`).
 */
export const emailDetector: Detector = {
  kind: 'email',
  find: ({ text }) => {
    const spans: Span[] = [];
    let from = 0;
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      const span = addressAround(text, at, from);
      if (!span) continue;
      spans.push(span);
      from = span.end;
    }
    return spans;
  },
};

function addressAround(text: string, at: number, from: number): Span | undefined {
  let start = at;
  const least = Math.max(from, at - MAX_LOCAL);
  while (start > least && LOCAL.test(text[start - 1] ?? '')) start--;
  // What cannot begin a local part belongs to the text around it: brackets, slashes of `mailto://`, quotes, `to=`.
  const lead = /^.*[/=?&|{}'`!#$%*^~]/su.exec(text.slice(start, at))?.[0] ?? '';
  start += lead.length;
  while (start < at && /[.-]/.test(text[start] ?? '')) start++;
  const local = text.slice(start, at);
  if (local === '' || local.endsWith('.') || local.includes('..')) return undefined;

  let end = at + 1;
  const most = Math.min(text.length, at + 1 + MAX_DOMAIN);
  while (end < most && DOMAIN.test(text[end] ?? '')) end++;
  const domain = text.slice(at + 1, end).replace(/[.-]+$/, '');
  const labels = domain.split('.');
  const top = labels.at(-1) ?? '';
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return undefined;
  if (!TOP_LABEL.test(top) || FILE_ENDS.has(top.toLowerCase())) return undefined;
  // A version of a package, and an address of a repository (`git@host:path`).
  if (/^\d+\.\d/.test(domain) || (local === 'git' && text[end] === ':')) return undefined;
  return { start, end: at + 1 + domain.length };
}
