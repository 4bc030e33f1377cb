import { minuteText } from './figure-text.ts';
import { html, type Html } from './html.ts';

/** One minute of a plot. */
export interface PlotMinute {
  readonly fromMs: number;
  /** Height of its bar; null where nothing was measured. */
  readonly whole: number | null;
  /** Height of the lower part of the bar that is set off. */
  readonly part?: number | null;
  /** This minute in words. */
  readonly text: string;
}

/** A bar for each minute. */
export interface Plot {
  /** What is plotted, for who cannot see it. */
  readonly name: string;
  /** Of a count the part is what went wrong; of a spread the whole is p99 and the part p50. */
  readonly kind: 'count' | 'spread';
  readonly minutes: readonly PlotMinute[];
  /** A height in words. */
  readonly valueText: (value: number) => string;
}

/** Of the drawing, and of its style. */
const HEIGHT = 32;
/** Least height of a bar that is more than nothing. */
const LEAST = 1.5;
const WIDTH = 0.76;
const CLASSES = { count: ['main', 'bad'], spread: ['pale', 'main'] } as const;

/** A plot as inline SVG, as wide as its place; who points at a minute learns what it was. */
export function plotOf({ name, kind, minutes, valueText }: Plot): Html {
  const greatest = Math.max(0, ...minutes.map(({ whole }) => whole ?? 0));
  const heightOf = (value: number | null = 0): number => {
    if (value === null || value <= 0) return 0;
    const share = value / greatest;
    return Math.max(LEAST, HEIGHT * (kind === 'spread' ? Math.sqrt(share) : share));
  };
  const [wholeClass, partClass] = CLASSES[kind];
  const looks = minutes.map(
    ({ fromMs, text }, x) =>
      html`<rect x="${x}"><title>${minuteText(fromMs)} UTC: ${text}</title></rect>`,
  );
  const peak = minutes.find(({ whole }) => greatest > 0 && whole === greatest);
  const summary = peak
    ? `at most ${valueText(greatest)}, at ${minuteText(peak.fromMs)} UTC`
    : 'nothing';
  return html`<div class="plot">
    <svg role="img" viewBox="0 0 ${minutes.length} ${HEIGHT}" preserveAspectRatio="none">
      <title>${name}, by the minute of the last hour: ${summary}</title>
      <path class="${wholeClass}" d="${bars(minutes.map(({ whole }) => heightOf(whole)))}" />
      <path class="${partClass}" d="${bars(minutes.map(({ part }) => heightOf(part)))}" />
      <g class="look">${looks}</g></svg
    ><span class="top" aria-hidden="true">${peak ? valueText(greatest) : ''}</span>
  </div>`;
}

/** The outline of all bars, each as high as it is told. */
function bars(heights: readonly number[]): string {
  return heights
    .map((height, x) => {
      const rounded = Math.round(height * 100) / 100;
      return height > 0 ? `M${x} ${HEIGHT}v-${rounded}h${WIDTH}v${rounded}z` : '';
    })
    .join('');
}
