import { findPostgres, findRedis } from '@maestro/infra-dapr';

/**
 * Whether tests that need servers are skipped, and a title that says why. In CI they run, and fail for want of a server.
 */
export function serversFor(
  title: string,
  needed: readonly ('postgres' | 'redis')[],
): { readonly title: string; readonly skipped: boolean } {
  const finders = { postgres: findPostgres, redis: findRedis };
  const absent = needed.map((name) => finders[name]()).filter((found) => !found.ok);
  const reasons = absent.map(({ reason, fix }) => `${reason}, ${fix}`).join('; ');
  const skipped = absent.length > 0 && process.env['CI'] === undefined;
  return { title: skipped ? `${title} (skipped: ${reasons})` : title, skipped };
}
