import type { CandleSeries, TradeMarks } from "./time-figure.ts";

// The source text of these functions runs in the page too: they use each other and nothing else of this module.

type Scale = (value: number) => number;

/** Volume as bars on the ground of the price pane, the largest one a fifth of its height. */
export function volumeMarks(candles: CandleSeries, x: Scale, height: number): string {
  const { volume, closeS, spanS } = candles;
  const largest = (volume ?? []).reduce((most, each) => Math.max(most, each), 0);
  if (volume === undefined || largest === 0) return "";
  const half = Math.max(0.5, Math.min(7, (x(spanS) - x(0)) * 0.34));
  let path = "";
  for (let k = 0; k < closeS.length; k++) {
    const at = x(closeS[k]! - spanS / 2);
    const top = height - (volume[k]! / largest) * height * 0.2;
    path += `M${tenths(at - half)} ${height}V${tenths(top)}H${tenths(at + half)}V${height}Z`;
  }
  return `<path class="volume" d="${path}"/>`;
}

/** A line from each entry to its exit, won or lost, with the trade's result where there is room for the words. */
export function tradeLines(
  trades: TradeMarks,
  spanS: number,
  view: { readonly fromS: number; readonly toS: number },
  x: Scale,
  y: Scale,
): string {
  const paths = { won: "", lost: "" };
  let words = "";
  let free = 0;
  for (let k = 0; k < trades.entryS.length; k++) {
    if (trades.exitS[k]! < view.fromS || trades.entryS[k]! > view.toS) continue;
    const [from, to] = [x(trades.entryS[k]! - spanS / 2), x(trades.exitS[k]! - spanS / 2)];
    const [entry, exit] = [y(trades.entryPrice[k]!), y(trades.exitPrice[k]!)];
    const result = trades.pnl[k]! > 0 ? "won" : "lost";
    paths[result] += `M${tenths(from)} ${tenths(entry)}L${tenths(to)} ${tenths(exit)}`;
    const [middle, room] = [(from + to) / 2, 62];
    if (to - from < 44 || middle - room / 2 < free || middle + room / 2 > x(view.toS)) continue;
    free = middle + room / 2;
    words += `<text class="value ${result}" x="${tenths(middle)}" y="${tenths((entry + exit) / 2 - 6)}" text-anchor="middle">${resultText(trades.returnFraction[k]!)}</text>`;
  }
  return `<path class="way won" d="${paths.won}"/><path class="way lost" d="${paths.lost}"/>${words}`;
}

/** The last value of a curve at each close: over grouped candles it is as coarse as they are. */
export function atCloses(
  line: { readonly timeS: readonly number[]; readonly value: readonly number[] },
  closeS: readonly number[],
): { readonly timeS: readonly number[]; readonly value: readonly number[] } {
  const found: { timeS: number[]; value: number[] } = { timeS: [], value: [] };
  let row = -1;
  for (const each of closeS) {
    while (row + 1 < line.timeS.length && line.timeS[row + 1]! <= each) row += 1;
    if (row < 0) continue;
    found.timeS.push(each);
    found.value.push(line.value[row]!);
  }
  return found;
}

function resultText(fraction: number): string {
  return `${fraction > 0 ? "+" : fraction < 0 ? "\u2212" : ""}${Math.abs(fraction * 100).toFixed(2)} %`;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Every function above, for the page. */
export const priceFunctions = [volumeMarks, tradeLines, atCloses, resultText, tenths];
