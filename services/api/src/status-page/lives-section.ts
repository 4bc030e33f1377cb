import type { ModelFigures } from '../read-model/model-figures.ts';
import { countText, moneyText } from './figure-text.ts';
import { html, type Html } from './html.ts';

const STATUSES = [
  ['running', 'Active'],
  ['sleeping', 'Sleeping'],
  ['paused', 'Paused'],
  ['completed', 'Completed'],
  ['failed', 'Failed'],
  ['killed', 'Killed'],
] as const;

/** How many continuations are of which status. */
export function livesSection({ lives: counts, spentMicroUsd }: ModelFigures): Html {
  const all = STATUSES.reduce((sum, [status]) => sum + counts[status], 0);
  let x = 0;
  const shares = STATUSES.map(([status, name]) => {
    const width = all === 0 ? 0 : (100 * counts[status]) / all;
    const from = x;
    x += width;
    return (
      width > 0 &&
      html`<rect class="${status}" x="${from}" y="0" width="${width}" height="1"
        ><title>${name}: ${countText(counts[status])}</title></rect
      >`
    );
  });
  const summary = STATUSES.map(([status, name]) => `${name} ${countText(counts[status])}`);
  return html`<section aria-labelledby="lives">
    <div class="head">
      <h2 id="lives">Continuations</h2>
      <p class="quiet">${countText(all)} in all · ${moneyText(spentMicroUsd)} spent so far</p>
    </div>
    <svg class="share" role="img" viewBox="0 0 100 1" preserveAspectRatio="none">
      <title>Continuations by status: ${summary.join(', ')}</title>
      ${shares}
    </svg>
    <dl>
      ${STATUSES.map(
        ([status, name]) =>
          html`<div>
            <dt class="${status}">${name}</dt>
            <dd>${countText(counts[status])}</dd>
          </div>`,
      )}
    </dl>
  </section> `;
}
