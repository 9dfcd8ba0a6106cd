import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bars } from "../src/domain/bars.ts";
import { timeframeMs } from "../src/domain/timeframe.ts";

/** Writes bars as a CSV file that is stamped with their opens, named after symbol and timeframe. Returns its path. */
export function writeBars(folder: string, bars: Bars, name = `${bars.symbol}-${bars.timeframe}.csv`): string {
  const lines = ["time,open,high,low,close,volume"];
  for (let row = 0; row < bars.length; row++) {
    const openMs = bars.closeTimeMs[row]! - timeframeMs(bars.timeframe);
    lines.push(
      [openMs, bars.open[row], bars.high[row], bars.low[row], bars.close[row], bars.volume[row]].join(),
    );
  }
  const path = join(folder, name);
  writeFileSync(path, lines.join("\n"));
  return path;
}
