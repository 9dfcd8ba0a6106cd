import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { barsRequestOf } from "../bars/bars-request.ts";
import { runConfigOf } from "../config/config-schema.ts";
import { dataQuality } from "../bars/data-quality.ts";
import { loadBars } from "../bars/load-bars.ts";
import { decisionTimeframe } from "../runs/prepare-run.ts";
import { readDay } from "../config/read-day.ts";
import type { RunRequest } from "../runs/run-request.ts";
import { barsOfTimeframe, calendarOf, rowsBefore } from "./model-bars.ts";

/** What a model is trained on. */
export type TrainingBars = {
  /** One for each symbol: bars of the timeframe asked for, inside the range. */
  readonly series: readonly Bars[];
  readonly dataKind: "real" | "synthetic";
  readonly warnings: readonly string[];
};

/** Loads the bars that a configuration names, as a run would see them. Throws what loading throws, and `DATA_MISSING`. */
export async function trainingBars(
  request: Pick<RunRequest, "folder" | "config" | "nowMs">,
  onFile?: (done: number, total: number) => void,
): Promise<TrainingBars> {
  const { config } = request;
  const { sources, dataKind, warnings } = await loadBars(barsRequestOf(request), onFile);
  const calendars = sources.map(({ bars }) => calendarOf(bars, runConfigOf(config)));
  const wanted = config.timeframe as Timeframe | undefined;
  const fromMs = config.from === undefined ? -Infinity : readDay(config.from, "--from");
  const series = sources.map(({ bars }, index) => {
    const timeframe = decisionTimeframe([bars], wanted, false) ?? bars.timeframe;
    return barsFrom(barsOfTimeframe(bars, timeframe, calendars[index]!), fromMs);
  });
  return { series, dataKind, warnings: [...warnings, ...dataQuality(sources, calendars).warnings] };
}

function barsFrom(bars: Bars, fromMs: number): Bars {
  const from = rowsBefore(bars, fromMs);
  if (from < bars.length) return from === 0 ? bars : sliceBars(bars, from, bars.length);
  const last = bars.length === 0 ? Number.NaN : bars.closeTimeMs[bars.length - 1]!;
  throw new KiwiError({
    code: "DATA_MISSING",
    exit: "data",
    message: `${bars.symbol} has no ${bars.timeframe} bars from ${formatTime(fromMs)}`,
    why:
      bars.length === 0
        ? "its bars do not fill one of that length"
        : `its last one closes ${formatTime(last)}`,
    fix: "choose an earlier --from, or get newer data",
    topic: "data-missing",
  });
}
