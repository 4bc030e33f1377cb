import { html, type Html } from './html.ts';
import { hourSection } from './hour-section.ts';
import { livesSection } from './lives-section.ts';
import { notices, pageHead } from './page-head.ts';
import { SCRIPT_ELEMENT, STYLE_ELEMENT } from './page-policy.ts';
import { REFRESH_MS } from './refresh-script.ts';
import type { StatusView } from './status-view.ts';

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g fill="#3566b8"><rect x="2" y="8" width="3" height="6"/><rect x="6.5" y="4" width="3" height="10"/><rect x="11" y="6" width="3" height="8"/></g></svg>',
)}`;

/** The status page as a whole. */
export function statusPage(view: StatusView): string {
  const figures = view.figures?.value;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Maestro: status</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <noscript><meta http-equiv="refresh" content="${REFRESH_MS / 1000}" /></noscript>
        <link rel="icon" href="${ICON}" />
        ${STYLE_ELEMENT}
      </head>
      <body>
        <p id="cut-off" role="status" hidden></p>
        <main class="page">
          ${pageHead(view)} ${notices(view)}
          ${figures && [livesSection(figures), hourSection(figures), footer()]}
        </main>
        ${SCRIPT_ELEMENT}
      </body>
    </html>`.text;
}

function footer(): Html {
  return html`<footer>
    <p>
      A bar is a minute; the one on the right has only begun. What failed is red. Of lateness,
      length, duration, cost and lag the strong part is p50, the pale part p99, and heights grow
      with the square root.
    </p>
    <p>
      An event bears the instant at which its turn began. So a tick that is one turn has a length of
      0 ms, and what a turn itself takes is not among these figures: workers measure it (<code
        >maestro_turn_ms</code
      >
      at <code>/metrics</code>). Step durations are of steps outside the turn. The lag of the
      warehouse runs from a wake until a table has it. Facts are built every few seconds.
    </p>
  </footer> `;
}
