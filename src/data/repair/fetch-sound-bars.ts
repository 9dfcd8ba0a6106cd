import { BarTable } from "../../domain/bar-table.ts";
import type { BarRequest, BarSource } from "../../ports/bar-source.ts";
import type { Bars } from "../../domain/bars.ts";
import { brokenCloses } from "./find-faults.ts";

/** The bars of a range as a provider has them, without those that no market can have made. Throws what it throws. */
export async function fetchSoundBars(source: BarSource, request: BarRequest): Promise<Bars> {
  const table = new BarTable(request.symbol, request.timeframe);
  for await (const page of source.fetchBars(request)) {
    const broken = brokenCloses(page);
    const { closeTimeMs, open, high, low, close, volume } = page;
    for (let row = 0; row < page.length; row++) {
      if (broken.has(closeTimeMs[row]!)) continue;
      table.append(closeTimeMs[row]!, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!);
    }
  }
  return table;
}
