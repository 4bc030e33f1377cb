const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Whether keys may be fetched from an address: by https, or by http from this machine alone. */
export function isProviderAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || isLocalAddress(protocol, hostname);
}

/** Whether a text can name an issuer: such an address without query and fragment. */
export function isIssuer(text: string): boolean {
  return isProviderAddress(text) && !/[?#\s]/.test(text);
}

/** Whether an issuer may have its keys at an address: one that is asked by https has them there, too. */
export function mayHaveKeysAt(issuer: string, address: string): boolean {
  if (!isProviderAddress(address)) return false;
  return new URL(address).protocol === 'https:' || new URL(issuer).protocol === 'http:';
}

function isLocalAddress(protocol: string, hostname: string): boolean {
  return protocol === 'http:' && LOOPBACK.has(hostname);
}
