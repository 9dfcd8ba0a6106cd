import type { BarStore, DamagedSeries, HeldBars } from "../../ports/bar-store.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { plainSymbol } from "../bars/pick-symbols.ts";

/**
 * Everything held, for work on a part of it: damage stops the work where it is asked for by symbol (all of them, where
 * none is named) and timeframe, and nowhere else. Throws `STORE_DAMAGED`.
 */
export async function heldFor(
  store: BarStore,
  symbols: readonly string[],
  timeframe?: Timeframe,
): Promise<readonly HeldBars[]> {
  const { held, damaged } = await surveyHeld(store);
  const wanted = new Set(symbols.map(plainSymbol));
  const met = damaged.find(
    (one) =>
      (wanted.size === 0 || wanted.has(plainSymbol(one.symbol))) &&
      (timeframe === undefined || one.timeframe === timeframe),
  );
  if (met !== undefined) throw met.error;
  return held;
}

/** Everything held, and beside it what is held and damaged. */
export async function surveyHeld(
  store: BarStore,
): Promise<{ readonly held: readonly HeldBars[]; readonly damaged: readonly DamagedSeries[] }> {
  const damaged: DamagedSeries[] = [];
  const held = await store.list((one) => damaged.push(one));
  return { held, damaged };
}
