// One run of one peer and one workload; prints one JSON line. Started by run.mjs in the peer's own folder.
import fs from 'node:fs';
import path from 'node:path';
import { Events, Procs, now, pct, pool, retry, round, sleep } from './lib.mjs';

const opt = (k, d) => {
  const i = process.argv.indexOf('--' + k);
  return i < 0 ? d : process.argv[i + 1];
};
const workload = opt('workload', 'lifecycle');
const N = Number(opt('n', '200'));
const C = Number(opt('c', '64'));
const sleepMs = Number(opt('sleep', workload === 'crash' ? '2000' : '1000'));
const capMs = Number(opt('cap', '240000'));
const variant = opt('variant', '');
const out = { peer: opt('peer', path.basename(process.cwd())), workload, n: N };

// One run at a time in a folder: another one's data must not be wiped under it.
const lock = path.join(process.cwd(), 'lock');
if (fs.existsSync(lock) && fs.existsSync(`/proc/${fs.readFileSync(lock, 'utf8')}`))
  throw new Error('another run is under way here: ' + lock);
fs.writeFileSync(lock, String(process.pid));
const data = path.join(process.cwd(), 'data');
fs.rmSync(data, { recursive: true, force: true });
fs.mkdirSync(data, { recursive: true, mode: 0o755 });
const events = path.join(data, 'events.tsv');
process.env.PEERS_EVENTS = events;
const procs = new Procs(path.join(process.cwd(), 'logs'));
for (const f of fs.readdirSync(path.join(process.cwd(), 'logs')))
  fs.rmSync(path.join(process.cwd(), 'logs', f));
const ctx = { data, procs, variant, base: Number(process.env.PEERS_PORT_BASE ?? 0) };
const { peer } = await import('./peer.mjs');
const tag = Date.now().toString(36);

const watchdog = setTimeout(() => {
  out.error = 'hard time limit';
  void finish(1);
}, capMs + 180000);
watchdog.unref();
let client;
async function finish(rc) {
  try {
    await Promise.race([client?.close?.(), sleep(3000)]);
  } catch {
    /* the server may be gone */
  }
  await procs.stop();
  fs.rmSync(lock, { force: true });
  console.log(JSON.stringify(out));
  process.exit(rc);
}
for (const s of ['SIGINT', 'SIGTERM'])
  process.on(s, () => {
    out.error = s;
    void finish(1);
  });

async function up(first) {
  const t = now();
  if (first) await peer.init(ctx);
  await peer.servers(ctx, first);
  const t2 = now();
  await peer.worker(ctx, first);
  if (!first) out.restart_phases_s = [round((t2 - t) / 1000, 2), round((now() - t2) / 1000, 2)];
  client = await peer.client(ctx);
  return now() - t;
}

try {
  const e = new Events(events);
  await up(true);
  // Warm up: JIT, connection pools, caches. Not counted.
  await pool(20, 8, (i) => client.submit(`w${tag}-${i}`, 200));
  if (!(await e.until((x) => x.kind('done').size >= 20, 60000)))
    throw new Error(`warm-up: ${e.kind('done').size} of 20 done in 60 s`);
  await sleep(500);

  if (workload === 'lifecycle') {
    const ids = Array.from({ length: N }, (_, i) => `l${tag}-${i}`);
    const ack = [];
    let errors = 0;
    const cpu0 = procs.cpu();
    const t0 = now();
    await pool(N, C, async (i) => {
      const t = now();
      try {
        await client.submit(ids[i], sleepMs);
        ack.push(now() - t);
      } catch (x) {
        errors++;
        out.first_error ??= String(x.message).slice(0, 200);
      }
    });
    const tAcc = now();
    // Ends when all are done, at the cap, or when nothing has completed for 45 s.
    let before = -1,
      moved = now();
    const finished = (x) => {
      const n = ids.reduce((k, id) => k + x.kind('done').has(id), 0);
      if (n !== before) {
        before = n;
        moved = now();
      }
      return n >= N - errors || now() - moved > 45000;
    };
    const all =
      (await e.until(finished, Math.max(1000, capMs - (tAcc - t0)), 25)) && before >= N - errors;
    const sl = e.kind('sleep'),
      wk = e.kind('wake'),
      dn = e.kind('done');
    const done = ids.filter((id) => dn.has(id));
    const tEnd = Math.max(...done.map((id) => dn.get(id)));
    const late = done.map((id) => wk.get(id) - (sl.get(id) + sleepMs));
    const lat = done.map((id) => dn.get(id) - sl.get(id) - sleepMs);
    out.cpu_ms_each = round(((procs.cpu() - cpu0) * 1000) / N, 2);
    Object.assign(out, procs.memory());
    // What became of accepted ones that never finished? (three examples)
    const stuck = ids.filter((id) => !dn.has(id) && ack.length === N);
    if (stuck.length) {
      out.stuck = {
        n: stuck.length,
        slept: stuck.filter((id) => sl.has(id)).length,
        woke: stuck.filter((id) => wk.has(id)).length,
        step1: stuck.filter((id) => e.kind('step1').has(id)).length,
        step2: stuck.filter((id) => e.kind('step2').has(id)).length,
        examples: {},
      };
      for (const id of stuck.slice(0, 3))
        out.stuck.examples[id] = String(await (client.describe?.(id) ?? '')).slice(0, 300);
    }
    // Not timed: does the engine itself say "completed" for every one of them?
    let confirmed = 0;
    await retry(
      'confirm',
      30000,
      async () => {
        confirmed = 0;
        await pool(done.length, 32, async (i) => {
          if (await client.completed(done[i]).catch(() => false)) confirmed++;
        });
        if (confirmed < done.length) throw new Error(`${confirmed} of ${done.length}`);
      },
      500,
    ).catch((x) => {
      out.confirm_error = x.message;
    });
    Object.assign(out, {
      sleep_ms: sleepMs,
      c: C,
      errors,
      done: done.length,
      confirmed,
      complete: all && confirmed === N,
      submit_per_s: round((N - errors) / ((tAcc - t0) / 1000)),
      ack_p50_ms: round(pct(ack, 50)),
      ack_p99_ms: round(pct(ack, 99)),
      lifecycle_per_s: round(done.length / ((tEnd - t0 - sleepMs) / 1000)),
      total_s: round((tEnd - t0) / 1000, 2),
      late_p50_ms: round(pct(late, 50)),
      late_p99_ms: round(pct(late, 99)),
      late_max_ms: round(Math.max(...late)),
      late_min_ms: round(Math.min(...late)),
      after_sleep_p50_ms: round(pct(lat, 50)),
    });
  } else if (workload === 'signal') {
    for (const c of [16, 1]) {
      const ids = Array.from({ length: N }, (_, i) => `s${tag}c${c}-${i}`);
      await pool(N, C, (i) => client.submitWaiter(ids[i]));
      if (!(await e.until((x) => ids.every((id) => x.kind('waiting').has(id)), 120000, 20)))
        throw new Error('the entities never all waited');
      await sleep(1500);
      const lat = [],
        ack = [];
      const t0 = now();
      let missed = 0;
      await pool(N, c, async (i) => {
        const t = now();
        await client.signal(ids[i]);
        ack.push(now() - t);
        if (!(await e.until((x) => x.kind('resumed').has(ids[i]), 15000, 1))) {
          missed++;
          return;
        }
        lat.push(e.kind('resumed').get(ids[i]) - t);
      });
      Object.assign(out, {
        [`c${c}_p50_ms`]: round(pct(lat, 50)),
        [`c${c}_p99_ms`]: round(pct(lat, 99)),
        [`c${c}_max_ms`]: round(Math.max(...lat)),
        [`c${c}_ack_p50_ms`]: round(pct(ack, 50)),
        [`c${c}_per_s`]: round(N / ((now() - t0) / 1000)),
        [`c${c}_missed`]: missed,
      });
    }
    Object.assign(out, procs.memory());
  } else if (workload === 'crash') {
    // Submissions are spread over 4 s so that the kill meets all states: being created, sleeping, waking, completed.
    const ids = Array.from({ length: N }, (_, i) => `k${tag}-${i}`);
    const accepted = new Set(),
      doubt = new Set();
    const killAt = sleepMs + 1000;
    let down = false;
    const t0 = now();
    const submitting = pool(N, C, async (i) => {
      const wait = t0 + (i * 4000) / N - now();
      if (wait > 0) await sleep(wait);
      if (down) return;
      try {
        await client.submit(ids[i], sleepMs);
        accepted.add(ids[i]);
      } catch {
        doubt.add(ids[i]);
      }
    });
    // Not before half of them are accepted, and never later than 30 s.
    while ((now() - t0 < killAt || accepted.size < N / 2) && now() - t0 < 30000) await sleep(10);
    e.poll();
    out.at_kill = {
      accepted: accepted.size,
      sleeping: [...accepted].filter((x) => e.kind('sleep').has(x) && !e.kind('wake').has(x))
        .length,
      done: [...accepted].filter((x) => e.kind('done').has(x)).length,
    };
    down = true;
    await procs.kill9();
    await submitting;
    try {
      await Promise.race([client.close?.(), sleep(2000)]);
    } catch {
      /* its server is dead */
    }
    await sleep(1000);
    const t1 = now();
    out.restart_ready_s = round((await up(false)) / 1000, 2);
    const t2 = now();
    const left = () => [...accepted].filter((id) => !e.kind('done').has(id));
    await e.until(() => left().length === 0, 60000, 50);
    const lost = left();
    const doneNow = [...accepted].filter((id) => e.kind('done').has(id));
    let confirmed = 0;
    await retry(
      'confirm',
      20000,
      async () => {
        confirmed = 0;
        await pool(doneNow.length, 32, async (i) => {
          if (await client.completed(doneNow[i]).catch(() => false)) confirmed++;
        });
        if (confirmed < doneNow.length) throw new Error(`${confirmed} of ${doneNow.length}`);
      },
      500,
    ).catch((x) => {
      out.confirm_error = x.message;
    });
    // Those that finish only after the 60 s (bounded): late, or lost for good?
    const lateFrom = now();
    if (lost.length) await e.until(() => left().length === 0, Number(opt('grace', '60000')), 100);
    const last = Math.max(...doneNow.map((id) => e.kind('done').get(id)));
    Object.assign(out, {
      sleep_ms: sleepMs,
      accepted: accepted.size,
      in_doubt: doubt.size,
      in_doubt_done: [...doubt].filter((id) => e.kind('done').has(id)).length,
      never_completed_60s: lost.length,
      never_completed_120s: left().length,
      confirmed_by_engine: confirmed,
      unconfirmed: doneNow.length - confirmed,
      recovered_all_s: lost.length ? null : round(Math.max(0, last - t2) / 1000, 2),
      since_restart_s: round((last - t1) / 1000, 2),
      step2_twice: [...e.count('step2').values()].filter((x) => x > 1).length,
      step1_twice: [...e.count('step1').values()].filter((x) => x > 1).length,
    });
    if (lost.length)
      out.lost_states = {
        slept: lost.filter((id) => e.kind('sleep').has(id)).length,
        woke: lost.filter((id) => e.kind('wake').has(id)).length,
        step1: lost.filter((id) => e.kind('step1').has(id)).length,
        examples: await Promise.all(
          lost
            .slice(0, 3)
            .map((id) => Promise.resolve(client.describe?.(id)).catch((x) => x.message)),
        ),
        late_after_s: round((now() - lateFrom) / 1000),
      };
  } else throw new Error('unknown workload ' + workload);
  await finish(0);
} catch (x) {
  out.error = String(x?.stack ?? x).slice(0, 600);
  await finish(1);
}
