/** What the registry ends when the launcher itself ends. */
export interface Endable {
  readonly running: boolean;
  /** Sends SIGKILL to the process and its descendants without waiting. */
  killNow(): void;
}

declare global {
  /** The processes to end with this one; on the global object because `src` and `dist` may both be loaded. */
  var maestroManagedProcesses: Set<Endable> | undefined;
}

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function endAll(registry: ReadonlySet<Endable>): void {
  for (const entry of registry) {
    if (entry.running) entry.killNow();
  }
}

function createRegistry(): Set<Endable> {
  const registry = new Set<Endable>();
  process.on('exit', () => {
    endAll(registry);
  });
  for (const signal of ENDING_SIGNALS) {
    const onSignal = (): void => {
      // Somebody else handles the signal (a graceful stop): the exit hook then ends what is left.
      if (process.listenerCount(signal) > 1) return;
      endAll(registry);
      process.off(signal, onSignal);
      process.kill(process.pid, signal);
    };
    process.on(signal, onSignal);
  }
  return registry;
}

/**
 * Makes a started process end with the launcher: on its exit, and on SIGINT, SIGTERM or SIGHUP
 * unless the program handles that signal itself. The registry is one per process, however often
 * this module is loaded.
 */
export function registerProcess(entry: Endable): void {
  globalThis.maestroManagedProcesses ??= createRegistry();
  globalThis.maestroManagedProcesses.add(entry);
}

/** Forgets a process that has ended. */
export function unregisterProcess(entry: Endable): void {
  globalThis.maestroManagedProcesses?.delete(entry);
}
