import type { Lanes, Shares } from "./time-figure.ts";

// The source text of these functions runs in the page too: they use each other and nothing else of this module.

/** One lane per name: how much of each pixel's time belonged to it, as a bar that rises from the lane's ground. */
export function laneMarks(
  lanes: Lanes,
  view: { readonly fromS: number; readonly toS: number },
  width: number,
  height: number,
): string {
  const columns = Math.max(1, Math.floor(width));
  const perSecond = columns / (view.toS - view.fromS);
  const size = height / lanes.letters.length;
  const shares = lanes.letters.map(() => new Float64Array(columns));
  for (let k = 0; k < lanes.fromS.length; k++) {
    const from = Math.max(0, (lanes.fromS[k]! - view.fromS) * perSecond);
    const to = Math.min(columns, (lanes.toS[k]! - view.fromS) * perSecond);
    const share = shares[lanes.lane[k]!]!;
    for (let column = Math.floor(from); column < to; column++)
      share[column]! += (Math.min(to, column + 1) - Math.max(from, column)) * lanes.share[k]!;
  }
  return shares
    .map((share, lane) => lanePath(share, size * (lane + 1), size * 0.86, lanes.looks[lane]!))
    .join("");
}

function lanePath(share: Float64Array, ground: number, size: number, look: string): string {
  let path = `M0 ${toTenth(ground)}`;
  let last = 0;
  for (let column = 0; column < share.length; column++) {
    const level = Math.min(1, Math.round(share[column]! * 20) / 20);
    if (level !== last) path += `H${column}V${toTenth(ground - size * level)}`;
    last = level;
  }
  const line = `<path class="grid" d="M0 ${toTenth(ground)}H${share.length}"/>`;
  return `${line}<path class="band ${look}" d="${path}H${share.length}V${toTenth(ground)}Z"/>`;
}

/** The letters of the lanes, left of the plot. */
export function laneLetters(lanes: Lanes, height: number): string {
  const size = height / lanes.letters.length;
  return lanes.letters
    .map(
      (letter, lane) =>
        `<text class="tick" x="-9" y="${toTenth(size * (lane + 0.5) + 4)}" text-anchor="end">${letter}</text>`,
    )
    .join("");
}

/** Shares of a whole, one on top of the other, each with its letter where it is widest. */
export function shareMarks(
  shares: Shares,
  view: { readonly fromS: number; readonly toS: number },
  width: number,
  height: number,
): string {
  const x = (timeS: number) => ((timeS - view.fromS) / (view.toS - view.fromS)) * width;
  const below = shares.timeS.map(() => 0);
  let areas = "";
  let letters = "";
  for (const [name, values] of shares.values.entries()) {
    let upper = "";
    let lower = "";
    for (let k = 0; k < shares.timeS.length; k++) {
      const at = x(shares.timeS[k]!);
      const from = below[k]!;
      below[k] = from + values[k]!;
      upper += `${k === 0 ? "M" : "L"}${toTenth(at)} ${toTenth(height * (1 - below[k]!))}`;
      lower = `L${toTenth(at)} ${toTenth(height * (1 - from))}${lower}`;
    }
    const best = widestAt(values, Math.ceil((8 * shares.timeS.length) / width));
    areas += `<path class="share ${shares.looks[name]!}" d="${upper}${lower}Z"/>`;
    if (best >= 0 && values[best]! * height > 14)
      letters += `<text class="value" x="${toTenth(x(shares.timeS[best]!))}" y="${toTenth(height * (1 - below[best]! + values[best]! / 2) + 4)}" text-anchor="middle">${shares.letters[name]!}</text>`;
  }
  return areas + letters;
}

/** The row around which, `reach` rows to both sides, the smallest value is largest; -1 where there are too few rows. */
function widestAt(values: readonly number[], reach: number): number {
  let best = -1;
  let widest = -Infinity;
  for (let k = reach; k < values.length - reach; k++) {
    let least = values[k]!;
    for (let near = k - reach; near <= k + reach && least > widest; near++)
      least = Math.min(least, values[near]!);
    if (least <= widest) continue;
    widest = least;
    best = k;
  }
  return best;
}

function toTenth(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Every function above, for the page. */
export const bandFunctions = [laneMarks, lanePath, laneLetters, shareMarks, widestAt, toTenth];
