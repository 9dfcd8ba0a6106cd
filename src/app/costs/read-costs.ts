import { resolve } from "node:path";
import type { CostTables, FeeTier, RateHistory, RatesBySymbol } from "../../domain/cost-tables.ts";
import type { RunConfig } from "../config/run-config.ts";
import { readDay } from "../config/read-day.ts";
import { badField, readColumns, type NamedRow } from "../bars/read-columns.ts";

const topic = "costs";

/**
 * What trading and holding cost in the past, from the files that a configuration names; undefined where it names none.
 * Throws `COLUMNS_MISSING`, `FIELD_INVALID` and what opening a file throws.
 */
export async function readCosts(folder: string, costs: RunConfig["costs"]): Promise<CostTables | undefined> {
  const { fundingFile, borrowFile, feeTiersFile } = costs;
  if (fundingFile === undefined && borrowFile === undefined && feeTiersFile === undefined) return undefined;
  return {
    ...(fundingFile === undefined ? {} : { funding: await readRates(resolve(folder, fundingFile)) }),
    ...(borrowFile === undefined ? {} : { borrow: await readRates(resolve(folder, borrowFile)) }),
    ...(feeTiersFile === undefined ? {} : { feeTiers: await readTiers(resolve(folder, feeTiersFile)) }),
  };
}

/** A file `time,value`, and `symbol` where it is about several: without that column it holds for all. */
async function readRates(path: string): Promise<RatesBySymbol> {
  const rows = await readColumns(path, { required: ["time", "value"], optional: ["symbol"], topic });
  if (rows.length === 0)
    throw badField(path, { line: 1, fields: { value: "" } }, "value", "at least one rate", topic);
  const bySymbol = new Map<string, { timeMs: number; rate: number }[]>();
  for (const row of rows) {
    const symbol = row.fields["symbol"] === "" ? "*" : row.fields["symbol"]!;
    const rate = numberIn(path, row, "value", "a share such as 0.0001", -1, 100);
    bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), { timeMs: momentIn(path, row, "time"), rate }]);
  }
  return Object.fromEntries([...bySymbol].map(([symbol, rates]) => [symbol, historyOf(path, rates)]));
}

function historyOf(
  path: string,
  rates: readonly { readonly timeMs: number; readonly rate: number }[],
): RateHistory {
  const sorted = rates.toSorted((a, b) => a.timeMs - b.timeMs);
  const twice = sorted.find(({ timeMs }, k) => timeMs === sorted[k + 1]?.timeMs);
  if (twice !== undefined) {
    const time = new Date(twice.timeMs).toISOString();
    throw badField(path, { line: 0, fields: { time } }, "time", "each moment once", topic);
  }
  return { timeMs: sorted.map(({ timeMs }) => timeMs), rate: sorted.map(({ rate }) => rate) };
}

/** A file `volume,maker,taker`, and `from` where the schedule has changed: each row holds from its own volume on. */
async function readTiers(path: string): Promise<readonly FeeTier[]> {
  const rows = await readColumns(path, {
    required: ["volume", "maker", "taker"],
    optional: ["from"],
    topic,
  });
  if (rows.length === 0)
    throw badField(path, { line: 1, fields: { volume: "" } }, "volume", "at least one tier", topic);
  return rows
    .map((row): FeeTier => ({
      fromMs: row.fields["from"] === "" ? 0 : momentIn(path, row, "from"),
      volume: numberIn(path, row, "volume", "money traded in 30 days, from 0 up", 0, Infinity),
      // Who adds to the book may be paid for it.
      maker: numberIn(path, row, "maker", "a share such as 0.0002", -0.01, 0.5),
      taker: numberIn(path, row, "taker", "a share such as 0.0005", 0, 0.5),
    }))
    .toSorted((a, b) => a.fromMs - b.fromMs || a.volume - b.volume);
}

function numberIn(
  path: string,
  row: NamedRow,
  column: string,
  takes: string,
  low: number,
  high: number,
): number {
  const text = row.fields[column]!.trim();
  const value = text === "" ? Number.NaN : Number(text);
  if (value >= low && value <= high) return value;
  throw badField(path, row, column, takes, topic);
}

/** A day, a moment, or milliseconds or seconds since 1970, as venues write them. */
function momentIn(path: string, row: NamedRow, column: string): number {
  const text = row.fields[column]!.trim();
  if (/^\d{12,14}$/.test(text)) return Number(text);
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1_000;
  try {
    return readDay(text.replace(/\.\d+(?=Z|$)/, ""), column);
  } catch {
    throw badField(path, row, column, "a moment like 2024-03-05T08:00Z, or milliseconds since 1970", topic);
  }
}
