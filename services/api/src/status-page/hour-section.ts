import type { ModelFigures } from '../read-model/model-figures.ts';
import { NOTHING } from './figure-text.ts';
import { hourGroups, type HourRow } from './hour-rows.ts';
import { html, type Html } from './html.ts';
import { plotOf } from './minute-plot.ts';
import { timeElement } from './time-element.ts';

/** What happened lately: a table with a plot in each row, and what its figures mean. */
export function hourSection(value: ModelFigures): Html {
  const { minutes, atMs } = value;
  return html`<section aria-labelledby="hour">
    <div class="head">
      <h2 id="hour">The last hour</h2>
      <p class="quiet">since ${timeElement(minutes[0]?.fromMs ?? atMs)}, all tenants</p>
    </div>
    <table role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Figure</th>
          <th role="columnheader" scope="col">Total</th>
          <th role="columnheader" scope="col">A minute</th>
          <th role="columnheader" scope="col">p50</th>
          <th role="columnheader" scope="col">p99</th>
          <th role="columnheader" scope="col">Max</th>
          <th role="columnheader" scope="col">
            <span class="axis"><span>By the minute</span><span>now</span></span>
          </th>
        </tr>
      </thead>
      ${hourGroups(value).map(
        ({ name, rows }) =>
          html`<tbody role="rowgroup" aria-label="${name}">
            ${rows.map((row) => hourRow(row))}
          </tbody> `,
      )}
    </table>
  </section> `;
}

function hourRow({ name, note, total, bad, rate, spread, plot }: HourRow): Html {
  const [p50, p99, max] = spread ?? [];
  return html`<tr role="row">
    <th role="rowheader" scope="row">${name} <span class="quiet">${note}</span></th>
    ${cell('total', total, { bad })}${cell('rate', rate, { unit: 'a minute' })}${cell('p50', p50, { unit: 'p50' })}${cell('p99', p99, { unit: 'p99' })}${cell('max', max, { unit: 'max' })}
    <td role="cell" class="of-plot">${plotOf(plot)}</td>
  </tr> `;
}

function cell(
  kind: string,
  text: string | undefined,
  { bad, unit }: { readonly bad?: string | undefined; readonly unit?: string },
): Html {
  if (text === undefined) return html`<td role="cell" class="none"></td>`;
  const classes = text === NOTHING ? `${kind} nil` : kind;
  const failed = bad !== undefined && html` <span class="bad">${bad}</span>`;
  return html`<td role="cell" class="${classes}" data-unit="${unit}">${text}${failed}</td>`;
}
