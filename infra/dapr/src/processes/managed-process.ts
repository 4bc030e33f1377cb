import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { registerProcess, unregisterProcess } from './process-registry.ts';
import { processTree, treeCpuMs, treeMemory, type ProcessMemory } from './process-stats.ts';

/** How to start a {@link ManagedProcess}. */
export interface ManagedProcessOptions {
  /** Shown in progress lines and errors. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process; nothing is inherited beside it. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** What asks this program to end; SIGTERM unless given. */
  readonly stopSignal?: NodeJS.Signals | undefined;
}

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How a process that was asked to stop ended. */
export interface ProcessStop extends ProcessExit {
  /** True when it had to be killed because it outlived the grace period. */
  readonly forced: boolean;
}

const SETPRIV = '/usr/bin/setpriv';

/** Linux ends the child with its parent, even when the parent dies of SIGKILL. */
function withParentDeathSignal(
  command: string,
  args: readonly string[],
): [string, readonly string[]] {
  if (process.platform !== 'linux' || !existsSync(SETPRIV)) return [command, args];
  return [SETPRIV, ['--pdeathsig', 'KILL', '--', command, ...args]];
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * A child process in a process group of its own (Ctrl-C in the terminal reaches only the
 * launcher), which ends with the launcher and can be stopped, frozen, killed and measured.
 */
export class ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  /** Resolves when the process has ended; never rejects. A command that cannot be started ends with code 127. */
  readonly exited: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  readonly #stopSignal: NodeJS.Signals;
  #exit: ProcessExit | undefined;

  private constructor(options: ManagedProcessOptions) {
    this.name = options.name;
    this.logFile = options.logFile;
    this.#stopSignal = options.stopSignal ?? 'SIGTERM';
    mkdirSync(dirname(options.logFile), { recursive: true });
    const log = openSync(options.logFile, 'a');
    const [command, args] = withParentDeathSignal(options.command, options.args);
    this.#child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.exited = new Promise((resolve) => {
      const finish = (exit: ProcessExit): void => {
        this.#exit ??= exit;
        unregisterProcess(this);
        resolve(this.#exit);
      };
      this.#child.once('error', (error) => {
        appendFileSync(options.logFile, `cannot start ${options.command}: ${error.message}\n`);
        finish({ code: 127, signal: null });
      });
      this.#child.once('exit', (code, signal) => {
        finish({ code, signal });
      });
    });
    registerProcess(this);
  }

  /** Starts the process. */
  static spawn(options: ManagedProcessOptions): ManagedProcess {
    return new ManagedProcess(options);
  }

  /** Its process id; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** False once it has ended. A frozen process is running. */
  get running(): boolean {
    return this.#exit === undefined && this.#child.pid !== undefined;
  }

  /** Sends a signal to the process and its descendants, as for SIGSTOP and SIGCONT; false when it has ended. */
  signal(signal: NodeJS.Signals): boolean {
    const pid = this.#child.pid;
    if (pid === undefined || !this.running) return false;
    const others = processTree(pid).slice(1);
    const sent = sendSignal(-pid, signal);
    for (const other of others) {
      // Those in a process group of their own; the rest has it already, twice is harmless.
      if (signal === 'SIGKILL' || signal === 'SIGSTOP' || signal === 'SIGCONT') {
        sendSignal(other, signal);
      }
    }
    return sent;
  }

  /** Sends SIGKILL to the process and its descendants without waiting. */
  killNow(): void {
    this.signal('SIGKILL');
  }

  /** Kills the process and its descendants at once and waits for its end. Idempotent. */
  async kill9(): Promise<ProcessExit> {
    this.killNow();
    return await this.exited;
  }

  /** Asks the process to end and kills it when it is still there after `graceMs`. Idempotent. */
  async stop(graceMs: number): Promise<ProcessStop> {
    const pid = this.#child.pid;
    if (!this.running || pid === undefined) return { ...(await this.exited), forced: false };
    let forced = false;
    sendSignal(pid, this.#stopSignal);
    sendSignal(-pid, 'SIGCONT');
    const timer = setTimeout(() => {
      forced = true;
      this.killNow();
    }, graceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return { ...exit, forced };
  }

  /** User and system time used so far by the process tree, in milliseconds; 0 once it has ended. */
  cpuMs(): number {
    return this.running && this.pid !== undefined ? treeCpuMs(this.pid) : 0;
  }

  /** Memory of the process tree; zeros once it has ended. */
  memory(): ProcessMemory {
    return this.running && this.pid !== undefined ? treeMemory(this.pid) : { rssMb: 0, pssMb: 0 };
  }
}
