import { basename } from "node:path";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { QuoteSide } from "./quotes/quoted-columns.ts";

/** What a file name says. */
export type NamedFile = {
  readonly symbol: string;
  readonly timeframe: Timeframe | null;
  /** The number behind the symbol need not be a timeframe: rows that are another length apart are right. */
  readonly isHint?: true;
  /** It names one of two prices: `EURUSD-1h-bid.csv`. */
  readonly side?: QuoteSide;
};

const extensions = /(\.(csv|txt|tsv|gz|zip))+$/i;
/** What a browser adds to the second download of a name. */
const copyNumber = / \(\d+\)$/;
/** What HistData puts before a symbol. */
const histData = /^DAT_(?:ASCII|MT|NT|XLSX)_/;
/** The day or month that Binance appends to its archives (`BTCUSDT-1h-2024-01`), the span that MetaTrader 5 does. */
const datePart = /[-_](\d{4}-\d{2}(-\d{2})?|\d{12}_\d{12})$/;
/** The year or month that stands behind a timeframe: `EURUSD_M1_2023`, `SPY-1d-202401`. */
/** One of two files with the prices of one market. */
const sidePart = /[-_. ](bid|ask)(?=[-_. ]|$)/i;
const yearPart = /[-_](?:19|20)\d{2}(?:0[1-9]|1[0-2])?$/;
const kiwiStyle = /^(.+)[-_. ]([1-9]\d{0,3})(s|m|h|d|w|M|H|D|W|min)$/;
const metaTraderStyle = /^(.+)[-_. ](M[1-9]\d?|H[1-9]\d?|D1|W1|MN1?)$/;
const wordStyle = /^(.+)[-_. ](hourly|daily|weekly|monthly)$/i;
const words: Readonly<Record<string, Timeframe>> = { hourly: "1h", daily: "1d", weekly: "1w", monthly: "1M" };
/** TradingView writes minutes, or a letter with a number: `BINANCE_BTCUSDT, 60`, `NASDAQ_AAPL, 1D_a1b2c`. */
const tradingViewStyle = /^(.+), ?(\d{0,4})([SDWM]?)(?:_[0-9a-f]{5})?$/;
/** Kraken writes minutes behind an underscore. */
const krakenStyle = /^([A-Z0-9]{6,})_(1|5|15|30|60|240|720|1440)$/;
/** MetaTrader 4 writes minutes behind a pair of currencies, with nothing between them. */
const metaTrader4Style = /^([A-Z]{6})(1|5|15|30|60|240|1440)$/;

/** What a file name says: `BTCUSDT-1h.csv.gz`, `EURUSD_H1.csv`, `spy_daily.txt`, or only a symbol: `GOOG.csv`. */
export function parseFileName(path: string): NamedFile {
  const given = basename(path)
    .replace(extensions, "")
    .replace(copyNumber, "")
    .replace(histData, "")
    .replace(datePart, "");
  const stem = given.replace(sidePart, "");
  const side = sidePart.exec(given)?.[1]?.toLowerCase() as QuoteSide | undefined;
  const named = withTimeframe(stem) ??
    withTimeframe(stem.replace(yearPart, "")) ?? { symbol: stem, timeframe: null };
  return side === undefined ? named : { ...named, side };
}

function withTimeframe(stem: string): NamedFile | null {
  const tradingView = tradingViewStyle.exec(stem);
  const shown = tradingView === null ? null : fromTradingView(tradingView[2]!, tradingView[3]!);
  if (shown !== null) return { symbol: tradingView![1]!, timeframe: shown };
  const kiwi = kiwiStyle.exec(stem);
  if (kiwi !== null) {
    const unit = kiwi[3] === "M" ? "M" : kiwi[3]!.charAt(0).toLowerCase();
    return { symbol: kiwi[1]!, timeframe: `${kiwi[2]}${unit}` as Timeframe };
  }
  const metaTrader = metaTraderStyle.exec(stem);
  if (metaTrader !== null) return { symbol: metaTrader[1]!, timeframe: fromMetaTrader(metaTrader[2]!) };
  const word = wordStyle.exec(stem);
  if (word !== null) return { symbol: word[1]!, timeframe: words[word[2]!.toLowerCase()] ?? null };
  const kraken = krakenStyle.exec(stem) ?? metaTrader4Style.exec(stem);
  return kraken === null ? null : { symbol: kraken[1]!, timeframe: minutes(Number(kraken[2])), isHint: true };
}

function fromMetaTrader(name: string): Timeframe {
  return name.startsWith("MN") ? "1M" : (`${name.slice(1)}${name.charAt(0).toLowerCase()}` as Timeframe);
}

function fromTradingView(count: string, unit: string): Timeframe | null {
  if (unit === "") return Number(count) > 0 ? minutes(Number(count)) : null;
  if (count !== "" && Number(count) === 0) return null;
  return `${Number(count || "1")}${unit === "M" ? "M" : unit.toLowerCase()}` as Timeframe;
}

/** A number of minutes as a timeframe: 90 are 90m, 240 are 4h, 1440 are 1d. */
function minutes(count: number): Timeframe {
  if (count % 1440 === 0) return `${count / 1440}d`;
  return count % 60 === 0 ? `${count / 60}h` : `${count}m`;
}
