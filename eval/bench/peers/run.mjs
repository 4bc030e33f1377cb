#!/usr/bin/env node
// Runs a list of peers one after another and prints a table of medians.
//   node run.mjs --peers restate,dbos,temporal,temporal-pg,dapr-workflow,dapr-actor --workloads lifecycle,signal,crash --n 200,1000 --runs 3
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../../..');
const home = process.env.PEERS_HOME ?? path.join(process.env.TMPDIR ?? os.tmpdir(), 'peers');
const opt = (k, d) => {
  const i = process.argv.indexOf('--' + k);
  return i < 0 ? d : process.argv[i + 1];
};
const list = (k, d) => opt(k, d).split(',').filter(Boolean);
// A peer's name is FOLDER or FOLDER-VARIANT.
const PEERS = {
  restate: ['restate', ''],
  dbos: ['dbos', ''],
  'temporal-sqlite': ['temporal', 'sqlite'],
  'temporal-pg': ['temporal', 'pg'],
  'temporal-pg-local': ['temporal', 'pg-local'],
  'dapr-workflow': ['dapr', 'workflow'],
  'dapr-actor': ['dapr', 'actor'],
  'dapr-workflow-pg': ['dapr', 'workflow-pg'],
  'dapr-actor-pg': ['dapr', 'actor-pg'],
  maestro: ['maestro', 'api'],
  'maestro-pg': ['maestro', 'api-pg'],
  'maestro-actors': ['maestro', 'actors'],
  'maestro-actors-pg': ['maestro', 'actors-pg'],
};
const peers = list('peers', Object.keys(PEERS).join(','));
const workloads = list('workloads', 'lifecycle,signal,crash');
const ns = list('n', '200,1000');
const runs = Number(opt('runs', '3'));
const capMs = Number(opt('cap', '180000'));
const results = path.join(home, opt('out', 'results.jsonl'));

// The Dapr that the other benchmarks run on, for the peers on Dapr too.
const daprBin = path.dirname(
  (await (await import(path.join(root, 'infra/dapr/dist/index.js'))).ensureDapr({})).daprd,
);

function one(name, args) {
  const [folder, variant] = PEERS[name];
  const dir = path.join(home, folder);
  fs.mkdirSync(dir, { recursive: true });
  for (const f of ['lib.mjs', 'bench.mjs']) fs.copyFileSync(path.join(here, f), path.join(dir, f));
  for (const f of fs.readdirSync(path.join(here, folder)))
    fs.copyFileSync(path.join(here, folder, f), path.join(dir, f));
  return new Promise((resolve) => {
    const p = spawn(
      process.execPath,
      ['bench.mjs', '--peer', name, '--variant', variant, '--cap', String(capMs), ...args],
      {
        cwd: dir,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { PEERS_DAPR_BIN: daprBin, ...process.env, PEERS_HOME: home, MAESTRO_ROOT: root },
      },
    );
    let text = '';
    p.stdout.on('data', (d) => {
      text += d;
    });
    p.on('exit', () => {
      const line = text.trim().split('\n').pop();
      let r;
      try {
        r = JSON.parse(line);
      } catch {
        r = { peer: name, error: 'no JSON line: ' + text.slice(-300) };
      }
      r.load1 = Number(os.loadavg()[0].toFixed(1));
      r.at = new Date().toISOString();
      if (r.error || r.stuck || r.never_completed_60s)
        fs.cpSync(
          path.join(dir, 'logs'),
          path.join(home, 'kept', `${name}-${r.workload}-${r.n}-${Date.now()}`),
          { recursive: true },
        );
      fs.appendFileSync(results, JSON.stringify(r) + '\n');
      console.log(JSON.stringify(r));
      resolve(r);
    });
  });
}

const all = [];
const slow = new Set();
// Round by round rather than peer by peer, so that other load on the machine meets every peer alike.
for (let k = 0; k < runs; k++) {
  for (const w of workloads) {
    for (const n of w === 'lifecycle' ? ns : [opt('n-' + w, '500')]) {
      for (const peer of peers) {
        if (slow.has(peer + w) && Number(n) > 1000) continue;
        const r = await one(peer, ['--workload', w, '--n', n]);
        // 5000 only where 1000 says that it stays under about 3 minutes.
        if (w === 'lifecycle' && (r.error || !(r.total_s < 36))) slow.add(peer + w);
        all.push(r);
      }
    }
  }
}
const { table } = await import('./table.mjs');
console.log('\n' + table(all));
