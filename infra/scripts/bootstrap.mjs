// Makes a checkout ready and runs a program of it: node infra/scripts/bootstrap.mjs <program> [arguments]
//
// Checks Node, installs the packages when they are not what package-lock.json says, builds what has
// changed, then runs `node <program> [arguments]`. Has no dependencies: it runs before npm ci.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import process from 'node:process';

const MINIMUM_NODE = [20, 19];
const root = fileURLToPath(new URL('../../', import.meta.url));
const lockFile = join(root, 'package-lock.json');
const stampFile = join(root, 'node_modules', '.maestro-install');

const say = (line) => process.stderr.write(`${line}\n`);

function fail(line) {
  say(line);
  process.exit(1);
}

/** Ctrl-C reaches the child by itself; it decides how to end. */
function keepWaiting() {}

/** Runs a command in the foreground; resolves its exit code. Signals end the command, then us. */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const forward = () => child.kill('SIGTERM');
    process.on('SIGINT', keepWaiting);
    process.on('SIGTERM', forward);
    child.on('error', (error) => {
      say(`cannot run ${command}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => {
      process.off('SIGINT', keepWaiting);
      process.off('SIGTERM', forward);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/** Runs a step whose failure ends everything; tells how long it took when that was noticeable. */
async function step(what, command, args) {
  const started = performance.now();
  const code = await run(command, args, { cwd: root });
  if (code !== 0) fail(`${what} failed with exit code ${code}: ${command} ${args.join(' ')}`);
  const seconds = (performance.now() - started) / 1000;
  if (seconds > 3) say(`${what}: done in ${seconds.toFixed(0)} s`);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = MINIMUM_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(
    `Maestro needs Node.js ${MINIMUM_NODE.join('.')} or newer, this is ${process.versions.node}: install it from https://nodejs.org`,
  );
}

/** The lock file, and Node's version and platform, for which native packages differ. */
function wantedStamp() {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  return `${hash} ${process.versions.modules} ${process.platform}-${process.arch}`;
}

/** True when npm itself has installed what the lock file says, as after a plain `npm ci`. */
function installedAsLocked() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link) return true;
    const there = installed[path];
    return there === undefined ? entry.optional || entry.peer : there.version === entry.version;
  });
}

/** Runs npm quietly; resolves its exit code and what it said. */
function npm(args) {
  return new Promise((resolve) => {
    const options = { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] };
    const child = spawn('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], options);
    let said = '';
    child.stderr.on('data', (part) => {
      said += part;
    });
    child.on('error', (error) => resolve({ code: 127, said: error.message }));
    child.on('close', (code) => resolve({ code, said }));
  });
}

async function install() {
  const stamp = wantedStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  if (existsSync(stampFile) || !installedAsLocked()) {
    say('installing packages, about a minute the first time');
    let outcome = await npm(['ci']);
    if (outcome.said.includes('from lock file')) {
      // npm ci wants the optional packages of every platform in the lock file, and leaves all
      // untouched otherwise; npm install takes the locked versions and adds this platform's.
      outcome = await npm(['install', '--no-save']);
    }
    if (outcome.code !== 0) fail(`installing packages failed:\n${outcome.said.trim()}`);
  }
  writeFileSync(stampFile, stamp);
}

async function build() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await step('building (tsc -b)', process.execPath, [compiler, '-b']);
}

checkNode();
await install();
await build();
const [program, ...args] = process.argv.slice(2);
if (program !== undefined) process.exitCode = await run(process.execPath, [program, ...args]);
