import { MaestroClient } from '@maestro/client';
import { mintDevToken } from '@maestro/client/dev-token';
import { UsageError } from './failure.ts';
import type { CliEnvironment } from './environment.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly api?: string;
  readonly token?: string;
}

/** Where the API is. */
export function apiAddress(options: GlobalOptions, environment: CliEnvironment): string {
  const address = options.api ?? environment.api;
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) {
    throw new UsageError(`--api takes an address such as http://127.0.0.1:8080, not '${address}'`);
  }
  return address;
}

/**
 * A client as whoever the token names: the one that was given, or a dev token made on the spot where the local dev
 * issuer's key can be read.
 */
export function connect(
  options: GlobalOptions,
  environment: CliEnvironment,
  as: {
    readonly tenant?: string;
    readonly roles?: readonly string[];
    /** How long one try of a call may take, in ms. */
    readonly timeoutMs?: number;
  } = {},
): MaestroClient {
  const token = options.token ?? environment.token;
  return new MaestroClient({
    baseUrl: apiAddress(options, environment),
    token: token ?? devToken(environment, as),
    retry: { attempts: 4 },
    ...(as.timeoutMs === undefined ? {} : { timeoutMs: as.timeoutMs }),
  });
}

function devToken(
  environment: CliEnvironment,
  as: { readonly tenant?: string; readonly roles?: readonly string[] },
): () => Promise<string> {
  const { devKeyFile, tenant, user } = environment;
  if (devKeyFile === undefined) {
    throw new UsageError(
      'no token: give --token or MAESTRO_TOKEN, or run where a development stack keeps its data (MAESTRO_DEV_KEY_FILE)',
    );
  }
  let minted: Promise<string> | undefined;
  return () => {
    minted ??= mintDevToken({
      keyFile: devKeyFile,
      tenant: as.tenant ?? tenant,
      subject: user,
      ...(as.roles ? { roles: as.roles } : {}),
    });
    return minted;
  };
}
