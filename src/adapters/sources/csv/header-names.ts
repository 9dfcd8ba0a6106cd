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
  [
    "dates",
    "tradedate",
    "exchangedate",
    "mts",
    "tradingdate",
    "tradingday",
    "datum",
    "data",
    "fecha",
    "дата",
    "日期",
    "时间",
    "時間",
    "日付",
    "日時",
    "날짜",
    "tarih",
    "日付け",
    "period",
    "quarter",
    "week",
    "year",
  ],
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
export const dateNames: readonly string[] = [
  "date",
  "dtyyyymmdd",
  "day",
  "datum",
  "tradedate",
  "deliveryday",
  "deliverydate",
  "fecha",
  "дата",
  "日期",
  "日付",
  "날짜",
];
/** Names of a column with the time of day beside one with the date. */
export const clockNames: readonly string[] = [
  "time",
  "hour",
  "timeofday",
  "zeit",
  "uhrzeit",
  "hourending",
  "stunde",
];

type NamedField = Exclude<CsvField, "time" | "date" | "clock">;

/**
 * Bloomberg's names begin with PX; behind the English ones stand German, Polish, French, Spanish, Portuguese, Italian,
 * Dutch and Russian ones, then Chinese, Japanese and Korean ones, Turkish and Scandinavian ones.
 */
const fieldNames: Readonly<Record<NamedField, readonly string[]>> = {
  open: listed(
    "open o openpx openprice openingprice priceopen first pxopen eröffnung eroeffnung erster otwarcie",
    "ouverture ouv apertura abertura opening открытие откр 开盘 开盘价 開盤 開盤價 始値 시가",
    "eröffn açılış öppen öppning åpning",
  ),
  high: listed(
    "high h highpx tageshoch highprice pricehigh max pxhigh hoch najwyzszy",
    "haut plushaut máximo maximo máxima maxima massimo hoog максимум макс 最高 最高价 最高價 高値 고가",
    "高 yüksek högst høy",
  ),
  low: listed(
    "low l lowpx tagestief lowprice pricelow min pxlow tief najnizszy",
    "bas plusbas mínimo minimo mínima minima laag минимум мин 最低 最低价 最低價 安値 저가",
    "低 düşük lägst lav",
  ),
  close: listed(
    "close c closepx closeprice closingprice priceclose last closelast lastclose lastprice pxlast pxclose price",
    "schluss schlusskurs letzter zamkniecie clôture cloture clôt clot dernier cierre último ultimo fechamento",
    "chiusura slot slotkoers закрытие цена 收盘 收盘价 收盤 收盤價 終値 종가",
    "zuletzt laatst ostatnio şimdi senaste siste",
  ),
  volume: listed(
    "volume vol v tickvol tickvolume realvolume basevolume periodvolume shares pxvolume volumetraded totalvolume",
    "ofshares numberofshares",
    // What was paid for them stands beside it, and comes last.
    "umsatzinstück umsatzinstueck umsatzstück umsatz",
    "stück stueck stücke stuecke volumen wolumen wol объём объем 成交量 交易量 出来高 거래량 hac",
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
    .replaceAll(/\(.*?\)|\[.*?\]|["'<>*#]/g, "")
    .normalize("NFC")
    .replace(/\badj\./, "adj")
    .replace(/\.\s*$/, "")
    .replace(/^\s*\d+\.\s*/, "");
  // `GOOG.Open`, but `PREV. CLOSE` is another price.
  return words.replace(/^.*\.(?=\S)/, "").replaceAll(/[\s_/-]/g, "");
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
