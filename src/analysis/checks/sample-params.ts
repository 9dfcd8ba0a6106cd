import type { Prng } from "../../base/prng.ts";
import type { Param, Params, ParamValue } from "../../domain/params.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { GivenParams } from "./check-subject.ts";

const triesMax = 200;

/**
 * Parameter sets that cover the declared ranges: each range is cut into `count` pieces, and every piece of every
 * parameter is in one of the sets (Latin hypercube; McKay, Beckman and Conover 1979). Sets that the strategy's own
 * condition refuses are drawn again, and left out when that does not help.
 */
export function sampleParams(strategy: AnyStrategy, count: number, prng: Prng): readonly GivenParams[] {
  const entries = Object.entries(strategy.params as Params);
  if (entries.length === 0) return [];
  const pieces = entries.map(() => shuffled(count, prng));
  const sets: GivenParams[] = [];
  for (let k = 0; k < count; k++) {
    for (let tries = 0; tries < triesMax; tries++) {
      // The first tries stay in the pieces that are due; later ones look anywhere.
      const pieceOf = (index: number) => (tries < triesMax / 2 ? pieces[index]![k]! : prng.integer(count));
      const set = Object.fromEntries(
        entries.map(([name, param], index) => [name, draw(param, (pieceOf(index) + prng.next()) / count)]),
      );
      if (strategy.where !== undefined && !strategy.where(set)) continue;
      sets.push(set);
      break;
    }
  }
  return sets;
}

/** The value at a share of the way through a parameter's range. */
function draw(param: Param, share: number): ParamValue {
  switch (param.kind) {
    case "bool":
      return share < 0.5;
    case "choice":
      return param.options[Math.floor(share * param.options.length)]!;
    case "text":
      return param.default;
    case "int":
      return param.min + Math.floor(share * (param.max - param.min + 1));
    case "float":
      return param.min + share * (param.max - param.min);
  }
}

function shuffled(count: number, prng: Prng): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let k = count - 1; k > 0; k--) {
    const other = prng.integer(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  return order;
}
