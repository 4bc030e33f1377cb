import { expect, it } from 'vitest';
import { NegativeResult, UsageError } from '../failure.ts';
import { Output } from '../output.ts';
import { reportComponents } from './doctor.ts';

const STATE = {
  file: 'c/state.yaml',
  name: 'maestro-state',
  type: 'state.aws.dynamodb',
  known: true,
};
const FAULT = {
  file: 'c/state.yaml',
  component: 'maestro-state',
  field: 'tabel',
  nearest: 'table',
  message: "maestro-state (state.aws.dynamodb) has no field 'tabel'; did you mean 'table'?",
};

function report(json: boolean, check: Parameters<typeof reportComponents>[2]) {
  let text = '';
  const output = new Output({ json, colours: false, write: (part) => (text += part) });
  let thrown: unknown;
  try {
    reportComponents(output, 'c', check);
  } catch (error) {
    thrown = error;
  }
  return { text, thrown };
}

it('is content with sound components, and says whose fields it does not know', () => {
  const other = { file: 'c/own.yaml', name: 'own', type: 'bindings.smtp', known: false };
  const { text, thrown } = report(false, { components: [STATE, other], faults: [] });
  expect(thrown).toBeUndefined();
  expect(text).toBe(
    'ok    maestro-state    state.aws.dynamodb\n' +
      'none  own              bindings.smtp: its fields are not known here\n',
  );
});

it('prints each finding with its file, component, field and what was meant, and answers no', () => {
  const { text, thrown } = report(false, { components: [STATE], faults: [FAULT] });
  expect(thrown).toBeInstanceOf(NegativeResult);
  expect(text).toBe(`FAIL  maestro-state    c/state.yaml\n${' '.repeat(23)}${FAULT.message}\n`);
});

it('gives programs all of it as one value', () => {
  const check = { components: [STATE], faults: [FAULT] };
  const { text, thrown } = report(true, check);
  expect(thrown).toBeInstanceOf(NegativeResult);
  expect(JSON.parse(text)).toEqual({ folder: 'c', ...check });
});

it('does not take a folder without components for a sound one', () => {
  const { text, thrown } = report(false, { components: [], faults: [] });
  expect(thrown).toBeInstanceOf(UsageError);
  expect(text).toBe('');
});
