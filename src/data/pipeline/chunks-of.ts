import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";

/** Bars of one provider: where several stand behind a source, its pages say which of them sent them. */
type Provided = { readonly provider?: string };
/** Bars that are stored together; `provider` is undefined where the source is the only one. */
export type Chunk = { readonly bars: BarTable; readonly provider: string | undefined };

/**
 * Joins the pages of one fetch into chunks of `rowsMin` bars or a page more; the last one is smaller, and so is one
 * after which another provider goes on. When the pages break off with an error, what came before is handed out first:
 * it is whole, and need not be fetched again.
 */
export async function* chunksOf(
  pages: AsyncIterable<Bars & Provided>,
  rowsMin: number,
): AsyncGenerator<Chunk> {
  let chunk: Chunk | null = null;
  try {
    for await (const page of pages) {
      const { provider } = page;
      if (chunk !== null && chunk.provider !== provider) {
        yield chunk;
        chunk = null;
      }
      chunk ??= { bars: new BarTable(page.symbol, page.timeframe, rowsMin + page.length), provider };
      addPage(chunk.bars, page);
      if (chunk.bars.length < rowsMin) continue;
      yield chunk;
      chunk = null;
    }
  } catch (cause) {
    if (chunk !== null && chunk.bars.length > 0) yield chunk;
    throw cause;
  }
  if (chunk !== null && chunk.bars.length > 0) yield chunk;
}

function addPage(chunk: BarTable, { length, closeTimeMs, open, high, low, close, volume }: Bars): void {
  for (let row = 0; row < length; row++) {
    chunk.append(closeTimeMs[row]!, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!);
  }
}
