import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findPostgres } from '../backends/postgres.ts';
import { findRedis } from '../backends/redis.ts';
import type { ServerProgram } from '../backends/server-program.ts';
import { cacheFolder } from '../binaries/cache-folder.ts';
import { findDapr } from '../binaries/dapr-binaries.ts';
import { DAPR_VERSION, isAtLeast } from '../binaries/dapr-version.ts';
import { findGo } from '../binaries/go-toolchain.ts';
import { repositoryFolder } from '../launch/component-set.ts';
import { freePorts } from '../processes/free-ports.ts';
import type { Check } from './check.ts';
import { installedPackagesDiffer } from './installed-packages.ts';

const MINIMUM_NODE = '20.19.0';

/** What a stack of three applications takes. */
const PORTS_OF_A_STACK = 20;

function checkNode(): Check {
  const { node } = process.versions;
  const ok = isAtLeast(node, MINIMUM_NODE);
  return {
    name: 'Node.js',
    ok,
    found: node,
    required: true,
    ...(!ok && { fix: 'install Node.js 20.19 or newer from https://nodejs.org' }),
  };
}

function checkPackages(): Check {
  const differs = installedPackagesDiffer(repositoryFolder());
  const found = differs ?? 'as package-lock.json says';
  const name = 'npm packages';
  if (differs === undefined) return { name, ok: true, found, required: true };
  const fix = 'node infra/scripts/bootstrap.mjs';
  return { name, ok: false, found, required: true, fix };
}

async function checkDapr(): Promise<Check> {
  const name = 'Dapr';
  try {
    const dapr = await findDapr();
    if (dapr !== undefined) {
      const found = `${dapr.version} (${dapr.daprd})`;
      return { name, ok: true, found, required: true };
    }
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { name, ok: false, found, required: true, fix: 'unset MAESTRO_DAPR_BIN' };
  }
  const go = await findGo();
  if (go.ok) {
    const found = `none; ${DAPR_VERSION} will be built with Go ${go.version}, about 5 minutes, once`;
    return { name, ok: true, found, required: true };
  }
  const found = `none, and ${go.found}`;
  return { name, ok: false, found, required: true, fix: go.fix };
}

function checkServer(name: string, program: ServerProgram): Check {
  return program.ok
    ? { name, ok: true, found: program.folder, required: false }
    : { name, ok: false, found: program.reason, required: false, fix: program.fix };
}

async function checkPorts(): Promise<Check> {
  const name = 'free ports';
  try {
    await freePorts(PORTS_OF_A_STACK);
    return { name, ok: true, found: `at least ${PORTS_OF_A_STACK}`, required: true };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const fix = 'end what listens on 127.0.0.1 between 20000 and 32000 (ss -ltnp)';
    return { name, ok: false, found, required: true, fix };
  }
}

function checkCache(): Check {
  const name = 'cache folder';
  const folder = cacheFolder();
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return { name, ok: true, found: folder, required: true };
  } catch {
    const fix = `make ${folder} writable, or set MAESTRO_CACHE_DIR to a folder that is`;
    return { name, ok: false, found: `${folder} cannot be written`, required: true, fix };
  }
}

/** A clock that lies in the past of our own files or does not run evenly makes wakes early or late. */
async function checkClock(): Promise<Check> {
  const name = 'clock';
  const fix = 'set the clock: sudo timedatectl set-ntp true';
  const behindMs = statSync(join(repositoryFolder(), 'package.json')).mtimeMs - Date.now();
  if (behindMs > 60_000) {
    const found = `${Math.round(behindMs / 1000)} s before the time of this checkout's files`;
    return { name, ok: false, found, required: true, fix };
  }
  const wall = Date.now();
  const steady = performance.now();
  await delay(200);
  const driftMs = Math.abs(Date.now() - wall - (performance.now() - steady));
  const found = new Date().toISOString();
  if (driftMs < 50) return { name, ok: true, found, required: true };
  const jumped = `${found}, jumped by ${Math.round(driftMs)} ms`;
  return { name, ok: false, found: jumped, required: true, fix };
}

/** Looks at everything Maestro needs on this machine; changes nothing but the empty cache folder. */
export async function doctor(): Promise<Check[]> {
  const [dapr, ports, clock] = await Promise.all([checkDapr(), checkPorts(), checkClock()]);
  return [
    checkNode(),
    checkPackages(),
    dapr,
    ports,
    checkCache(),
    clock,
    checkServer('PostgreSQL', findPostgres()),
    checkServer('Redis', findRedis()),
  ];
}
