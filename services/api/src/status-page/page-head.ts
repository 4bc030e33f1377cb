import { plainDuration } from '../view/plain-duration.ts';
import { clockText } from './figure-text.ts';
import { html, type Html } from './html.ts';
import type { StatusView } from './status-view.ts';
import { timeElement } from './time-element.ts';

/** Facts that are older than this are said to be old, in ms; they are built every few seconds. */
const OLD_MS = 60_000;

/** What Maestro is called, and whether it is ready. */
export function pageHead({ nowMs, readiness, figures }: StatusView): Html {
  const builtAtMs = figures?.value?.builtAtMs;
  return html`<header>
    <h1>Maestro</h1>
    <p class="state ${isReady(readiness) ? 'good' : 'bad'}">
      ${isReady(readiness) ? 'ready' : 'not ready'}${checks(readiness)}
    </p>
    <p class="when quiet">
      ${
        builtAtMs === undefined || builtAtMs === null
          ? ''
          : html`facts built ${plainDuration(nowMs - builtAtMs)} ago · `
      }${timeElement(nowMs)}
    </p>
  </header> `;
}

function isReady({ value, awaySinceMs }: StatusView['readiness']): boolean {
  return awaySinceMs === undefined && value?.every(({ ok }) => ok) === true;
}

function checks({ value = [], awaySinceMs }: StatusView['readiness']): Html {
  const text =
    awaySinceMs === undefined
      ? value.map(({ name, ok, message = 'not ready' }) => (ok ? name : `${name}: ${message}`))
      : [`checks have not ended since ${clockText(awaySinceMs)} UTC`];
  return html`<span class="quiet">${text.join(' · ')}</span>`;
}

/** What has to be known about the figures before they are read. */
export function notices({ nowMs, figures }: StatusView): Html | false {
  if (!figures) {
    return notice(
      html`No figures: this installation has no warehouse. Set <code>MAESTRO_WAREHOUSE_APP</code> to
        the app id of one; standalone, <code>MAESTRO_WAREHOUSE</code> and
        <code>MAESTRO_STORE</code>.`,
    );
  }
  const { value, readAtMs, awaySinceMs } = figures;
  if (!value || readAtMs === undefined) {
    return notice(
      html`No figures yet: the warehouse has not answered since
      ${timeElement(awaySinceMs ?? nowMs)}. It is asked again every few seconds.`,
    );
  }
  if (awaySinceMs !== undefined) {
    return notice(
      html`The warehouse has not answered since ${timeElement(awaySinceMs)}. These figures are
      ${plainDuration(nowMs - readAtMs)} old, of ${timeElement(readAtMs)}.`,
    );
  }
  if (value.builtAtMs === null) {
    return notice(
      html`The warehouse has not built its facts since it started: figures may be of before.`,
    );
  }
  return (
    nowMs - value.builtAtMs > OLD_MS &&
    notice(
      html`The warehouse built its facts last at ${timeElement(value.builtAtMs)}: figures are of
      then.`,
    )
  );
}

function notice(text: Html): Html {
  return html`<p class="notice">${text}</p>`;
}
