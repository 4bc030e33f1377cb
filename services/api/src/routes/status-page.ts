import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { Recent } from '../status-page/recent.ts';
import { PAGE_HEADERS } from '../status-page/page-policy.ts';
import { statusPage as pageOf } from '../status-page/status-page.ts';

/** `GET /status`: how everything is, as a page to look at. */
export function statusPage({ readModel, ready, clock }: ApiParts): Route {
  const figures = readModel && new Recent(() => readModel.figures(), clock);
  const readiness = new Recent(ready, clock);
  // Anybody may ask, as often as they like: it is written once a second at most.
  let written: { readonly second: number; readonly body: Promise<string> } | undefined;
  const write = async (): Promise<string> => {
    const [seen, seenFigures] = await Promise.all([readiness.look(), figures?.look()]);
    return pageOf({ nowMs: clock.nowMs(), readiness: seen, figures: seenFigures });
  };
  const bodyOf = (second: number): Promise<string> => {
    if (written?.second === second) return written.body;
    const body = write();
    const page = { second, body };
    written = page;
    body.catch(() => {
      if (written === page) written = undefined;
    });
    return body;
  };
  return defineRoute({
    method: 'get',
    path: '/status',
    operationId: 'statusPage',
    etag: false,
    summary: 'How everything is, as a page to look at',
    description:
      'Figures of all tenants together, without any names: continuations by status, and the last hour by minutes. From the warehouse, which is asked every few seconds at most, however many look.',
    answers: { 200: { description: 'The page', contentType: 'text/html' } },
    errors: [],
    handle: async () => ({
      status: 200,
      contentType: 'text/html; charset=utf-8',
      headers: PAGE_HEADERS,
      body: await bodyOf(Math.floor(clock.nowMs() / 1000)),
    }),
  });
}
