import { KiwiError } from "../base/errors.ts";
import type { Params, ParamValues } from "./params.ts";

/**
 * Takes the next value of every input (in the order of `inputs`) and returns output 0.
 * Further outputs are left in the `out` array that `create` received, at `out[1]`, `out[2]`, ...
 * It is never called with NaN: the engine skips such rows and the outputs are NaN there.
 */
export type Next = (a: number, b: number, c: number, d: number, e: number) => number;

/** One indicator: a streaming fold with a memory of its past and no way to see the future. */
export type IndicatorDefinition<P extends Params = Params> = {
  readonly kind: "indicator";
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** The definition as a formula, with every convention that libraries disagree on. */
  readonly formula: string;
  /** Book, paper or reference implementation the formula follows. */
  readonly source: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly params: P;
  /** Where a chart draws it: over the prices, or in a pane of its own. */
  readonly pane: "price" | "own";
  /** How many input rows pass before the first output that is not NaN: 0 = the first row has a value. */
  readonly warmup: (params: ParamValues<P>) => number;
  /**
   * How many further rows pass until the starting point weighs less than 0.1 % in the value.
   * 0 for a finite window; decisions wait for `warmup + settling` rows.
   */
  readonly settling: (params: ParamValues<P>) => number;
  readonly create: (params: ParamValues<P>, out: Float64Array) => Next;
};

/** As many as `Next` takes. */
const inputsMax = 5;

/** Throws `INDICATOR_INPUTS` for an indicator that wants more inputs than it could be handed. */
export function refuseTooManyInputs({ name, inputs }: Pick<IndicatorDefinition, "name" | "inputs">): void {
  if (inputs.length <= inputsMax) return;
  throw indicatorInputs(
    `the indicator ${name} wants ${inputs.length} inputs: ${inputs.join(", ")}`,
    `an indicator is handed at most ${inputsMax} numbers a bar; the others would be left out`,
    "join some of them in an indicator of their own, and take that as an input",
  );
}

/** `INDICATOR_INPUTS`: an indicator and its inputs do not fit together. */
export function indicatorInputs(message: string, why: string, fix: string): KiwiError {
  return new KiwiError({ code: "INDICATOR_INPUTS", exit: "data", message, why, fix, topic: "indicators" });
}

/** Gives an indicator its types and its defaults. Throws `INDICATOR_INPUTS` where it wants more than five inputs. */
export function indicator<const P extends Params>(
  definition: Omit<IndicatorDefinition<P>, "kind" | "settling" | "pane"> &
    Partial<Pick<IndicatorDefinition<P>, "settling" | "pane">>,
): IndicatorDefinition<P> {
  refuseTooManyInputs(definition);
  return { kind: "indicator", settling: () => 0, pane: "own", ...definition };
}

/** Rows until an exponential average with smoothing `alpha` has forgotten its seed to 0.1 %. */
export function settlingRows(alpha: number): number {
  return alpha >= 1 ? 0 : Math.ceil(Math.log(0.001) / Math.log(1 - alpha));
}
