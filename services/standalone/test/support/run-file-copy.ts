import { freePorts } from '@maestro/infra-dapr';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument, visit } from 'yaml';
import { repository } from './running-standalone.ts';

/** The ports that `dapr.yaml` names, one of each app and the public one. */
const PORTS = ['8080', '8081', '8082'];

/**
 * Copies the repository's `dapr.yaml` into a folder, with absolute paths and free ports in place of its own.
 *
 * @returns the copy, and where the API serves its clients.
 */
export async function copyRunFile(
  folder: string,
): Promise<{ readonly file: string; readonly baseUrl: string }> {
  const document = parseDocument(await readFile(path.join(repository, 'dapr.yaml'), 'utf8'));
  const free = await freePorts(PORTS.length);
  visit(document, {
    Scalar: (_key, node) => {
      const text = String(node.value);
      const port = PORTS.indexOf(text);
      if (port !== -1) node.value = typeof node.value === 'number' ? free[port] : `${free[port]}`;
      else if (text === '.' || text.startsWith('./')) node.value = path.join(repository, text);
    },
  });
  const file = path.join(folder, 'dapr.yaml');
  await writeFile(file, document.toString());
  return { file, baseUrl: `http://127.0.0.1:${free[0]}` };
}
