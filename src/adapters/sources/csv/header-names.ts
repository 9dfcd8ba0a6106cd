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
    // Polygon, Databento, CoinAPI.
    "windowstart",
    "tsevent",
    "timeperiodstart",
  ],
  ["date", "dateutc", "dateopen", "day", "dt", "ts", "t", "dtyyyymmdd", "month"],
  ["dates", "tradedate", "tradingdate", "tradingday", "datum", "data", "fecha"],
].flat();

/** Names of a column that holds the end of each bar. */
export const closeTimeNames: readonly string[] = [
  "closetime",
  "timeclose",
  "endtime",
  "end",
  "timeperiodend",
];

/** Names of a column with the date alone. */
export const dateNames: readonly string[] = ["date", "dtyyyymmdd", "day", "datum", "tradedate"];
/** Names of a column with the time of day beside one with the date. */
export const clockNames: readonly string[] = ["time", "hour", "timeofday", "zeit", "uhrzeit"];

type NamedField = Exclude<CsvField, "time" | "date" | "clock">;

/** Bloomberg's names begin with PX; the last ones of each list are German and Polish (Vienna, Ariva, Stooq). */
const fieldNames: Readonly<Record<NamedField, readonly string[]>> = {
  open: listed("open o openprice openingprice priceopen first pxopen eröffnung eroeffnung erster otwarcie"),
  high: listed("high h highprice pricehigh max pxhigh hoch najwyzszy"),
  low: listed("low l lowprice pricelow min pxlow tief najnizszy"),
  close: listed(
    "close c closeprice closingprice priceclose last closelast lastclose lastprice pxlast pxclose price",
    "schluss schlusskurs letzter zamkniecie",
  ),
  volume: listed(
    "volume vol v tickvol tickvolume realvolume basevolume shares pxvolume volumetraded",
    "stück stueck stücke stuecke volumen wolumen",
  ),
  "adjusted close": ["adjclose", "adjustedclose", "adjusted", "adjclosing"],
  symbol: ["symbol", "ticker", "pair", "instrument", "name", "tic"],
};

function listed(...names: readonly string[]): readonly string[] {
  return names.join(" ").split(" ");
}

/** A header name as the lists here write it: `<OPEN>`, `1. open`, `Open (USD)` and `GOOG.Open` are all `open`. */
export function plainName(name: string): string {
  const words = name
    .toLowerCase()
    .replaceAll(/\(.*?\)|\[.*?\]|["'<>*]/g, "")
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

/** Whether these fields name the four prices of a bar: what stands above them is no part of the table. */
export function namesPrices(fields: readonly string[]): boolean {
  const names = fields.map(plainName);
  return (["open", "high", "low", "close"] as const).every((field) => columnOf(field, names) >= 0);
}
