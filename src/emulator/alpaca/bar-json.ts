import type { Timeframe } from "../../domain/timeframe.ts";
import type { Candle } from "../candles/candle-series.ts";

/** `5Min`, `5T`, `1Hour`, `1D` ... as Alpaca's clients write lengths; null for what is none. */
export function alpacaTimeframe(text: string): Timeframe | null {
  const match = /^(\d{1,2})(Min|T|Hour|H|Day|D|Week|W|Month|M)$/.exec(text);
  if (match === null) return null;
  const count = Number(match[1]);
  const [unit, allowed] = units[match[2]!]!;
  return allowed(count) ? `${count}${unit}` : null;
}

const one = (count: number): boolean => count === 1;
const minutes = (count: number): boolean => count >= 1 && count <= 59;
const hours = (count: number): boolean => count >= 1 && count <= 23;
const months = (count: number): boolean => [1, 2, 3, 4, 6, 12].includes(count);
const units: Readonly<Record<string, readonly ["m" | "h" | "d" | "w" | "M", (count: number) => boolean]>> = {
  Min: ["m", minutes],
  T: ["m", minutes],
  Hour: ["h", hours],
  H: ["h", hours],
  Day: ["d", one],
  D: ["d", one],
  Week: ["w", one],
  W: ["w", one],
  Month: ["M", months],
  M: ["M", months],
};

/** A bar as REST writes it. */
export function barJson({
  openMs,
  open,
  high,
  low,
  close,
  volume,
  turnover,
  count,
}: Candle): Record<string, unknown> {
  return {
    t: new Date(openMs).toISOString().replace(".000Z", "Z"),
    o: open,
    h: high,
    l: low,
    c: close,
    v: volume,
    n: count,
    vw: volume === 0 ? close : turnover / volume,
  };
}

/** The last trade, which is the last close: the tape has no trades of its own. */
export function tradeJson(candle: Candle, isCrypto: boolean): Record<string, unknown> {
  const trade = { t: new Date(candle.endMs).toISOString(), p: candle.close, s: 1, i: candle.endMs };
  return isCrypto ? { ...trade, tks: "B" } : { ...trade, x: "V", c: ["@"], z: "A" };
}

/** A quote around the last close, one tick wide on each side. */
export function quoteJson(candle: Candle, tickSize: number, isCrypto: boolean): Record<string, unknown> {
  const quote = {
    t: new Date(candle.endMs).toISOString(),
    bp: candle.close - tickSize,
    bs: 1,
    ap: candle.close + tickSize,
    as: 1,
  };
  return isCrypto ? quote : { ...quote, ax: "V", bx: "V", c: ["R"], z: "A" };
}
