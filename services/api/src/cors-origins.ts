import { MaestroError } from '@maestro/core';

/**
 * The origins of `MAESTRO_CORS_ORIGINS`, separated by commas; `*` alone is for development.
 *
 * @throws MaestroError `config.invalid` unless each is written as browsers send it.
 */
export function corsOrigins(
  text: string,
  environment: 'development' | 'production',
): readonly string[] {
  const origins = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (origins.includes('*')) {
    if (environment !== 'development') throw invalid('* is for MAESTRO_ENV=development alone');
    if (origins.length > 1) throw invalid('* stands alone');
    return origins;
  }
  for (const origin of origins) {
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    if (!url || !['http:', 'https:'].includes(url.protocol) || origin.includes('*')) {
      throw invalid(`${origin} is not a whole origin such as https://app.example.com`);
    }
    if (url.origin !== origin) throw invalid(`write ${url.origin} instead of ${origin}`);
  }
  return origins;
}

function invalid(message: string): MaestroError {
  return new MaestroError('config.invalid', `MAESTRO_CORS_ORIGINS: ${message}`);
}
