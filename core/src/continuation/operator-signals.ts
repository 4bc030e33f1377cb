/** Control signals that move a continuation to another store. */
const OPERATOR_SIGNALS: ReadonlySet<string> = new Set(['seal', 'unseal']);

/** Whether a signal is only taken from operators: it is about where a continuation lives, not about what it does. */
export function isOperatorSignal(signal: string): boolean {
  return OPERATOR_SIGNALS.has(signal);
}
