import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { OpenAnswers } from './open-answers.ts';

const responseOf = (destroyed = false): ServerResponse =>
  Object.assign(new EventEmitter(), { destroyed }) as unknown as ServerResponse;

it('ends with the client, also one that has left already, and with the server', () => {
  const stopping = new AbortController();
  const answers = new OpenAnswers(() => stopping.signal);
  const response = responseOf();
  const left = answers.open(response, 'acme');
  response.emit('close');
  expect(left.signal.aborted).toBe(true);
  expect(answers.open(responseOf(true), 'acme').signal.aborted).toBe(true);
  const open = Array.from({ length: 20 }, () => answers.open(responseOf(), 'acme'));
  expect(open.some(({ signal }) => signal.aborted)).toBe(false);
  stopping.abort();
  expect(open.every(({ signal }) => signal.aborted)).toBe(true);
  expect(answers.open(responseOf(), 'acme').signal.aborted).toBe(true);
});

it('keeps a thousand of a tenant open, and lets another in once one has gone', () => {
  const stopping = new AbortController();
  const answers = new OpenAnswers(() => stopping.signal);
  const responses = Array.from({ length: 1_000 }, () => responseOf());
  for (const response of responses) answers.open(response, 'acme');
  expect(() => answers.open(responseOf(), 'acme')).toThrow(
    expect.objectContaining({ code: 'rate.limited', retryable: true }),
  );
  expect(answers.open(responseOf(), 'globex').signal.aborted).toBe(false);
  responses[0]?.emit('close');
  expect(answers.open(responseOf(), 'acme').signal.aborted).toBe(false);
});
