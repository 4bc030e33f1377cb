/**
 * A statement that a target refuses. It has the code of the driver's error and nothing else of it: also its message may
 * hold values of rows.
 */
export class TargetRefusal extends Error {
  constructor(name: string, code: string | number | undefined) {
    super(`${name} refuses a statement: error ${code ?? 'without a code'}`);
    this.name = 'TargetRefusal';
  }
}
