import { hashOf, pageHeaders } from '../status-page/page-policy.ts';

// The document has no links between operations: their empty column only makes a phone scroll sideways.
const STYLE = `
body { margin: 0; }
.swagger-ui .response-col_links { display: none; }
`;

const SCRIPT = `
const dark = matchMedia('(prefers-color-scheme: dark)');
const paint = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', paint);
paint();
addEventListener('DOMContentLoaded', () => {
  SwaggerUIBundle({
    url: 'openapi.json',
    dom_id: '#reference',
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    deepLinking: true,
    validatorUrl: null,
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: false,
  });
});
`;

/** The page: Swagger UI over this API's own document. Addresses are relative, so that it may be served below a path. */
export const REFERENCE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Maestro API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="reference/swagger-ui.css">
<style>${STYLE}</style>
<script src="reference/swagger-ui-bundle.js" defer></script>
<script>${SCRIPT}</script>
</head>
<body>
<div id="reference"></div>
<noscript><p>This page needs JavaScript. The document itself is <a href="openapi.json">openapi.json</a>.</p></noscript>
</body>
</html>
`;

/** Headers that let the page's own parts run, and ask this server alone. */
export const REFERENCE_HEADERS = pageHeaders({
  'style-src': `'self' ${hashOf(STYLE)}`,
  'script-src': `'self' ${hashOf(SCRIPT)}`,
});
