import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import { shellWord } from "../../base/shell-word.ts";

type Placed = { readonly path: string; readonly bars: Pick<Bars, "symbol" | "timeframe"> };

/** `SYMBOL_TWICE`: two sets of bars for one symbol. */
export function symbolTwice(one: Placed, other: Placed): KiwiError {
  const isOtherTimeframe = one.bars.timeframe !== other.bars.timeframe;
  return new KiwiError({
    code: "SYMBOL_TWICE",
    exit: "data",
    message: `${one.bars.symbol} comes twice: ${one.path} (${one.bars.timeframe}) and ${other.path} (${other.bars.timeframe})`,
    why: "a run has one set of bars for each symbol",
    fix: isOtherTimeframe
      ? `choose one with -t ${one.bars.timeframe}, or name the file: --data ${shellWord(one.path)}`
      : `leave one out, or give it another name: --data ${shellWord(one.path)}`,
    topic: "data",
  });
}

/** `SYMBOL_TWICE`: files of one symbol that would be joined contradict each other about one bar. */
export function contradiction(
  symbol: string,
  one: string,
  other: string,
  closeTimeMs: number,
  what: string,
): KiwiError {
  return new KiwiError({
    code: "SYMBOL_TWICE",
    exit: "data",
    message: `${symbol} comes twice: ${one} and ${other} have ${what} for ${formatTime(closeTimeMs)}`,
    why: "files of one symbol are joined where they follow each other; these are two opinions about one time",
    fix: `leave one out: --data ${shellWord(one)}`,
    topic: "data",
  });
}
