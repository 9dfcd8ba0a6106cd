import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { canonicalJson, sha256 } from "../../../base/hash.ts";
import { addCounted, withoutCounted } from "../../../data/pipeline/counted-ranges.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type {
  BarsCame,
  FetchedRange,
  FetchedRanges,
  FetchedSeries,
  TimeRange,
} from "../../../ports/fetched-ranges.ts";
import { isMissing, isNoFolder, readFault, storeNewer, writeFault } from "../bars/bar-store-errors.ts";
import { replaceFile } from "../bars/durable-files.ts";
import { nameOfSymbol, nameOfTimeframe, symbolOfName, timeframeOfName } from "../bars/series-name.ts";
import { lockWaitMs, withWriterLock } from "../bars/writer-lock.ts";

/** The form of the files. A later Kiwi that changes it counts up. The first one did not count bars. */
const format = 2;

const content = z.object({
  source: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  /** First time, the time after the last, UTC milliseconds, how many bars came at least, and the close of the first. */
  ranges: z.array(
    z.union([
      z.tuple([z.number(), z.number(), z.number(), z.number().nullable()]),
      z.tuple([z.number(), z.number()]),
    ]),
  ),
});
type Content = z.infer<typeof content>;
const envelope = content.extend({ sha256: z.string() });

/** Whose coverage it is. */
type Series = { readonly source: string; readonly symbol: string; readonly timeframe: Timeframe };

/** Where coverage is kept, and who hears of files that had to be forgotten. */
export type FetchedRangesFilesOptions = {
  readonly onWarning?: (warning: string) => void;
};

/**
 * Fetched ranges as one small JSON file per source, symbol and timeframe. Writes are whole or not at all, one process at
 * a time. A damaged file is forgotten with a warning: that costs another download, where believing it could leave a gap.
 * Throws `STORE_NEWER`, `STORE_NOT_READABLE`, `STORE_NOT_WRITABLE`, `STORE_LOCKED`, `DISK_FULL` and `SYMBOL_UNFIT`.
 */
export class FetchedRangesFiles implements FetchedRanges {
  private readonly root: string;
  private readonly onWarning: (warning: string) => void;

  constructor(root: string, { onWarning = () => {} }: FetchedRangesFilesOptions = {}) {
    this.root = root;
    this.onWarning = onWarning;
  }

  async of(source: string, symbol: string, timeframe: Timeframe): Promise<readonly FetchedRange[]> {
    return this.read({ source, symbol, timeframe });
  }

  async all(): Promise<readonly FetchedSeries[]> {
    const found: FetchedSeries[] = [];
    for (const sourceName of await namesIn(this.root)) {
      const source = symbolOfName(sourceName);
      if (source === null) continue;
      for (const symbolName of await namesIn(join(this.root, sourceName))) {
        const symbol = symbolOfName(symbolName);
        if (symbol === null) continue;
        for (const name of await namesIn(join(this.root, sourceName, symbolName))) {
          const timeframe = name.endsWith(".json") ? timeframeOfName(name.slice(0, -".json".length)) : null;
          if (timeframe === null) continue;
          const series = { source, symbol, timeframe };
          found.push({ ...series, ranges: await this.read(series) });
        }
      }
    }
    return found;
  }

  async add(
    source: string,
    symbol: string,
    timeframe: Timeframe,
    range: TimeRange,
    came: BarsCame,
  ): Promise<void> {
    await this.change({ source, symbol, timeframe }, (held) => addCounted(held, range, came));
  }

  async forget(source: string, symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    await this.change({ source, symbol, timeframe }, (held) => withoutCounted(held, range));
  }

  private async change(
    series: Series,
    next: (held: readonly FetchedRange[]) => readonly FetchedRange[],
  ): Promise<void> {
    const lock = { path: join(this.root, "writer.lock"), what: this.root, waitMs: lockWaitMs };
    await withWriterLock(lock, async () => {
      const held = await this.read(series);
      const ranges = next(held);
      if (isSame(held, ranges)) return;
      await write(this.pathOf(series), {
        ...series,
        ranges: ranges.map(({ fromMs, toMs, bars, firstMs }) => [fromMs, toMs, bars, firstMs]),
      });
    });
  }

  private async read(series: Series): Promise<readonly FetchedRange[]> {
    const path = this.pathOf(series);
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw readFault(path, cause);
    }
    const found = contentOf(text, path);
    if (found !== null)
      return found.ranges.map(([fromMs, toMs, bars = 0, firstMs = null]) => ({
        fromMs,
        toMs,
        bars,
        firstMs,
      }));
    const { source, symbol, timeframe } = series;
    this.onWarning(
      `${path} is damaged: what was fetched of ${symbol} ${timeframe} from ${source} is forgotten and will be fetched again`,
    );
    return [];
  }

  private pathOf({ source, symbol, timeframe }: Series): string {
    return join(this.root, nameOfSymbol(source), nameOfSymbol(symbol), `${nameOfTimeframe(timeframe)}.json`);
  }
}

async function write(path: string, text: Content): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const sum = sha256(canonicalJson(text));
    await replaceFile(path, [`${JSON.stringify({ format, ...text, sha256: sum })}\n`]);
  } catch (cause) {
    throw writeFault(path, cause);
  }
}

/** What a file says, or null if it is not what was written. Throws `STORE_NEWER`. */
function contentOf(text: string, path: string): Content | null {
  const parsed = parsedJson(text);
  const version = z.object({ format: z.number() }).safeParse(parsed);
  if (version.success && version.data.format > format) throw storeNewer(path, version.data.format, format);
  const found = envelope.safeParse(parsed);
  if (!found.success) return null;
  const { sha256: sum, ...rest } = found.data;
  return sum === sha256(canonicalJson(rest)) ? rest : null;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function isSame(a: readonly FetchedRange[], b: readonly FetchedRange[]): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** What lies in a folder, sorted; nothing where it is none. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    if (isMissing(cause) || isNoFolder(cause)) return [];
    throw readFault(folder, cause);
  }
}
