import { barsOf, type BarField, type Bars } from "../../../../domain/bars.ts";
import { formatTime } from "../../../../base/time.ts";
import { csvError } from "../csv-errors.ts";
import type { CsvReading } from "../csv-reading.ts";

/** The last quotes of a bar may be a moment apart; where more bars than this cross, the files are not of one market. */
const crossedShareMax = 0.05;

/**
 * Bars of the bid and of the ask as one reading: prices in the middle of both, and the bars of the ask beside them, which say how far
 * each side is from it. A bar that one side lacks is left out and counted in a note. Throws `CSV_SIDES_DIFFER`.
 */
export function joinQuotes(bid: CsvReading, ask: CsvReading, paths: readonly [string, string]): CsvReading {
  const rows = sharedRows(bid.bars, ask.bars);
  const total = bid.bars.length + ask.bars.length;
  if (bid.bars.timeframe !== ask.bars.timeframe || rows.length * 4 < total)
    throw sidesDiffer(paths, "they have hardly a bar of the same length and time in common");
  const crossed = rows.filter(([b, a]) => ask.bars.close[a]! < bid.bars.close[b]!);
  if (crossed.length > rows.length * crossedShareMax) {
    const time = formatTime(bid.bars.closeTimeMs[crossed[0]![0]]!);
    throw sidesDiffer(
      paths,
      `the ask is below the bid in ${crossed.length} of ${rows.length} bars, first at ${time}`,
    );
  }
  const closes = Float64Array.from(rows, ([b]) => bid.bars.closeTimeMs[b]!);
  const column = (make: (b: number, a: number) => number): Float64Array =>
    Float64Array.from(rows, ([b, a]) => make(b, a));
  const middle = (field: BarField): Float64Array =>
    column((b, a) => (bid.bars[field][b]! + ask.bars[field][a]!) / 2);
  const { symbol, timeframe, calendarName } = bid.bars;
  const calendar = calendarName === undefined ? {} : { calendarName };
  const prices = { open: middle("open"), high: middle("high"), low: middle("low"), close: middle("close") };
  const volume = column((b) => bid.bars.volume[b]!);
  const own = (field: BarField): Float64Array => column((_, a) => ask.bars[field][a]!);
  const alone = total - 2 * rows.length;
  const notes = [
    "bid and ask: prices are their middle, buys fill at the ask and sells at the bid",
    ...(alone === 0 ? [] : [`${alone} bars that only one of bid and ask has were left out`]),
    ...(crossed.length === 0
      ? []
      : [`the ask is below the bid in ${crossed.length} bars: their distance counts as 0`]),
  ];
  return {
    ...bid,
    bars: barsOf(symbol, timeframe, { closeTimeMs: closes, ...prices, volume, ...calendar }),
    ask: barsOf(askSymbol(symbol), timeframe, {
      closeTimeMs: closes,
      open: own("open"),
      high: own("high"),
      low: own("low"),
      close: own("close"),
      volume,
      ...calendar,
    }),
    detected: { ...bid.detected, notes: [...bid.detected.notes, ...notes] },
  };
}

/** Under which name the ask of a symbol is kept. */
export function askSymbol(symbol: string): string {
  return `${symbol}.ask`;
}

/** Rows of both tables that close together. */
function sharedRows(bid: Bars, ask: Bars): readonly (readonly [number, number])[] {
  const rows: (readonly [number, number])[] = [];
  let a = 0;
  for (let b = 0; b < bid.length; b++) {
    while (a < ask.length && ask.closeTimeMs[a]! < bid.closeTimeMs[b]!) a += 1;
    if (a < ask.length && ask.closeTimeMs[a] === bid.closeTimeMs[b]) rows.push([b, a]);
  }
  return rows;
}

function sidesDiffer([bid, ask]: readonly [string, string], why: string): Error {
  return csvError({
    code: "CSV_SIDES_DIFFER",
    message:
      bid === ask
        ? `bid and ask of ${bid} do not belong together`
        : `${bid} and ${ask} are no bid and ask of one market`,
    why,
    fix: "export both sides again with one setting, or give one of the two files alone: its prices are used as they are",
  });
}
