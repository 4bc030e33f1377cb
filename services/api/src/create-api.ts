import { systemClock } from '@maestro/actors';
import express, { type Express } from 'express';
import { pino } from 'pino';
import type { ApiOptions, ApiParts } from './api-options.ts';
import { tellApiVersion } from './http/api-version.ts';
import { allowOrigins } from './http/cors.ts';
import { RateLimit } from './http/rate-limit.ts';
import { mountRoutes } from './http/mount-routes.ts';
import { refuse, refuseUnknownRoute } from './http/refuse.ts';
import { assignRequestId } from './http/request-id.ts';
import { routeTable } from './routes/route-table.ts';
import { CommitNudges } from './stream/commit-nudges.ts';
import { TenantFeeds } from './stream/tenant-feeds.ts';

/**
 * The public API as an express application. It reads the store itself and changes things only by
 * commands to continuations, and by restoring the logs of those that are moved here.
 */
export function createApi(options: ApiOptions): Express {
  const parts: ApiParts = {
    ...options,
    clock: options.clock ?? systemClock,
    log: options.log ?? pino({ level: 'silent' }),
    stopping: options.stopping ?? new AbortController().signal,
  };
  const nudges = new CommitNudges();
  if (options.bus) nudges.follow(options.bus, parts.stopping);
  const feeds = options.bus && options.busIsWhole ? new TenantFeeds() : undefined;
  if (options.bus) feeds?.follow(options.bus, parts.stopping);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(assignRequestId, tellApiVersion);
  if (options.corsOrigins?.length) app.use(allowOrigins(options.corsOrigins));
  const gatekeepers = {
    ...parts,
    admission: parts,
    rateLimit: new RateLimit(parts.tenants, parts.clock),
  };
  app.use(mountRoutes(routeTable(parts, nudges, feeds), gatekeepers, parts, options));
  app.use(refuseUnknownRoute);
  app.use(refuse(parts.log));
  return app;
}
