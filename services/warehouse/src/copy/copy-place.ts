import { MaestroError } from '@maestro/core';

/** A server, a database in it, and who asks. */
export interface CopyAccess {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Whether the connection is encrypted, and the server's certificate verified. */
  readonly tls: boolean;
}

/** Where a copy is. */
export type CopyPlace =
  | { readonly redshift: CopyAccess & { readonly schema: string } }
  | { readonly synapse: CopyAccess };

const FORM =
  'redshift://<user>@<host>[:5439]/<database>[?schema=<name>] or sqlserver://<user>@<host>[:1433]/<database>';
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Reads where a copy is to be.
 *
 * @param variable the variable that held it; its password is in one of the same name and `_PASSWORD`.
 * @throws MaestroError `config.invalid`; the text never repeats the URL.
 */
export function copyPlaceOf(
  url: string,
  password: string | undefined,
  variable = 'MAESTRO_WAREHOUSE_COPY',
): CopyPlace {
  const refused = (why: string): MaestroError =>
    new MaestroError('config.invalid', `${variable}: ${why}; it is ${FORM}`);
  if (!URL.canParse(url)) throw refused('not a URL');
  const parsed = new URL(url);
  const redshift = parsed.protocol === 'redshift:';
  if (!redshift && parsed.protocol !== 'sqlserver:') throw refused('neither Redshift nor Synapse');
  if (parsed.password !== '') throw refused(`no password in it but in ${variable}_PASSWORD`);
  if (parsed.username === '') throw refused('a user is missing');
  if (parsed.hostname === '') throw refused('a host is missing');
  if (parsed.hash !== '') throw refused('nothing behind a #');
  const [database = '', ...more] = parsed.pathname.slice(1).split('/').map(decoded(refused));
  if (database === '' || more.length > 0) throw refused('one database');
  if (password === undefined || password === '') {
    throw new MaestroError('config.invalid', `${variable}_PASSWORD: the password is missing`);
  }
  const options = new Map(parsed.searchParams);
  if (options.size < parsed.searchParams.size) throw refused('an option is there twice');
  const tls = options.get('tls') ?? 'on';
  const schema = options.get('schema') ?? 'maestro';
  for (const name of options.keys()) {
    if (name !== 'tls' && (name !== 'schema' || !redshift)) throw refused(`no option ${name}`);
  }
  if (tls !== 'on' && (tls !== 'off' || !LOOPBACK.includes(parsed.hostname))) {
    throw refused('tls is on, or off for a server of this machine');
  }
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(schema)) throw refused('a schema is a lower-case name');
  const access = {
    host: parsed.hostname.replaceAll(/^\[|\]$/g, ''),
    port: Number(parsed.port === '' ? (redshift ? 5439 : 1433) : parsed.port),
    database,
    user: decoded(refused)(parsed.username),
    password,
    tls: tls === 'on',
  };
  return redshift ? { redshift: { ...access, schema } } : { synapse: access };
}

function decoded(refused: (why: string) => MaestroError): (text: string) => string {
  return (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      throw refused('a % that stands for no character');
    }
  };
}
