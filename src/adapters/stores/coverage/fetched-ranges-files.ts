import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { canonicalJson, sha256 } from "../../../base/hash.ts";
import { joinRanges, rangesWithout } from "../../../data/pipeline/time-ranges.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { FetchedRanges, TimeRange } from "../../../ports/fetched-ranges.ts";
import { isMissing, readFault, storeNewer, writeFault } from "../bars/bar-store-errors.ts";
import { replaceFile } from "../bars/durable-files.ts";
import { nameOfSymbol, nameOfTimeframe } from "../bars/series-name.ts";
import { lockWaitMs, withWriterLock } from "../bars/writer-lock.ts";

/** The form of the files. A later Kiwi that changes it counts up. */
const format = 1;

const content = z.object({
  source: z.string(),
  symbol: z.string(),
  timeframe: z.string(),
  /** First time and the time after the last, UTC milliseconds. */
  ranges: z.array(z.tuple([z.number(), z.number()])),
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

  async of(source: string, symbol: string, timeframe: Timeframe): Promise<readonly TimeRange[]> {
    return this.read({ source, symbol, timeframe });
  }

  async add(source: string, symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    await this.change({ source, symbol, timeframe }, (held) => joinRanges([...held, range]));
  }

  async forget(source: string, symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    await this.change({ source, symbol, timeframe }, (held) => rangesWithout(held, [range]));
  }

  private async change(
    series: Series,
    next: (held: readonly TimeRange[]) => readonly TimeRange[],
  ): Promise<void> {
    const lock = { path: join(this.root, "writer.lock"), what: this.root, waitMs: lockWaitMs };
    await withWriterLock(lock, async () => {
      const held = await this.read(series);
      const ranges = next(held);
      if (isSame(held, ranges)) return;
      await write(this.pathOf(series), {
        ...series,
        ranges: ranges.map(({ fromMs, toMs }) => [fromMs, toMs]),
      });
    });
  }

  private async read(series: Series): Promise<readonly TimeRange[]> {
    const path = this.pathOf(series);
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw readFault(path, cause);
    }
    const found = contentOf(text, path);
    if (found !== null) return found.ranges.map(([fromMs, toMs]) => ({ fromMs, toMs }));
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

function isSame(a: readonly TimeRange[], b: readonly TimeRange[]): boolean {
  return (
    a.length === b.length && a.every(({ fromMs, toMs }, k) => fromMs === b[k]!.fromMs && toMs === b[k]!.toMs)
  );
}
