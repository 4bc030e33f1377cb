// Shared by the bench client and by every peer's worker. No dependencies.
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { spawn } from 'node:child_process';

// CLOCK_MONOTONIC is one clock for all processes of a machine: times from client and worker compare.
export const now = () => Number(process.hrtime.bigint()) / 1e6;
export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

// ---- worker side: one line per event, written with O_APPEND so that a kill -9 loses nothing ----
let fd = -1;
const seen = new Set();
/** Records the first time this process reaches a point (workflow code is replayed; only the first pass counts). */
export function ev(kind, id) {
  const k = kind + id;
  if (seen.has(k)) return;
  seen.add(k);
  evAlways(kind, id);
}
export function evAlways(kind, id, t = now()) {
  if (fd < 0) fd = fs.openSync(process.env.PEERS_EVENTS, 'a');
  fs.writeSync(fd, `${kind}\t${id}\t${t.toFixed(3)}\n`);
}

// ---- client side ----
export class Events {
  constructor(file) {
    fs.writeFileSync(file, '');
    this.fd = fs.openSync(file, 'r');
    this.off = 0;
    this.rest = '';
    this.first = new Map(); // kind -> Map(id -> t)
    this.times = new Map(); // kind -> Map(id -> how often)
    this.buf = Buffer.alloc(1 << 18);
  }
  poll() {
    for (;;) {
      const n = fs.readSync(this.fd, this.buf, 0, this.buf.length, this.off);
      if (n === 0) return;
      this.off += n;
      const lines = (this.rest + this.buf.toString('latin1', 0, n)).split('\n');
      this.rest = lines.pop();
      for (const l of lines) {
        const [kind, id, t] = l.split('\t');
        const f = this.kind(kind);
        if (!f.has(id)) f.set(id, Number(t));
        const c = this.count(kind);
        c.set(id, (c.get(id) ?? 0) + 1);
      }
    }
  }
  kind(k) {
    let m = this.first.get(k);
    if (!m) this.first.set(k, (m = new Map()));
    return m;
  }
  count(k) {
    let m = this.times.get(k);
    if (!m) this.times.set(k, (m = new Map()));
    return m;
  }
  async until(pred, ms, every = 5) {
    const end = now() + ms;
    for (;;) {
      this.poll();
      if (pred(this)) return true;
      if (now() > end) return false;
      await sleep(every);
    }
  }
}

/** Runs n jobs, at most c at a time. */
export async function pool(n, c, job) {
  let i = 0;
  await Promise.all(
    Array.from({ length: Math.min(c, n) }, async () => {
      while (i < n) {
        const k = i++;
        await job(k);
      }
    }),
  );
}

export function pct(xs, p) {
  if (!xs.length) return null;
  const s = [...xs].sort((a, b) => a - b);
  return s[Math.min(s.length - 1, Math.max(0, Math.ceil((p / 100) * s.length) - 1))];
}
export const round = (x, d = 1) =>
  x === null || x === undefined || Number.isNaN(x) ? null : Number(x.toFixed(d));

const agent = new http.Agent({ keepAlive: true, maxSockets: 128 });
export function request(method, url, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const data =
      body === undefined
        ? undefined
        : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const req = http.request(
      url,
      {
        method,
        agent,
        timeout: 30000,
        headers: {
          ...(data
            ? { 'content-type': 'application/json', 'content-length': data.length }
            : { 'content-length': 0 }),
          ...headers,
        },
      },
      (res) => {
        const parts = [];
        res.on('data', (d) => parts.push(d));
        res.on('error', reject);
        res.on('end', () => {
          const text = Buffer.concat(parts).toString();
          if (res.statusCode >= 200 && res.statusCode < 300) resolve(text);
          else
            reject(
              Object.assign(
                new Error(`${method} ${url}: ${res.statusCode} ${text.slice(0, 200)}`),
                { status: res.statusCode },
              ),
            );
        });
      },
    );
    req.on('timeout', () => req.destroy(new Error(`${method} ${url}: no answer in 30 s`)));
    req.on('error', reject);
    req.end(data);
  });
}

export async function retry(what, ms, f, every = 100) {
  const end = now() + ms;
  let last;
  for (;;) {
    try {
      return await f();
    } catch (e) {
      last = e;
    }
    if (now() > end) throw new Error(`${what}: not ready in ${ms} ms: ${last?.message ?? last}`);
    await sleep(every);
  }
}
export const port = (p) =>
  new Promise((resolve, reject) => {
    const s = net.connect(p, '127.0.0.1', () => {
      s.destroy();
      resolve();
    });
    s.on('error', reject);
  });

// ---- processes: everything is started here and ended by its own process id ----
function children(pid) {
  const out = [];
  for (const t of safe(() => fs.readdirSync(`/proc/${pid}/task`)) ?? []) {
    for (const c of (
      safe(() => fs.readFileSync(`/proc/${pid}/task/${t}/children`, 'utf8')) ?? ''
    ).split(' ')) {
      if (c) {
        out.push(Number(c), ...children(Number(c)));
      }
    }
  }
  return out;
}
const safe = (f) => {
  try {
    return f();
  } catch {
    return undefined;
  }
};
const alive = (pid) => {
  const st = safe(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return st !== undefined && st.slice(st.lastIndexOf(')') + 2, st.lastIndexOf(')') + 3) !== 'Z';
};

export class Procs {
  constructor(logDir) {
    this.list = [];
    this.logDir = logDir;
    fs.mkdirSync(logDir, { recursive: true });
  }
  start(role, name, cmd, args, opts = {}) {
    const log = fs.openSync(path.join(this.logDir, `${name}.log`), 'a');
    const p = spawn(cmd, args, {
      stdio: ['ignore', log, log],
      ...opts,
      env: { ...process.env, ...opts.env },
    });
    fs.closeSync(log);
    const rec = { role, name, pid: p.pid, p };
    p.on('error', (e) => {
      rec.error = e;
    });
    p.on('exit', (code, sig) => {
      rec.exited = `${code ?? sig}`;
    });
    this.list.push(rec);
    return rec;
  }
  tree() {
    return this.list.filter((r) => !r.exited).flatMap((r) => [r.pid, ...children(r.pid)]);
  }
  async kill9() {
    const pids = this.tree();
    for (const p of pids) safe(() => process.kill(p, 'SIGKILL'));
    await this.gone(pids, 10000);
    this.list = [];
  }
  async gone(pids, ms) {
    const end = now() + ms;
    while (pids.some(alive) && now() < end) await sleep(20);
    return !pids.some(alive);
  }
  /** Ends them in reverse order of their start: asks first, SIGKILL after 8 s. */
  async stop() {
    for (const r of [...this.list].reverse()) {
      if (r.exited) continue;
      const pids = [r.pid, ...children(r.pid)];
      safe(() => process.kill(r.pid, r.stopSignal ?? 'SIGTERM'));
      if (!(await this.gone(pids, 8000)))
        for (const p of pids) safe(() => process.kill(p, 'SIGKILL'));
      await this.gone(pids, 2000);
    }
    this.list = [];
  }
  memory() {
    const out = { server_rss_mb: 0, server_pss_mb: 0, worker_rss_mb: 0, parts: {} };
    for (const r of this.list) {
      if (r.exited) continue;
      let rss = 0,
        pss = 0;
      for (const pid of [r.pid, ...children(r.pid)]) {
        const s = safe(() => fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? '';
        rss += Number(/^Rss:\s+(\d+)/m.exec(s)?.[1] ?? 0) / 1024;
        pss += Number(/^Pss:\s+(\d+)/m.exec(s)?.[1] ?? 0) / 1024;
      }
      out.parts[r.name] = Math.round(rss);
      if (r.role === 'server') {
        out.server_rss_mb += rss;
        out.server_pss_mb += pss;
      } else out.worker_rss_mb += rss;
    }
    for (const k of ['server_rss_mb', 'server_pss_mb', 'worker_rss_mb'])
      out[k] = Math.round(out[k]);
    return out;
  }
  /** CPU seconds used so far by everything that is running, children included. */
  cpu() {
    let t = 0;
    for (const pid of this.tree()) {
      const s = safe(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
      if (s) {
        const f = s.slice(s.lastIndexOf(')') + 2).split(' ');
        t += (Number(f[11]) + Number(f[12])) / 100;
      }
    }
    return t;
  }
}

// ---- PostgreSQL from the distribution's packages, one private cluster per run ----
import { execFileSync } from 'node:child_process';
export function pgBin(name) {
  const roots = [
    process.env.PEERS_PG_BIN,
    ...(safe(() => fs.readdirSync('/usr/lib/postgresql')) ?? []).map(
      (v) => `/usr/lib/postgresql/${v}/bin`,
    ),
  ];
  const d = roots.find((r) => r && fs.existsSync(path.join(r, name)));
  if (!d) throw new Error(`no ${name}: install PostgreSQL or set PEERS_PG_BIN`);
  return path.join(d, name);
}
// PostgreSQL refuses to run as root: then it runs as the user "postgres".
function asPg(cmd, args) {
  return process.getuid() === 0
    ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', cmd, ...args]]
    : [cmd, args];
}
export function pgInit(dir) {
  fs.mkdirSync(dir, { recursive: true });
  if (process.getuid() === 0) {
    execFileSync('chown', ['postgres:postgres', dir]);
  }
  execFileSync(
    ...asPg(pgBin('initdb'), [
      '-D',
      path.join(dir, 'data'),
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-locale',
    ]),
    { stdio: 'ignore', cwd: '/' },
  );
}
export async function pgStart(procs, dir, pgPort) {
  const [cmd, args] = asPg(pgBin('postgres'), [
    '-D',
    path.join(dir, 'data'),
    '-p',
    String(pgPort),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=`,
    '-c',
    'max_connections=200',
  ]);
  const r = procs.start('server', 'postgres', cmd, args, { cwd: '/' });
  r.stopSignal = 'SIGINT'; // fast shutdown
  await retry(
    'postgres',
    60000,
    async () => {
      execFileSync(
        pgBin('pg_isready'),
        ['-h', '127.0.0.1', '-p', String(pgPort), '-U', 'postgres'],
        { stdio: 'ignore' },
      );
    },
    200,
  );
}
export function pgSql(pgPort, sql, db = 'postgres') {
  return execFileSync(
    pgBin('psql'),
    ['-h', '127.0.0.1', '-p', String(pgPort), '-U', 'postgres', '-d', db, '-Atqc', sql],
    { encoding: 'utf8', cwd: '/' },
  ).trim();
}
