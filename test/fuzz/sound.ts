import { KiwiError } from "../../src/base/errors.ts";
import type { Bars } from "../../src/domain/bars.ts";

/** Throws unless an error says what is wrong, why, and what helps: whatever else it is would be a mistake of ours. */
export function needWayOut(error: unknown): void {
  if (!(error instanceof KiwiError)) throw error;
  const silent = Object.entries(error.parts).filter(([, text]) => text === "");
  if (silent.length > 0)
    throw new Error(`${error.parts.code} says nothing in ${silent.map(([part]) => part).join()}`);
}

/** Throws unless bars can be: finite prices in order, times that rise and lie between the limits. */
export function needSound(bars: Bars, fromMs: number, toMs: number): void {
  const { open, high, low, close, volume, closeTimeMs, length } = bars;
  for (let row = 0; row < length; row++) {
    const prices = [open[row]!, high[row]!, low[row]!, close[row]!];
    const isSound =
      prices.every((price) => price > 0 && price < Infinity) &&
      low[row]! <= Math.min(open[row]!, close[row]!) * (1 + 1e-8) &&
      high[row]! >= Math.max(open[row]!, close[row]!) * (1 - 1e-8) &&
      volume[row]! >= 0 &&
      volume[row]! < Infinity &&
      Number.isInteger(closeTimeMs[row]) &&
      closeTimeMs[row]! >= fromMs &&
      closeTimeMs[row]! <= toMs &&
      (row === 0 || closeTimeMs[row]! > closeTimeMs[row - 1]!);
    if (!isSound) throw new Error(`no bar: ${closeTimeMs[row]} ${prices.join(" ")} ${volume[row]}`);
  }
}
