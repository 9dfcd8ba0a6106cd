import { didYouMean } from "../../base/nearest.ts";
import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import { plainSymbol } from "../bars/pick-symbols.ts";
import type { Ground } from "../session/backtest-setup.ts";

/** A bar that is decided on, and the base bar with whose close that happens. */
export type FoundBar = {
  readonly instrument: number;
  /** Row among the bars that are decided on. */
  readonly row: number;
  readonly decidedMs: number;
};

/** Finds the bar that holds, or closes at, a moment; the newest one for null. Throws `SYMBOL_UNKNOWN`, `SYMBOL_NEEDED` and `BAR_NONE`. */
export function findBar(ground: Ground, symbol: string | undefined, timeMs: number | null): FoundBar {
  const instrument = instrumentOf(ground, symbol);
  const { bars } = ground.stores[instrument]!;
  const { closeTimeMs, length } = bars;
  let row = 0;
  if (timeMs === null) row = Math.max(0, length - 1);
  else while (row < length && closeTimeMs[row]! < timeMs) row += 1;
  const [first, last] = [closeTimeMs[0] ?? Number.NaN, closeTimeMs[length - 1] ?? Number.NaN];
  if (row === length || (timeMs !== null && timeMs <= first - 370 * 86_400_000)) {
    throw explainError(
      "BAR_NONE",
      `${bars.symbol} has no bar at ${timeMs === null ? "all" : formatTime(timeMs)}`,
      `its bars close ${formatTime(first)} to ${formatTime(last)}`,
      `choose a moment in between: --at ${formatTime(last)}`,
    );
  }
  return { instrument, row, decidedMs: decidedMsOf(ground, instrument, row) };
}

/** A higher bar is decided on when the first base bar has closed that knows it. */
function decidedMsOf({ frames, bars, stores }: Ground, instrument: number, row: number): number {
  const frame = frames?.[instrument];
  if (frame === undefined) return stores[instrument]!.bars.closeTimeMs[row]!;
  let base = 0;
  while (frame.visible[base]! < row) base += 1;
  return bars[instrument]!.closeTimeMs[base]!;
}

function instrumentOf({ instruments }: Ground, symbol: string | undefined): number {
  const names = instruments.map((one) => one.symbol);
  if (symbol === undefined) {
    if (names.length === 1) return 0;
    throw explainError(
      "SYMBOL_NEEDED",
      "the run has several symbols",
      `it has ${names.slice(0, 12).join(", ")}${names.length > 12 ? " ..." : ""}`,
      `say which: -p ${names[0]!}`,
    );
  }
  const index = names.findIndex((name) => plainSymbol(name) === plainSymbol(symbol));
  if (index >= 0) return index;
  throw explainError(
    "SYMBOL_UNKNOWN",
    `the run has no symbol ${symbol}`,
    `it has ${names.slice(0, 12).join(", ")}${names.length > 12 ? " ..." : ""}`,
    didYouMean(symbol, names, (near) => `-p ${near}`),
  );
}

function explainError(code: string, message: string, why: string, fix: string): KiwiError {
  return new KiwiError({ code, exit: "usage", message, why, fix, topic: "explain" });
}
