/** Exit codes above this are those of commands that a signal ended: this and the number of the signal. */
export const signalExitBase = 128;
/** Exit code of a command that Ctrl-C ended. */
export const interruptedExit = signalExitBase + 2;

/** The signals that ask for an end, with their numbers. */
const endingSignals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
/** A terminal sends Ctrl-C to all its processes, and a launcher passes on its own copy: within this time it is one. */
const sameSignalMs = 250;

/** What Ctrl-C does at the moment; null ends the program at once. */
let handler: ((exitCode: number) => void) | null = null;

/**
 * While work runs, the first Ctrl-C calls `onInterrupt` instead of ending the program: the work ends itself and keeps
 * what it has. The second one ends the program at once.
 */
export async function interruptible<Result>(
  onInterrupt: (exitCode: number) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  handler = onInterrupt;
  try {
    return await work();
  } finally {
    handler = null;
  }
}

/** Takes what Ctrl-C is to do; it is taken once. */
export function takeInterrupt(): ((exitCode: number) => void) | null {
  const taken = handler;
  handler = null;
  return taken;
}

/** Calls `onEnd` with the exit code of a signal that asks for an end. Returns how to stop listening. */
export function onSignals(onEnd: (exitCode: number) => void): () => void {
  let lastMs = -Infinity;
  const hear = (signal: keyof typeof endingSignals): void => {
    const isSame = performance.now() - lastMs < sameSignalMs;
    lastMs = performance.now();
    if (!isSame) onEnd(signalExitBase + endingSignals[signal]);
  };
  const names = Object.keys(endingSignals) as (keyof typeof endingSignals)[];
  for (const name of names) process.on(name, hear);
  return () => {
    for (const name of names) process.removeListener(name, hear);
  };
}

/**
 * Ends this process by the signal behind an exit code, as if nobody had listened to it. For work in native code: threads that
 * are told to stop in the middle of a computation take the process down with an error of their own.
 */
export function endBySignal(exitCode: number): void {
  const names = Object.keys(endingSignals) as (keyof typeof endingSignals)[];
  const name = names.find((one) => endingSignals[one] === exitCode - signalExitBase) ?? "SIGINT";
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}
