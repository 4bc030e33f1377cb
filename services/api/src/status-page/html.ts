/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template; nothing is written for undefined and false. */
export type HtmlValue = string | number | Html | undefined | false | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * HTML of a template: every value in it is escaped, unless it is HTML already. Attributes need quotes. Line ends of the
 * template itself, with what is around them, are one line end.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.map((part, index) => textOf(values[index - 1]) + dense(part));
  return new Html(text.join(''));
}

function dense(part: string): string {
  return part.replaceAll(/\s*\n\s*/g, '\n');
}

function textOf(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map((item) => textOf(item)).join('');
  return String(value).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
