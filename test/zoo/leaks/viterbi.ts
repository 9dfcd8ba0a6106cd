// Planted: the most likely path of two hidden states over the whole sample; each state knows how the path goes on.
import { longAbove, readFrom, taped } from "../tape.ts";

const tape: number[] = [];
let path: number[] = [];

/** Viterbi over the signs of the changes: staying costs nothing, a change of state costs 3, a wrong sign 1. */
function decode(): number[] {
  const back: number[][] = [];
  let cost = [0, 0];
  for (let row = 1; row < tape.length; row++) {
    const isUp = tape[row]! > tape[row - 1]!;
    const from = [0, 1].map((state) => (cost[state]! <= cost[1 - state]! + 3 ? state : 1 - state));
    cost = [0, 1].map((state) => {
      const before = cost[from[state]!]! + (from[state] === state ? 0 : 3);
      return before + (isUp === (state === 1) ? 0 : 1);
    });
    back.push(from);
  }
  const states = [cost[0]! <= cost[1]! ? 0 : 1];
  for (let row = back.length - 1; row >= 0; row--) states.push(back[row]![states.at(-1)!]!);
  return states.toReversed();
}

export default longAbove("viterbi", (close) =>
  readFrom("state", taped(close, tape), (row, value) => {
    if (path.length !== tape.length) path = decode();
    return value * (0.5 + path[row]!);
  }),
);
