import { dayMs, minuteMs, secondMs } from "../../base/time.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { CandleBook } from "../candles/candle-book.ts";
import type { Candle } from "../candles/candle-series.ts";
import { decimal } from "../wire/decimal.ts";
import type { IbError } from "./ib-errors.ts";
import { dateText, readTime, timeText } from "./ib-times.ts";
import { frame, type Field } from "./frames.ts";

/** What history is asked for. */
export type AskedBars = {
  readonly reqId: number;
  readonly symbol: string;
  readonly endTime: string;
  readonly barSize: string;
  readonly duration: string;
  readonly whatToShow: string;
  /** 2 asks for seconds since 1970 in the place of texts. */
  readonly formatDate: number;
};

const timeframes: Readonly<Record<string, Timeframe>> = {
  "1 min": "1m",
  "2 mins": "2m",
  "3 mins": "3m",
  "5 mins": "5m",
  "10 mins": "10m",
  "15 mins": "15m",
  "20 mins": "20m",
  "30 mins": "30m",
  "1 hour": "1h",
  "2 hours": "2h",
  "3 hours": "3h",
  "4 hours": "4h",
  "8 hours": "8h",
  "1 day": "1d",
  "1 week": "1w",
  "1 month": "1M",
};

const spansMs: Readonly<Record<string, number>> = {
  S: secondMs,
  D: dayMs,
  W: 7 * dayMs,
  M: 31 * dayMs,
  Y: 366 * dayMs,
};
/** These have prices and no volume. */
const withoutVolume = new Set(["MIDPOINT", "BID", "ASK", "BID_ASK"]);

/** Candles of the range that was asked for, with the one that is still open. */
export function historyOf(asked: AskedBars, candles: CandleBook, nowMs: number): Buffer | IbError {
  const timeframe = timeframes[asked.barSize];
  const series = timeframe === undefined ? null : candles.of(asked.symbol, timeframe);
  if (series === null)
    return [162, `Historical Market Data Service error message:there are no bars of ${asked.barSize} here`];
  const [, count = "", unit = ""] = /^(\d+) ([SDWMY])$/.exec(asked.duration) ?? [];
  const spanMs = Number(count) * (spansMs[unit] ?? 0);
  const endMs = asked.endTime === "" ? nowMs : readTime(asked.endTime);
  if (!(spanMs > 0) || endMs === null)
    return [321, "Error validating request.-'bH' : cause - duration or end of the history cannot be read"];
  const rows = series.between(endMs - spanMs, endMs - 1);
  if (rows.length === 0)
    return [162, "Historical Market Data Service error message:HMDS query returned no data"];
  const isDaily = /day|week|month/.test(asked.barSize);
  return frame([
    17,
    asked.reqId,
    timeText(endMs - spanMs),
    timeText(endMs),
    rows.length,
    ...rows.flatMap((candle) => {
      const [open, high, low, close] = pricesOf(candle);
      return [stampOf(candle, asked.formatDate, isDaily), open, high, low, close, ...sizesOf(candle, asked)];
    }),
  ]);
}

/** The last candle anew: it has grown, or another one has begun. */
export function updateOf(asked: AskedBars, candles: CandleBook): Buffer | null {
  const timeframe = timeframes[asked.barSize]!;
  const candle = candles.of(asked.symbol, timeframe)?.candles.at(-1);
  if (candle === undefined) return null;
  const [open, high, low, close] = pricesOf(candle);
  const [volume, average, count] = sizesOf(candle, asked);
  const stamp = stampOf(candle, asked.formatDate, /day|week|month/.test(asked.barSize));
  return frame([90, asked.reqId, count, stamp, open, close, high, low, average, volume]);
}

/** One bar of five seconds with all that the last bar of the tape held: there is nothing finer. */
export function realTimeBar(reqId: number, symbol: string, candles: CandleBook): Buffer | null {
  const candle = candles.of(symbol, "1m")?.candles.at(-1);
  if (candle === undefined) return null;
  const seconds = Math.round((candle.openMs + minuteMs) / secondMs) - 5;
  const [volume, average, count] = sizesOf(candle, { whatToShow: "TRADES" });
  return frame([50, 3, reqId, seconds, ...pricesOf(candle), volume, average, count]);
}

function pricesOf({ open, high, low, close }: Candle): readonly [Field, Field, Field, Field] {
  return [decimal(open), decimal(high), decimal(low), decimal(close)];
}

function sizesOf(
  candle: Candle,
  { whatToShow }: Pick<AskedBars, "whatToShow">,
): readonly [Field, Field, Field] {
  const { volume, turnover, close, count } = candle;
  if (withoutVolume.has(whatToShow)) return ["-1", "-1", -1];
  return [decimal(volume), decimal(volume > 0 ? turnover / volume : close), count];
}

function stampOf({ openMs }: Candle, formatDate: number, isDaily: boolean): string {
  if (isDaily) return dateText(openMs + dayMs / 2);
  return formatDate === 2 ? String(Math.round(openMs / secondMs)) : timeText(openMs);
}

/** Last price, bid and ask: one tick around the last close. */
export function priceTicks(reqId: number, price: number, tick: number): readonly Buffer[] {
  const places = [
    [1, price - tick],
    [2, price + tick],
    [4, price],
  ] as const;
  return places.map(([kind, value]) => frame([1, 6, reqId, kind, decimal(value), 100, 0]));
}
