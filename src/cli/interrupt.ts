/** Exit code of a command that Ctrl-C ended: 128 and the number of the signal. */
export const interruptedExit = 130;

/** What Ctrl-C does at the moment; null ends the program at once. */
let handler: (() => void) | null = null;

/**
 * While work runs, the first Ctrl-C calls `onInterrupt` instead of ending the program: the work ends itself and keeps
 * what it has. The second one ends the program at once.
 */
export async function interruptible<Result>(
  onInterrupt: () => void,
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
export function takeInterrupt(): (() => void) | null {
  const taken = handler;
  handler = null;
  return taken;
}
