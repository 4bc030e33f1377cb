// Removes what the build wrote: every dist folder and *.tsbuildinfo file of the checkout.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NOT_OURS = new Set(['node_modules', '.git', '.maestro']);

function clean(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && NOT_OURS.has(entry.name)) continue;
    const built = entry.isDirectory() ? entry.name === 'dist' : entry.name.endsWith('.tsbuildinfo');
    if (built) rmSync(path, { recursive: true, force: true });
    else if (entry.isDirectory()) clean(path);
  }
}

clean(fileURLToPath(new URL('../../', import.meta.url)));
