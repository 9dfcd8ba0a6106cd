import { basename } from "node:path";
import type { Timeframe } from "../../../domain/timeframe.ts";

const extensions = /(\.(csv|txt|tsv|gz|zip))+$/i;
/** The day or month that Binance appends to its archives (`BTCUSDT-1h-2024-01`), the span that MetaTrader 5 does. */
const datePart = /[-_](\d{4}-\d{2}(-\d{2})?|\d{12}_\d{12})$/;
const kiwiStyle = /^(.+)[-_. ]([1-9]\d{0,3})(s|m|h|d|w|M|H|D|W|min)$/;
const metaTraderStyle = /^(.+)[-_. ](M[1-9]\d?|H[1-9]\d?|D1|W1|MN1?)$/;
const wordStyle = /^(.+)[-_. ](hourly|daily|weekly|monthly)$/i;
const words: Readonly<Record<string, Timeframe>> = { hourly: "1h", daily: "1d", weekly: "1w", monthly: "1M" };

/** What a file name says: `BTCUSDT-1h.csv.gz`, `EURUSD_H1.csv`, `spy_daily.txt`, or only a symbol: `GOOG.csv`. */
export function parseFileName(path: string): { symbol: string; timeframe: Timeframe | null } {
  const stem = basename(path).replace(extensions, "").replace(datePart, "");
  const kiwi = kiwiStyle.exec(stem);
  if (kiwi !== null) {
    const unit = kiwi[3] === "M" ? "M" : kiwi[3]!.charAt(0).toLowerCase();
    return { symbol: kiwi[1]!, timeframe: `${kiwi[2]}${unit}` as Timeframe };
  }
  const metaTrader = metaTraderStyle.exec(stem);
  if (metaTrader !== null) return { symbol: metaTrader[1]!, timeframe: fromMetaTrader(metaTrader[2]!) };
  const word = wordStyle.exec(stem);
  if (word !== null) return { symbol: word[1]!, timeframe: words[word[2]!.toLowerCase()] ?? null };
  return { symbol: stem, timeframe: null };
}

function fromMetaTrader(name: string): Timeframe {
  return name.startsWith("MN") ? "1M" : (`${name.slice(1)}${name.charAt(0).toLowerCase()}` as Timeframe);
}
