import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import { freeParameters } from "../../learning/hmm/fit-hmm.ts";
import { regimeShape } from "./regime-shape.ts";

/** What a fit refuses because of the bars. */
const refusals = new Set(["HMM_TOO_FEW_ROWS", "HMM_CONSTANT", "HMM_MISSING", "HMM_INFINITE"]);

/** Whether an error says that there is nothing to learn. */
export function isUntrainable(error: unknown): error is KiwiError {
  return error instanceof KiwiError && refusals.has(error.parts.code);
}

/** `MODEL_UNTRAINABLE`: the refusal of a fit in the words of bars. */
export function untrainable(cause: KiwiError, bars: Bars, states: number, blockBars: number): KiwiError {
  const { symbol, timeframe, length, closeTimeMs } = bars;
  const free = freeParameters({ ...regimeShape, states });
  const needed = Math.max(free, states * (regimeShape.features + 1)) * blockBars + 1;
  const isShort = cause.parts.code === "HMM_TOO_FEW_ROWS";
  return new KiwiError(
    {
      code: "MODEL_UNTRAINABLE",
      exit: "data",
      message: isShort
        ? `${length} ${timeframe} bars of ${symbol} are too few for ${states} states that look at ${blockBars} bars at a time`
        : `the ${length} ${timeframe} bars of ${symbol} from ${formatTime(closeTimeMs[0]!)} have nothing to tell states apart by`,
      why: isShort
        ? `${states} states have ${free} free parameters, and a look for each is the least: ${needed} bars, which must move`
        : "their price never moves, or always moves alike",
      fix: isShort
        ? "take a longer range, a smaller --block or fewer --states"
        : `look at the bars: kiwi data check   (and choose another range or symbol)`,
      topic: "models",
    },
    { cause },
  );
}
