import type { Split } from "./split-search.ts";
import type { Team } from "./team.ts";

/** Numbers of a split as members tell each other. */
const numbers = 8;

/**
 * Of what the members found for the same nodes, the best for each: the same for all of them. Every member searched features of
 * its own, in their order, so the first of equal ones is that which a single member would have taken.
 */
export function agreeOnSplits(own: readonly (Split | null)[], team: Team): readonly (Split | null)[] {
  if (team.size === 1) return own;
  const told = new Float64Array(own.length * numbers);
  for (const [k, split] of own.entries()) if (split !== null) write(told, k * numbers, split);
  const all = team.exchange(told);
  return own.map((_, k) => best(all, k * numbers));
}

function write(room: Float64Array, at: number, split: Split): void {
  room[at] = split.gain;
  room[at + 1] = split.feature;
  room[at + 2] = split.bin;
  room[at + 3] = split.isMissingLeft ? 1 : 0;
  room[at + 4] = split.leftValue;
  room[at + 5] = split.rightValue;
  room[at + 6] = split.leftWeight;
  room[at + 7] = split.rightWeight;
}

function best(told: readonly Float64Array[], at: number): Split | null {
  let room = told[0]!;
  for (const other of told) if (other[at]! > room[at]!) room = other;
  const gain = room[at]!;
  if (!(gain > 0)) return null;
  return {
    gain,
    feature: room[at + 1]!,
    bin: room[at + 2]!,
    isMissingLeft: room[at + 3] === 1,
    leftValue: room[at + 4]!,
    rightValue: room[at + 5]!,
    leftWeight: room[at + 6]!,
    rightWeight: room[at + 7]!,
  };
}
