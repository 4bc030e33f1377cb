/** Who is calling, as a verified token says. */
export interface Principal {
  readonly tenant: string;
  readonly subject: string;
  /** Display name; personal data, never logged. */
  readonly name?: string;
  /** Also names that only mean something to a recipe. */
  readonly roles: readonly string[];
  /** When the token ends, in ms since the epoch. */
  readonly expiresAtMs: number;
}

/** Tells from a bearer token who is calling. */
export interface Identity {
  /** @throws MaestroError `auth.invalid`, `auth.expired` or `auth.unavailable`; the message never holds the token or a claim. */
  verify(token: string): Promise<Principal>;
}
