import { InvalidArgumentError } from 'commander';

/** A whole number from a minimum on. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value) || value < minimum) {
      throw new InvalidArgumentError(`It takes a whole number from ${minimum}.`);
    }
    return value;
  };
}

/** An amount of money in US dollars. */
export function dollars(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('It takes an amount in dollars, such as 2.50.');
  }
  return value;
}

/** A JSON value. */
export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidArgumentError(`It takes JSON, such as '{"approved":true}' or '"text"'.`);
  }
}

/** Adds `key=value` to what was given before; the value is JSON, or else text. */
export function keyValue(
  text: string,
  previous: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('It takes key=value, such as sleepMs=5000.');
  return { ...previous, [text.slice(0, equals)]: jsonOrText(text.slice(equals + 1)) };
}

/** Adds a text to those that were given before. */
export function listed(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The URL of a warehouse, without a slash at its end. */
export function warehouseUrlOf(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('not a URL');
  }
  return text.replace(/\/$/, '');
}
