import { formatTime } from "../../base/time.ts";
import { barFields, type Bars } from "../../domain/bars.ts";
import type { Finding } from "./bar-report.ts";
import { countOf, Tally } from "./finding-list.ts";

/** Columns that were rounded one by one may cross by this much, relative to the price. */
const roundingRelative = 1e-9;

/** Finds bars that no market can have made: they must be repaired or left out before anything is computed. */
export function findBrokenBars(bars: Bars, examplesMax: number): readonly Finding[] {
  const notFinite = new Tally(examplesMax);
  const nonPositive = new Tally(examplesMax);
  const ohlc = new Tally(examplesMax);
  const negativeVolume = new Tally(examplesMax);
  for (let row = 0; row < bars.length; row++) {
    if (isSound(bars, row)) continue;
    const time = bars.closeTimeMs[row]!;
    const text = () => describe(bars, row);
    if (barFields.some((field) => !Number.isFinite(bars[field][row]))) notFinite.add(time, text);
    else if (Math.min(bars.open[row]!, bars.high[row]!, bars.low[row]!, bars.close[row]!) <= 0)
      nonPositive.add(time, text);
    else if (isCrossed(bars, row)) ohlc.add(time, text);
    if (bars.volume[row]! < 0) negativeVolume.add(time, text);
  }
  return [
    ...notFinite.finding(
      "notFinite",
      "error",
      `${countOf(notFinite.count, "bar")} with a value that is no finite number`,
    ),
    ...nonPositive.finding(
      "nonPositive",
      "error",
      `${countOf(nonPositive.count, "bar")} with a price of zero or below`,
    ),
    ...ohlc.finding(
      "ohlc",
      "error",
      `${countOf(ohlc.count, "bar")} with an open or close outside of low to high`,
    ),
    ...negativeVolume.finding(
      "negativeVolume",
      "error",
      `${countOf(negativeVolume.count, "bar")} with a negative volume`,
    ),
  ];
}

/** Finds times that do not increase: bars that came late, or twice. */
export function findTimeFaults(bars: Bars, examplesMax: number): readonly Finding[] {
  const disorder = new Tally(examplesMax);
  const duplicate = new Tally(examplesMax);
  for (let row = 1; row < bars.length; row++) {
    const before = bars.closeTimeMs[row - 1]!;
    const time = bars.closeTimeMs[row]!;
    if (time > before) continue;
    if (time === before) duplicate.add(time, () => `${formatTime(time)} comes twice`);
    else disorder.add(time, () => `${formatTime(time)} follows ${formatTime(before)}`);
  }
  return [
    ...disorder.finding("disorder", "error", `${countOf(disorder.count, "bar")} earlier than the one before`),
    ...duplicate.finding(
      "duplicate",
      "error",
      `${countOf(duplicate.count, "bar")} with the time of the one before`,
    ),
  ];
}

/** The usual case in few comparisons; NaN makes any of them false. */
function isSound({ open, high, low, close, volume }: Bars, row: number): boolean {
  const top = high[row]!;
  const bottom = low[row]!;
  const first = open[row]!;
  const last = close[row]!;
  const isFinite = top < Infinity && volume[row]! < Infinity;
  return (
    isFinite &&
    bottom > 0 &&
    volume[row]! >= 0 &&
    first >= bottom &&
    last >= bottom &&
    first <= top &&
    last <= top
  );
}

function isCrossed({ open, high, low, close }: Bars, row: number): boolean {
  const slack = high[row]! * roundingRelative;
  const top = high[row]! + slack;
  const bottom = low[row]! - slack;
  return bottom > top || open[row]! > top || close[row]! > top || open[row]! < bottom || close[row]! < bottom;
}

function describe(bars: Bars, row: number): string {
  return barFields.map((field) => `${field} ${bars[field][row]}`).join(", ");
}
