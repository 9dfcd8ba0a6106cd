import type { CsvField } from "./csv-reading.ts";

/** Names in order of preference, lower case and without spaces, underscores, hyphens, units and prefixes. */
export const timeNames: readonly string[] = [
  ["timestampmsutc", "timestampms", "timeopen", "unix", "unixtime", "unixtimestamp", "epoch", "epochms"],
  [
    "timestamp",
    "timestamputc",
    "opentime",
    "starttime",
    "datetime",
    "datetimeutc",
    "time",
    "timeutc",
    "gmttime",
  ],
  [
    "localtime",
    "utctime",
    "utc",
    "candletime",
    "timeofcandle",
    "candlebegintime",
    "bartime",
    "begin",
    "start",
  ],
  ["date", "dateutc", "dateopen", "day", "dt", "ts", "t", "dtyyyymmdd", "month"],
].flat();

/** Names of a column that holds the end of each bar. */
export const closeTimeNames: readonly string[] = ["closetime", "timeclose", "endtime", "end"];

/** Names of a column with the date alone. */
export const dateNames: readonly string[] = ["date", "dtyyyymmdd", "day"];
/** Names of a column with the time of day beside one with the date. */
export const clockNames: readonly string[] = ["time", "hour", "timeofday"];

type NamedField = Exclude<CsvField, "time" | "date" | "clock">;

const fieldNames: Readonly<Record<NamedField, readonly string[]>> = {
  open: ["open", "o", "openprice", "openingprice", "priceopen", "first"],
  high: ["high", "h", "highprice", "pricehigh", "max"],
  low: ["low", "l", "lowprice", "pricelow", "min"],
  close: ["close", "c", "closeprice", "closingprice", "priceclose", "last", "closelast", "price"],
  volume: ["volume", "vol", "v", "tickvol", "tickvolume", "realvolume", "basevolume", "shares"],
  "adjusted close": ["adjclose", "adjustedclose", "adjusted", "adjclosing"],
  symbol: ["symbol", "ticker", "pair", "instrument", "name", "tic"],
};

/** A header name as the lists here write it: `<OPEN>`, `1. open`, `Open (USD)` and `GOOG.Open` are all `open`. */
export function plainName(name: string): string {
  const words = name
    .toLowerCase()
    .replaceAll(/\(.*?\)|\[.*?\]|["'<>]/g, "")
    .replace(/\badj\./, "adj")
    .replace(/\.\s*$/, "");
  return words.slice(words.lastIndexOf(".") + 1).replaceAll(/[\s_/-]/g, "");
}

/** Position of the best column for a field among plain names, or -1. */
export function columnOf(field: NamedField, names: readonly string[]): number {
  for (const wanted of fieldNames[field]) {
    const column = names.indexOf(wanted);
    if (column >= 0) return column;
  }
  // Volume in the base asset comes first where a file has both: `Volume BTC`, `Volume USDT`.
  return field === "volume" ? names.findIndex((name) => name.startsWith("volume")) : -1;
}
