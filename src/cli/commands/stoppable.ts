import { asTyped } from "../program-name.ts";
import { endBySignal, interruptible } from "../interrupt.ts";
import type { Shell } from "../shell.ts";

/**
 * Work that Ctrl-C ends at once. Null where it did: then `kept` has been said, which tells what is kept and how to go on.
 * Whoever gets null ends with `interruptedExit`.
 */
export async function stoppable<Result>(
  shell: Shell,
  work: (signal: AbortSignal) => Promise<Result>,
  kept: () => string | Promise<string>,
): Promise<Result | null> {
  const stopped = new AbortController();
  try {
    return await interruptible(
      () => stopped.abort(),
      () => work(stopped.signal),
    );
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    shell.err(asTyped(await kept(), shell));
    return null;
  }
}

/**
 * The same for work that nothing can stop, because native code computes: Ctrl-C says what is kept and ends the process on the
 * spot. Whatever such work keeps must be whole on the disk at any moment.
 */
export async function stoppableOnTheSpot<Result>(
  shell: Shell,
  work: () => Promise<Result>,
  kept: () => Promise<string>,
): Promise<Result> {
  const end = async (exitCode: number): Promise<void> => {
    try {
      shell.err(asTyped(await kept(), shell));
    } finally {
      endBySignal(exitCode);
    }
  };
  return interruptible((exitCode) => void end(exitCode), work);
}
