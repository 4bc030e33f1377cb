import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { errorCode } from './error-code.ts';
import { processStartTicks } from './process-stats.ts';

/** Ports come from here: below the range from which systems take ephemeral ones. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

const reservedHere = new Set<string>();

function reservationFolder(): string {
  const folder = join(tmpdir(), `maestro-ports-${userInfo().username}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function owner(): string {
  return `${process.pid} ${processStartTicks(process.pid) ?? ''}`;
}

function ownerLives(reservation: string): boolean {
  const [pid, start] = reservation.split(' ');
  if (pid === undefined || !/^\d+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return errorCode(error) === 'EPERM';
  }
  const started = processStartTicks(Number(pid));
  return started === undefined || start === '' || started === start;
}

/** Creates the reservation together with its content; throws when it is there. */
function create(file: string): void {
  const draft = `${file}.${process.pid}.${randomUUID()}`;
  writeFileSync(draft, owner());
  try {
    linkSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function reserve(file: string): boolean {
  try {
    create(file);
  } catch {
    try {
      if (ownerLives(readFileSync(file, 'utf8'))) return false;
      rmSync(file, { force: true });
      create(file);
    } catch {
      return false;
    }
  }
  if (reservedHere.size === 0) {
    process.once('exit', () => {
      for (const reserved of reservedHere) rmSync(reserved, { force: true });
    });
  }
  reservedHere.add(file);
  return true;
}

async function canListen(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/**
 * Finds `count` free ports on 127.0.0.1 and keeps them for this process until it exits: no other
 * call, here or in another process, is given the same one meanwhile. A reservation whose process
 * has died is taken over.
 */
export async function freePorts(count: number): Promise<number[]> {
  const folder = reservationFolder();
  const ports: number[] = [];
  const span = LAST_PORT - FIRST_PORT;
  const start = Math.floor(Math.random() * span);
  for (let step = 0; step < span && ports.length < count; step += 1) {
    const port = FIRST_PORT + ((start + step) % span);
    const file = join(folder, String(port));
    if (!reserve(file)) continue;
    if (await canListen(port)) {
      ports.push(port);
    } else {
      reservedHere.delete(file);
      rmSync(file, { force: true });
    }
  }
  if (ports.length < count) {
    throw new Error(
      `only ${ports.length} of ${count} ports are free on 127.0.0.1 between ${FIRST_PORT} and ${LAST_PORT}: end what listens there`,
    );
  }
  return ports;
}
