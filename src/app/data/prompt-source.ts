import type { Bars } from "../../domain/bars.ts";
import type { BarRequest, BarSource } from "../../ports/bar-source.ts";

/**
 * A source whose fetches end at once when their signal is aborted: a request that is on its way, and may take its whole
 * time-out, is left behind.
 */
export function promptSource(source: BarSource): BarSource {
  return {
    name: source.name,
    capabilities: source.capabilities,
    fetchBars: (request) => promptPages(source, request),
    latest: async (symbol, timeframe, count) => source.latest(symbol, timeframe, count),
    subscribe: (request) => source.subscribe(request),
    symbols: async () => source.symbols(),
    close: async () => source.close(),
  };
}

async function* promptPages(source: BarSource, request: BarRequest): AsyncGenerator<Bars> {
  const { signal } = request;
  if (signal === undefined) return yield* source.fetchBars(request);
  const pages = source.fetchBars(request)[Symbol.asyncIterator]();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  // Nobody listens to it between two pages.
  aborted.catch(() => {});
  try {
    for (;;) {
      const next = pages.next();
      next.catch(() => {});
      const { done, value } = await Promise.race([next, aborted]);
      if (done === true) return;
      yield value as Bars;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    void pages.return?.().catch(() => {});
  }
}
