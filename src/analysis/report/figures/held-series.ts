import type { HeldSpans } from "../chart/time-figure.ts";
import type { HeldSpan } from "../series/account-paths.ts";
import { secondsOf, type TimeAxis } from "./time-model.ts";

/**
 * When a symbol was held. Where there are more than `most` stretches, the axis is cut into as many columns, each with
 * the share of its time that was spent on a side.
 */
export function heldSeries(spans: readonly HeldSpan[], axis: TimeAxis, most: number): HeldSpans {
  const exact = {
    fromS: spans.map((span) => secondsOf(axis, span.fromMs)),
    toS: spans.map((span) => secondsOf(axis, span.toMs)),
    side: spans.map((span) => span.side),
  };
  return spans.length <= most ? exact : columnsOf(exact, axis, most);
}

function columnsOf(spans: HeldSpans, { fromS, toS }: TimeAxis, most: number): HeldSpans {
  const widthS = (toS - fromS) / most;
  const [long, short] = [new Float64Array(most), new Float64Array(most)];
  for (let k = 0; k < spans.fromS.length; k++) {
    const from = (spans.fromS[k]! - fromS) / widthS;
    const to = Math.min(most, (spans.toS[k]! - fromS) / widthS);
    const share = spans.side[k]! > 0 ? long : short;
    for (let column = Math.floor(from); column < to; column++)
      share[column]! += Math.min(to, column + 1) - Math.max(from, column);
  }
  const found: { fromS: number[]; toS: number[]; side: number[] } = { fromS: [], toS: [], side: [] };
  for (const [share, sign] of [
    [long, 1],
    [short, -1],
  ] as const) {
    for (let column = 0; column < most; column++) {
      if (share[column]! < 0.005) continue;
      found.fromS.push(Math.round(fromS + column * widthS));
      found.toS.push(Math.round(fromS + (column + 1) * widthS));
      found.side.push(Number((sign * Math.min(1, share[column]!)).toFixed(2)));
    }
  }
  return found;
}
