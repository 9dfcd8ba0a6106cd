import type { Split } from "./split-search.ts";
import { splitNumbers, splitsAtOnce, type Team } from "./team.ts";

/**
 * Of what the members found for the same nodes, the best for each: the same for all of them. Every member searched features of
 * its own, in their order, so the first of equal ones is that which a single member would have taken.
 */
export function agreeOnSplits(own: readonly (Split | null)[], team: Team): readonly (Split | null)[] {
  if (team.size === 1) return own;
  const agreed: (Split | null)[] = [];
  for (let from = 0; from < own.length; from += splitsAtOnce) {
    const part = own.slice(from, from + splitsAtOnce);
    write(team.splitsOf(team.index), part);
    team.meet();
    const written = Array.from({ length: team.size }, (_, member) => team.splitsOf(member));
    agreed.push(...part.map((_, k) => best(written, k * splitNumbers)));
    team.turn();
  }
  return agreed;
}

function write(room: Float64Array, splits: readonly (Split | null)[]): void {
  for (const [k, split] of splits.entries()) {
    const at = k * splitNumbers;
    room[at] = split?.gain ?? 0;
    if (split === null) continue;
    room[at + 1] = split.feature;
    room[at + 2] = split.bin;
    room[at + 3] = split.isMissingLeft ? 1 : 0;
    room[at + 4] = split.leftValue;
    room[at + 5] = split.rightValue;
  }
}

function best(written: readonly Float64Array[], at: number): Split | null {
  let room = written[0]!;
  for (const other of written) if (other[at]! > room[at]!) room = other;
  const gain = room[at]!;
  if (!(gain > 0)) return null;
  return {
    gain,
    feature: room[at + 1]!,
    bin: room[at + 2]!,
    isMissingLeft: room[at + 3] === 1,
    leftValue: room[at + 4]!,
    rightValue: room[at + 5]!,
  };
}
