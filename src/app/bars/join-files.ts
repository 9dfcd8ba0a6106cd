import { basename } from "node:path";
import type {
  CsvOptions,
  CsvReading,
  Quarantine,
  QuarantineEntry,
} from "../../adapters/sources/csv/csv-reading.ts";
import { parseFileName } from "../../adapters/sources/csv/file-name.ts";
import type { QuoteSide } from "../../adapters/sources/csv/quotes/quoted-columns.ts";
import { joinQuotes } from "../../adapters/sources/csv/quotes/join-quotes.ts";
import { barFields, barsOf, type Bars } from "../../domain/bars.ts";
import { settleBars } from "../../domain/calendar/settle-bars.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { readDataFile } from "./read-data-file.ts";
import { contradiction, symbolTwice } from "./symbol-twice.ts";

const examplesMax = 5;

/** A file, and what was read from it. */
type Part = { readonly path: string; readonly reading: CsvReading };
type Placed = { readonly path: string; readonly bars: Bars };

/**
 * Reads files of one symbol and timeframe, like the monthly archives of a venue, as one series: in the order of time,
 * a bar that stands in two files once. Files of bids and files of asks are joined apart, and then to one reading of both. Throws `SYMBOL_TWICE` where files contradict each other or hold bars of several
 * lengths, and what the reader throws.
 */
export async function readJoined(
  paths: readonly string[],
  options: CsvOptions,
  timeframe: Timeframe | undefined,
): Promise<CsvReading> {
  const ofSide = (side: QuoteSide): readonly string[] =>
    paths.filter((path) => parseFileName(path).side === side);
  const [bids, asks] = [ofSide("bid"), ofSide("ask")];
  if (bids.length > 0 && asks.length > 0 && bids.length + asks.length === paths.length)
    return joinQuotes(
      await readSeries(bids, options, timeframe),
      await readSeries(asks, options, timeframe),
      [bids[0]!, asks[0]!],
    );
  return readSeries(paths, options, timeframe);
}

/** The files of one price of one market. */
async function readSeries(
  paths: readonly string[],
  options: CsvOptions,
  timeframe: Timeframe | undefined,
): Promise<CsvReading> {
  const parts: Part[] = [];
  for (const path of paths)
    parts.push({ path, reading: await readDataFile(path, { ...options, isPart: true }, timeframe) });
  const filled = parts.filter(({ reading }) => reading.bars.length > 0);
  const [first, ...others] = filled.toSorted(
    (a, b) => a.reading.bars.closeTimeMs[0]! - b.reading.bars.closeTimeMs[0]!,
  );
  if (first === undefined) return parts[0]!.reading;
  for (const other of others) refuseOtherBars(first, other);
  const joined = joinBars([first, ...others].map(({ path, reading }) => ({ path, bars: reading.bars })));
  const { bars, doubled } = settleBars(joined, options.calendarName);
  if (doubled > 0)
    throw contradiction(bars.symbol, first.path, filled.at(-1)!.path, bars.closeTimeMs[doubled]!, "two bars");
  const { detected } = first.reading;
  const notes = [
    ...new Set(filled.flatMap(({ reading }) => reading.detected.notes)),
    `joined from ${paths.length} files, ${basename(first.path)} to ${basename((others.at(-1) ?? first).path)}`,
  ];
  const asks = [first, ...others].map(({ path, reading }) => ({ path, bars: reading.ask }));
  const ask = asks.every(hasBars)
    ? settleBars(joinBars(asks), options.calendarName ?? bars.calendarName).bars
    : undefined;
  return {
    bars,
    ...(ask === undefined ? {} : { ask }),
    detected: { ...detected, notes },
    quarantine: mergeQuarantine(parts),
    rowsRead: parts.reduce((sum, { reading }) => sum + reading.rowsRead, 0),
  };
}

function hasBars(one: { readonly path: string; readonly bars: Bars | undefined }): one is Placed {
  return one.bars !== undefined;
}

function refuseOtherBars(one: Part, other: Part): void {
  const [a, b] = [one.reading.bars, other.reading.bars];
  if (a.symbol !== b.symbol || a.timeframe !== b.timeframe)
    throw symbolTwice({ path: one.path, bars: a }, { path: other.path, bars: b });
}

/** All bars by time. Throws `SYMBOL_TWICE` where two files have other values for one close. */
function joinBars(parts: readonly Placed[]): Bars {
  const places = parts.flatMap(({ bars }, part) =>
    Array.from({ length: bars.length }, (_, row) => ({ part, row, closeMs: bars.closeTimeMs[row]! })),
  );
  places.sort((a, b) => a.closeMs - b.closeMs || a.part - b.part);
  const barsAt = (part: number): Bars => parts[part]!.bars;
  const kept = places.filter(({ part, row, closeMs }, k) => {
    const before = places[k - 1];
    if (before?.closeMs !== closeMs) return true;
    const isEqual = barFields.every(
      (name) => barsAt(part)[name][row] === barsAt(before.part)[name][before.row],
    );
    if (isEqual) return false;
    throw contradiction(
      barsAt(part).symbol,
      parts[before.part]!.path,
      parts[part]!.path,
      closeMs,
      "other values",
    );
  });
  const column = (name: "closeTimeMs" | (typeof barFields)[number]): Float64Array =>
    Float64Array.from(kept, ({ part, row }) => barsAt(part)[name][row]!);
  const { symbol, timeframe } = barsAt(0);
  return barsOf(symbol, timeframe, {
    closeTimeMs: column("closeTimeMs"),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  });
}

/** What was left out of any of the files, with the name of the file in each reason. */
function mergeQuarantine(parts: readonly Part[]): Quarantine {
  const entries = new Map<string, QuarantineEntry>();
  for (const { path, reading } of parts) {
    for (const entry of reading.quarantine.entries) {
      const before = entries.get(entry.kind);
      const examples = entry.examples.map((one) => ({ ...one, reason: `${basename(path)}: ${one.reason}` }));
      entries.set(entry.kind, {
        ...entry,
        count: entry.count + (before?.count ?? 0),
        examples: [...(before?.examples ?? []), ...examples].slice(0, examplesMax),
      });
    }
  }
  return {
    quarantined: parts.reduce((sum, { reading }) => sum + reading.quarantine.quarantined, 0),
    entries: [...entries.values()].sort((a, b) => b.count - a.count),
  };
}
