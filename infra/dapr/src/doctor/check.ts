/** One thing that was looked at on this machine. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What is there, in a few words. */
  readonly found: string;
  /** The command or step that puts it right; only when it is not ok. */
  readonly fix?: string;
  /** False for what only some commands need. */
  readonly required: boolean;
}
