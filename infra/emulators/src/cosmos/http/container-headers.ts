import type { Container } from '../store/container.ts';

/** The one partition key range of every container. */
export const RANGE_ID = '0';

/** Headers of an answer about a container's items. */
export function containerHeaders(
  databaseId: string,
  container: Container,
  charge: number,
): Record<string, string> {
  return {
    'x-ms-session-token': `${RANGE_ID}:-1#${container.lsn}`,
    'x-ms-documentdb-partitionkeyrangeid': RANGE_ID,
    'x-ms-request-charge': charge.toFixed(2),
    'x-ms-alt-content-path': `dbs/${databaseId}/colls/${container.id}`,
    'x-ms-content-path': container.rid,
    lsn: String(container.lsn),
  };
}

/** About what the service charges for reading a text of this length: 1 for each started kibibyte. */
export function readCharge(characters: number): number {
  return Math.max(1, Math.ceil(characters / 1024));
}

/** About what the service charges for writing a text of this length: five times a read. */
export function writeCharge(characters: number): number {
  return 5 * readCharge(characters) + 0.29;
}
