import { dayMs } from "../../../base/time.ts";
import { BarTable } from "../../../domain/bar-table.ts";
import { sliceBars, type Bars } from "../../../domain/bars.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import type { BarRequest } from "../../../ports/bar-source.ts";

/** How often the look back is doubled: nights, weekends and holidays are longer than the bars asked for. */
const doublingsMax = 5;

/** The last `count` closed bars before `nowMs`, found by looking back further until there are enough. */
export async function latestBars(
  fetchBars: (request: BarRequest) => AsyncIterable<Bars>,
  nowMs: number,
  symbol: string,
  timeframe: Timeframe,
  count: number,
): Promise<Bars> {
  const spanMs = timeframeMs(timeframe);
  // Clocks differ: what the venue calls closed decides, not our own time.
  const toMs = nowMs + dayMs;
  let backMs = (count + 2) * spanMs * (timeframe.endsWith("M") ? 1.05 : 1);
  let table = new BarTable(symbol, timeframe, count);
  for (let doubling = 0; doubling <= doublingsMax; doubling++) {
    table = new BarTable(symbol, timeframe, count);
    for await (const page of fetchBars({ symbol, timeframe, fromMs: nowMs - backMs, toMs }))
      append(table, page);
    if (table.length >= count) break;
    backMs = Math.max(backMs * 2, backMs + dayMs);
  }
  return sliceBars(table, Math.max(0, table.length - count), table.length);
}

function append(table: BarTable, page: Bars): void {
  for (let row = 0; row < page.length; row++) {
    table.append(
      page.closeTimeMs[row]!,
      page.open[row]!,
      page.high[row]!,
      page.low[row]!,
      page.close[row]!,
      page.volume[row]!,
    );
  }
}
