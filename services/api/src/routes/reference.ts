import { MaestroError } from '@maestro/core';
import { defineRoute, type Route } from '../http/route.ts';
import { referenceAsset } from '../reference/reference-assets.ts';
import { REFERENCE_HEADERS, REFERENCE_PAGE } from '../reference/reference-page.ts';

/** `GET /reference`: the API's document as a page to look at. */
export function referencePage(): Route {
  return defineRoute({
    method: 'get',
    path: '/reference',
    operationId: 'referencePage',
    summary: 'This document as a page to look at',
    description:
      'Routes can be tried out there with a token. All that the page needs is served here.',
    answers: {
      200: { description: 'The page', contentType: 'text/html' },
      308: { description: 'With a slash at the end: where the page is' },
    },
    errors: [],
    handle: ({ http }) => {
      // The page's own addresses are relative.
      if (http.path.endsWith('/')) return { status: 308, headers: { location: '../reference' } };
      return {
        status: 200,
        contentType: 'text/html; charset=utf-8',
        headers: REFERENCE_HEADERS,
        body: REFERENCE_PAGE,
      };
    },
  });
}

/** `GET /reference/{asset}`: what that page needs. */
export function referenceFile(): Route {
  return defineRoute({
    method: 'get',
    path: '/reference/:asset',
    operationId: 'referenceFile',
    summary: 'A file of the page of the document',
    answers: { 200: { description: 'The file', contentType: 'text/javascript' } },
    errors: ['route.not_found'],
    handle: async ({ http }) => {
      const asset = await referenceAsset(String(http.params['asset']));
      if (!asset) throw new MaestroError('route.not_found', 'the page has no such file');
      const { bytes, etag, contentType } = asset;
      const headers = { etag, 'x-content-type-options': 'nosniff' };
      return { status: 200, contentType, headers, body: bytes };
    },
  });
}
