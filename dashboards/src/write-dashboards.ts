import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.ts';

// `npm run dashboards`: writes the dashboards and the rules anew.
for (const { name, text } of generatedFiles()) {
  writeFileSync(new URL(`../${name}`, import.meta.url), text);
}
