import type { Lanes, Shares } from "../chart/time-figure.ts";
import { secondsOf, shorter, type TimeAxis } from "./time-model.ts";

type Names = Pick<Lanes, "names" | "letters" | "looks">;

/** What is in force from each of some rising times until the next, as a lane; a negative lane is nowhere. */
export type InForce = {
  readonly timeMs: Float64Array;
  readonly length: number;
  readonly laneAt: (row: number) => number;
};

/**
 * Stretches of one lane each. Where there are more than `most` of them, the axis is cut into as many columns, each
 * with the share of its time that belonged to a lane.
 */
export function laneSeries(names: Names, inForce: InForce, axis: TimeAxis, most: number): Lanes {
  const exact = stretchesOf(inForce, axis);
  const kept = exact.lane.length <= most ? exact : columnsOf(exact, names.letters.length, axis, most);
  return { ...names, ...kept };
}

type Stretches = {
  readonly fromS: number[];
  readonly toS: number[];
  readonly lane: number[];
  readonly share: number[];
};

function stretchesOf({ timeMs, length, laneAt }: InForce, axis: TimeAxis): Stretches {
  const found: Stretches = { fromS: [], toS: [], lane: [], share: [] };
  for (let row = 0; row < length;) {
    const lane = laneAt(row);
    let end = row + 1;
    while (end < length && laneAt(end) === lane) end += 1;
    const toS = end < length ? secondsOf(axis, timeMs[end]!) : axis.toS;
    if (lane >= 0) push(found, secondsOf(axis, timeMs[row]!), toS, lane, 1);
    row = end;
  }
  return found;
}

function columnsOf(exact: Stretches, lanes: number, { fromS, toS }: TimeAxis, most: number): Stretches {
  const found: Stretches = { fromS: [], toS: [], lane: [], share: [] };
  const columns = Math.max(1, Math.floor(most / lanes));
  const widthS = (toS - fromS) / columns;
  const shares = Array.from({ length: lanes }, () => new Float64Array(columns));
  for (let k = 0; k < exact.lane.length; k++) {
    const from = Math.max(0, (exact.fromS[k]! - fromS) / widthS);
    const to = Math.min(columns, (exact.toS[k]! - fromS) / widthS);
    const share = shares[exact.lane[k]!]!;
    for (let column = Math.floor(from); column < to; column++)
      share[column]! += Math.min(to, column + 1) - Math.max(from, column);
  }
  for (const [lane, share] of shares.entries()) {
    for (let column = 0; column < columns; column++) {
      if (share[column]! < 0.02) continue;
      const start = Math.round(fromS + column * widthS);
      push(found, start, Math.round(fromS + (column + 1) * widthS), lane, Number(share[column]!.toFixed(2)));
    }
  }
  return found;
}

function push(found: Stretches, fromS: number, toS: number, lane: number, share: number): void {
  found.fromS.push(fromS);
  found.toS.push(toS);
  found.lane.push(lane);
  found.share.push(share);
}

/**
 * Shares over time, averaged within at most `most` columns of equal numbers of rows. `values` is row-major with one
 * entry per name.
 */
export function shareSeries(
  names: Names,
  timeMs: Float64Array,
  values: ArrayLike<number>,
  length: number,
  axis: TimeAxis,
  most: number,
): Shares {
  const width = names.letters.length;
  const columns = Math.min(length, most);
  const timeS: number[] = [];
  const shares: number[][] = names.letters.map(() => []);
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * length) / columns);
    const to = Math.floor(((column + 1) * length) / columns);
    timeS.push(secondsOf(axis, timeMs[to - 1]!));
    for (let name = 0; name < width; name++) {
      let sum = 0;
      for (let row = from; row < to; row++) sum += values[row * width + name]!;
      shares[name]!.push(shorter(Number((sum / (to - from)).toFixed(4))));
    }
  }
  return { ...names, timeS, values: shares };
}
