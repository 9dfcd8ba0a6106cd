import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** What the cross of two averages comes to when somebody reckons it without Kiwi. */
export type PlainResult = {
  readonly trades: number;
  readonly finalEquity: number;
  readonly feesPaid: number;
};

const lots = 1e8;

/**
 * The long-only cross of two averages of closes in a cash account, in one plain loop over a file of `time, open, high,
 * low, close, volume`: the rule of docs/reference/fills.md and nothing of the engine. Averages are exact (whole numbers
 * of 1e-8), lots and ticks are 1e-8, the quantity comes from the close, fills are at the next open with slippage.
 */
export function plainCross(
  path: string,
  fast: number,
  slow: number,
  fee: number,
  slippage: number,
  start: number,
): PlainResult {
  const rows = gunzipSync(readFileSync(path))
    .toString("utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  const opens = rows.map((row) => Number(row[1]));
  const closes = rows.map((row) => Number(row[4]));
  const units = rows.map((row) => BigInt(Math.round(Number(row[4]) * lots)));
  let [cash, held, trades, feesPaid, wanted] = [start, 0, 0, 0, 0];
  let order: "buy" | "sell" | null = null;
  let before = 0;
  let [fastSum, slowSum] = [0n, 0n];
  for (let row = 0; row < rows.length; row++) {
    if (order === "buy") {
      const price = Math.ceil(opens[row]! * (1 + slippage) * lots - 1e-6) / lots;
      held = Math.min(wanted, Math.floor((cash / (price * (1 + fee))) * lots) / lots);
      cash -= held * price * (1 + fee);
      feesPaid += held * price * fee;
    } else if (order === "sell") {
      const price = Math.floor(opens[row]! * (1 - slippage) * lots + 1e-6) / lots;
      cash += held * price * (1 - fee);
      feesPaid += held * price * fee;
      trades += 1;
      held = 0;
    }
    order = null;
    fastSum += units[row]! - (row >= fast ? units[row - fast]! : 0n);
    slowSum += units[row]! - (row >= slow ? units[row - slow]! : 0n);
    // fastSum / fast against slowSum / slow, without dividing.
    const difference = fastSum * BigInt(slow) - slowSum * BigInt(fast);
    const side = difference > 0n ? 1 : difference < 0n ? -1 : 0;
    if (row >= slow && before <= 0 && side > 0 && held === 0) {
      order = "buy";
      wanted = Math.floor((cash / (closes[row]! * (1 + fee + slippage))) * lots) / lots;
    } else if (row >= slow && before >= 0 && side < 0 && held > 0) order = "sell";
    before = side;
  }
  return { trades, finalEquity: cash + held * closes.at(-1)!, feesPaid };
}
