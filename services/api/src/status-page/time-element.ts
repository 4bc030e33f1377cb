import { clockText } from './figure-text.ts';
import { html, type Html } from './html.ts';

/** The time of day of an instant, UTC, which programs can read too. */
export function timeElement(ms: number): Html {
  return html`<time datetime="${new Date(ms).toISOString()}">${clockText(ms)} UTC</time>`;
}
