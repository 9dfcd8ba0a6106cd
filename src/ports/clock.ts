/** What time it is, and waiting for it to pass. Adapters get it passed in, so that no test has to wait. */
export interface Clock {
  /** UTC milliseconds. */
  nowMs(): number;
  /** Calls `run` once, `spanMs` from now. The returned function cancels it. */
  schedule(spanMs: number, run: () => void): () => void;
}

/** Resolves after `spanMs`; rejects with the signal's reason as soon as it is aborted. */
export function sleep(clock: Clock, spanMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(abortError(signal));
    const onAbort = (): void => {
      cancel();
      reject(abortError(signal!));
    };
    const cancel = clock.schedule(spanMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

function abortError(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}
