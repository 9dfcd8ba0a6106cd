import { apply, type Expr } from "../../src/domain/expression.ts";
import { indicator } from "../../src/domain/indicator.ts";
import { strategy, type AnyStrategy } from "../../src/ports/strategy.ts";

const plain = { summary: "", formula: "", source: "test", params: {}, warmup: () => 0 } as const;

/**
 * Writes what an expression shows on a tape. The engine folds whole columns before the first decision, so that
 * whoever reads the tape later reads the future; in a live run, the tape ends at the present bar.
 */
export function taped(value: Expr, tape: number[]): Expr {
  const definition = indicator({
    ...plain,
    name: "taped",
    inputs: ["value"],
    outputs: ["taped"],
    create() {
      tape.length = 0;
      return (x) => {
        tape.push(x);
        return x;
      };
    },
  });
  return apply(definition, [value], {});
}

/** A series whose value at each row is what `read` says; it is folded after `value` is. */
export function readFrom(name: string, value: Expr, read: (row: number, value: number) => number): Expr {
  const definition = indicator({
    ...plain,
    name,
    inputs: ["value"],
    outputs: [name],
    create() {
      let row = -1;
      return (x) => {
        row += 1;
        return read(row, x);
      };
    },
  });
  return apply(definition, [value], {});
}

/** A series that keeps a state of its own for each fold: what an honest indicator is. */
export function streamed(
  name: string,
  inputs: readonly Expr[],
  create: () => (a: number, b: number) => number,
): Expr {
  const names = inputs.map((_, index) => `input${index}`);
  return apply(indicator({ ...plain, name, inputs: names, outputs: [name], create }), inputs, {});
}

/** Long while a series is above the close. */
export function longAbove(name: string, feature: (close: Expr) => Expr): AnyStrategy {
  return strategy({
    name,
    summary: "Long while its series is above the close.",
    params: {},
    setup: ({ bars }) => ({ close: bars.close, feature: feature(bars.close) }),
    onBar({ series, target }) {
      target(series.feature.now > series.close.now ? 1 : 0, "its series against the close");
    },
  });
}
