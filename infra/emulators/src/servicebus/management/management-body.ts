import { tokenOfUuid } from '../codec/lock-token.ts';
import { CONDITION, ServiceBusError } from '../service-bus-error.ts';

/** A management request's body, whose fields are checked as they are read. */
export class ManagementBody {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(body: unknown) {
    this.#fields =
      typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  }

  /** A string; undefined when it is missing or null. */
  optionalString(name: string): string | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw invalid(name);
    return value;
  }

  /** A string that has to be there. */
  string(name: string): string {
    const value = this.optionalString(name);
    if (value === undefined) throw invalid(name);
    return value;
  }

  /** An integer that has to be there. */
  number(name: string): number {
    return integer(name, this.#fields[name]);
  }

  /** A list of integers that has to be there. */
  numbers(name: string): number[] {
    return this.list(name).map((value) => integer(name, value));
  }

  /** A list that has to be there. */
  list(name: string): readonly unknown[] {
    const value = this.#fields[name];
    if (!Array.isArray(value)) throw invalid(name);
    return value;
  }

  /** Lock tokens that have to be there. */
  lockTokens(): string[] {
    return this.list('lock-tokens').map((value) => {
      if (!Buffer.isBuffer(value) || value.length !== 16) throw invalid('lock-tokens');
      return tokenOfUuid(value);
    });
  }

  /** A binary; undefined when it is missing or null. */
  optionalBinary(name: string): Buffer | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (!Buffer.isBuffer(value)) throw invalid(name);
    return value;
  }

  /** A map; empty when it is missing. */
  map(name: string): Readonly<Record<string, unknown>> {
    const value = this.#fields[name];
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  }
}

/** A refusal of a field that is missing or of another type. */
export function invalid(name: string): ServiceBusError {
  return new ServiceBusError(
    CONDITION.argument,
    `The field ${name} of the request is missing or of a wrong type.`,
  );
}

function integer(name: string, value: unknown): number {
  if (Buffer.isBuffer(value) && value.length === 8) return Number(value.readBigInt64BE());
  if (typeof value !== 'number' || !Number.isInteger(value)) throw invalid(name);
  return value;
}
