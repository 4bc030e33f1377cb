import type { Random } from '@maestro/core/testing/personal-data';
import type { CallBook } from '../load/call-book.ts';
import { benchGoal } from '../stack/driver.ts';
import type { HttpCall, HttpCaller } from '../stack/http-caller.ts';
import { drawFromMix, type Asked } from './api-mix.ts';

/** Continuations that are looked at: so many of the last that were started. */
const REMEMBERED = 1_000;

const LISTS = [
  'status=sleeping',
  'status=completed',
  'recipe=wait@1',
  'status=completed&recipe=noop@1',
  'search=measure',
];
const RELATIONS = ['ancestors', 'descendants', 'siblings', 'tree'];

interface Request {
  /** As the report has it. */
  readonly route: string;
  readonly call: HttpCall;
  /** What is kept of the answer. */
  readonly keep?: (text: string) => void;
}

/** What clients of one run know of each other's continuations. */
export class ApiClients {
  readonly #caller: HttpCaller;
  readonly #random: Random;
  /** Members of a family, for looks at lineages. */
  readonly #family: readonly string[];
  readonly #recent: string[] = [];
  readonly #waiting: string[] = [];
  /** All that were started, and of them those that end only by a signal and have taken none. */
  readonly started: string[] = [];
  readonly unsignalled = new Set<string>();

  constructor(caller: HttpCaller, random: Random, family: readonly string[]) {
    this.#caller = caller;
    this.#random = random;
    this.#family = family;
    this.#recent.push(...family);
  }

  /** One client: asks, waits for the answer, asks the next, until an instant of `performance.now`. */
  async ask(book: CallBook, untilMs: number): Promise<void> {
    while (performance.now() < untilMs) {
      const { route, call, keep } = this.#request(drawFromMix(this.#random));
      const text = await book.time(route, () => this.#caller.text(call));
      if (text !== undefined) keep?.(text);
    }
  }

  /** Starts a continuation. @returns its id, or undefined when that failed. */
  async start(
    book: CallBook,
    recipe: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<string | undefined> {
    const { route, call, keep } = this.#start(recipe, parameters);
    const text = await book.time(route, () => this.#caller.text(call));
    if (text === undefined) return undefined;
    keep?.(text);
    return idIn(text);
  }

  #request(asked: Asked): Request {
    const one = (): string => this.#random.pick(this.#recent);
    switch (asked) {
      case 'start a noop':
        return this.#start('noop@1', { sleepMs: this.#random.int(0, 2_000) });
      case 'start a countdown':
        return this.#start('countdown@1', { n: 4, everyMs: 500 });
      case 'start a wait':
        return this.#wait();
      case 'signal':
        return this.#signal();
      case 'get':
        return read('GET /continuations/{id}', `/continuations/${one()}`);
      case 'events':
        return read(
          'GET /continuations/{id}/events',
          `/continuations/${one()}/events?from=1&limit=100`,
        );
      case 'list':
        return read('GET /continuations', `/continuations?limit=50&${this.#random.pick(LISTS)}`);
      case 'explain':
        return read('GET /continuations/{id}/explain', `/continuations/${one()}/explain`);
      case 'lineage': {
        const [id, relation] = [this.#random.pick(this.#family), this.#random.pick(RELATIONS)];
        return read(
          'GET /continuations/{id}/lineage',
          `/continuations/${id}/lineage?relation=${relation}`,
        );
      }
      case 'tenant':
        return read('GET /tenant', '/tenant');
    }
  }

  #start(recipe: string, parameters: Readonly<Record<string, unknown>>): Request {
    return {
      route: 'POST /continuations',
      call: {
        method: 'POST',
        path: '/continuations',
        idempotencyKey: crypto.randomUUID(),
        body: { goal: benchGoal(recipe, parameters) },
      },
      keep: (text) => this.#remember(idIn(text)),
    };
  }

  #wait(): Request {
    const { keep, ...request } = this.#start('wait@1', {});
    return {
      ...request,
      keep: (text) => {
        keep?.(text);
        const id = idIn(text);
        this.#waiting.push(id);
        this.unsignalled.add(id);
      },
    };
  }

  /** To the one that has waited longest; where nobody waits one is started that will. */
  #signal(): Request {
    const id = this.#waiting.shift();
    if (id === undefined) return this.#wait();
    return {
      route: 'POST /continuations/{id}/signals',
      call: {
        method: 'POST',
        path: `/continuations/${id}/signals`,
        idempotencyKey: `signal-${id}`,
        body: { signal: 'go', payload: { approved: true, comment: 'Seen, and fine with me.' } },
      },
      keep: () => this.unsignalled.delete(id),
    };
  }

  #remember(id: string): void {
    if (this.#recent.length < REMEMBERED) this.#recent.push(id);
    else this.#recent[this.started.length % REMEMBERED] = id;
    this.started.push(id);
  }
}

function read(route: string, path: string): Request {
  return { route, call: { method: 'GET', path } };
}

function idIn(text: string): string {
  return (JSON.parse(text) as { id: string }).id;
}
