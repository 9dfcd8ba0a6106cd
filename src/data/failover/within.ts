import type { Clock } from "../../ports/clock.ts";

/** What `work` becomes; rejects with `late()` when that takes longer than `spanMs`, and at once when aborted. */
export function within<Result>(
  clock: Clock,
  spanMs: number,
  work: Promise<Result>,
  late: () => Error,
  signal: AbortSignal,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      end();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const onAbort = (): void => fail(signal.reason);
    const cancel = clock.schedule(spanMs, () => fail(late()));
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", onAbort);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then((result) => {
      end();
      resolve(result);
    }, fail);
  });
}
