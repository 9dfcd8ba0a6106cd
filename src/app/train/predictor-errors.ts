import { KiwiError } from "../../base/errors.ts";
import type { Bars } from "../../domain/bars.ts";

/** `TRAIN_TOO_FEW_ROWS`: nothing would be left of some part of the bars. */
export function tooFewRows(bars: Bars, rows: number, needed: number, set: string): KiwiError {
  return new KiwiError({
    code: "TRAIN_TOO_FEW_ROWS",
    exit: "data",
    message: `${bars.symbol} has ${rows} rows of features, and a model needs ${needed}`,
    why: `of ${bars.length} ${bars.timeframe} bars the features of the set ${set} need the first ${bars.length - rows} to warm up; the rest is cut into what is learned from, what stops and recalibrates the learning, and what it is judged on`,
    fix: "add older bars, choose a shorter timeframe with -t, or look fewer bars ahead with --horizon",
    topic: "models",
  });
}

/** `TRAIN_ONE_OUTCOME`: there is nothing to tell apart. */
export function oneOutcome(bars: Pick<Bars, "symbol">, rows: number, isUp: boolean): KiwiError {
  return new KiwiError({
    code: "TRAIN_ONE_OUTCOME",
    exit: "data",
    message:
      rows === 0
        ? `no move of ${bars.symbol} in some part of the bars is large enough to count`
        : `in some part of the bars ${bars.symbol} only ever went ${isUp ? "up" : "down"} (${rows} rows)`,
    why: "a model learns to tell two outcomes apart, and one of them never happens there",
    fix: rows === 0 ? "lower --move" : "look fewer bars ahead with --horizon, or add bars",
    topic: "models",
  });
}
