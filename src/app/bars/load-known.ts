import { resolve } from "node:path";
import { KiwiError } from "../../base/errors.ts";
import type { Bars } from "../../domain/bars.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import type { BarsRequest } from "./bars-request.ts";
import { loadBars, type BarSource } from "./load-bars.ts";
import { readSeries } from "./read-series.ts";
import { shellWord } from "../../base/shell-word.ts";

/** What a run reads and never trades, beside news. */
export type KnownBars = {
  /** Bars of `--with`: read by their symbol. */
  readonly sources: readonly BarSource[];
  /** Series of `--series`: read by their name. */
  readonly series: readonly Bars[];
  readonly warnings: readonly string[];
};

/** Loads what is known and never traded. Throws `SYMBOL_TWICE`, `SERIES_UNNAMED` and what reading throws. */
export async function loadKnown(
  request: BarsRequest,
  config: Pick<KiwiConfig, "with" | "series" | "seriesDelayDays">,
  traded: readonly BarSource[],
): Promise<KnownBars> {
  const series: Bars[] = [];
  for (const text of config.series) {
    const [, name, path] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || path === undefined) throw unnamed(text);
    series.push(await readSeries(name, resolve(request.folder, path), config.seriesDelayDays));
  }
  if (config.with.length === 0) return { sources: [], series, warnings: [] };
  const { sources, warnings } = await loadBars({ ...request, data: config.with, pairs: [] });
  for (const { bars, path } of sources)
    if (traded.some((one) => one.bars.symbol === bars.symbol)) throw tradedToo(bars.symbol, path);
  return { sources, series, warnings };
}

function tradedToo(symbol: string, path: string): KiwiError {
  return new KiwiError({
    code: "SYMBOL_TWICE",
    exit: "data",
    message: `${symbol} comes twice: traded by --data, and only read by --with ${path}`,
    why: "a symbol is either traded or only read",
    fix: `leave out --with ${shellWord(path)}: a strategy can read every symbol that is traded`,
    topic: "data",
  });
}

function unnamed(text: string): KiwiError {
  return new KiwiError({
    code: "SERIES_UNNAMED",
    exit: "usage",
    message: `--series cannot be "${text}"`,
    why: "a strategy reads a series by its name, and there is none",
    fix: `write --series NAME=${text.replace(/^=/, "") || "FILE.csv"}`,
    topic: "series",
  });
}
