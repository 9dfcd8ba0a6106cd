import type { Expr } from "../../src/domain/expression.ts";
import { streamed } from "./tape.ts";

export const hourMs = 3_600_000;

/** The close, written down by its time while it is folded: in a backtest, soon all closes there will be. */
export function noteCloses(time: Expr, close: Expr, closes: Map<number, number>): Expr {
  return streamed("notedclose", [time, close], () => {
    closes.clear();
    return (timeMs, value) => {
      closes.set(timeMs, value);
      return value;
    };
  });
}
