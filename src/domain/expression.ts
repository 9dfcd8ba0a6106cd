import { assert } from "../base/assert.ts";
import type { BarField } from "./bars.ts";
import { indicatorInputs, refuseTooManyInputs, type IndicatorDefinition } from "./indicator.ts";
import { resolveParams, type Params, type ParamValue, type ParamValues } from "./params.ts";
import { parseTimeframe, type Timeframe } from "./timeframe.ts";

/** A column that a source delivers: a bar field, the close time, or the number of the trading session. */
export type SourceField = BarField | "closeTimeMs" | "session";

/**
 * Which bars an expression runs over: `""` is the strategy's own bars, `"1d"` a higher timeframe of them,
 * `"SPY@"` another symbol's bars, `"SPY@1d"` a higher timeframe of those.
 */
export type FrameKey = string;
export const ownFrame: FrameKey = "";

type Node =
  | { readonly kind: "field"; readonly field: SourceField }
  | { readonly kind: "constant"; readonly value: number }
  | {
      readonly kind: "indicator";
      readonly definition: IndicatorDefinition;
      readonly params: Readonly<Record<string, ParamValue>>;
      readonly inputs: readonly Expr[];
      readonly output: number;
    }
  /** The last closed row of another frame, seen from the own one. */
  | { readonly kind: "align"; readonly input: Expr };

/**
 * A symbolic series. It holds no numbers, so whoever builds it cannot read data, past or future.
 * Equal `key`s mean equal columns: the engine folds each distinct expression once.
 */
export type Expr = {
  readonly key: string;
  readonly frame: FrameKey;
  readonly node: Node;
};

/** A column of the source bars. */
export function field(name: SourceField, frame: FrameKey = ownFrame): Expr {
  return { key: frame === ownFrame ? name : `${frame}:${name}`, frame, node: { kind: "field", field: name } };
}

/** The same number on every row of a frame. */
function constant(value: number, frame: FrameKey): Expr {
  assert(Number.isFinite(value), "a constant is a finite number");
  return {
    key: frame === ownFrame ? `${value}` : `${frame}:${value}`,
    frame,
    node: { kind: "constant", value },
  };
}

function refuseInputs(definition: Pick<IndicatorDefinition, "name" | "inputs">, given: number): void {
  refuseTooManyInputs(definition);
  const { name, inputs } = definition;
  if (given === inputs.length) return;
  throw indicatorInputs(
    `the indicator ${name} was given ${given} inputs`,
    `it takes ${inputs.length}: ${inputs.join(", ")}`,
    `apply it to ${inputs.length === 1 ? "one series" : `${inputs.length} series, in that order`}`,
  );
}

/**
 * Applies an indicator to expressions; several frames meet in the own frame, by their last closed rows.
 * Throws `PARAM_INVALID` when a parameter is outside what the indicator allows, and `INDICATOR_INPUTS` when inputs are missing
 * or too many.
 */
export function apply<P extends Params>(
  definition: IndicatorDefinition<P>,
  inputs: readonly (Expr | number)[],
  params: ParamValues<P>,
  output = 0,
): Expr {
  refuseInputs(definition, inputs.length);
  const frames = new Set(inputs.filter((input) => typeof input !== "number").map((input) => input.frame));
  const frame = frames.size === 1 ? [...frames][0]! : ownFrame;
  const aligned = inputs.map((input) => {
    if (typeof input === "number") return constant(input, frame);
    return input.frame === frame ? input : align(input);
  });
  const values: Record<string, ParamValue> = resolveParams(
    `indicator ${definition.name}`,
    definition.params,
    params,
  );
  const given = Object.values(values);
  const list = [...aligned.map((e) => e.key), ...given.map(String)].join(",");
  const suffix = definition.outputs.length > 1 ? `.${definition.outputs[output]!}` : "";
  return {
    key: `${definition.name}(${list})${suffix}`,
    frame,
    // The parameters were checked against this very definition above; the node forgets their exact type.
    node: {
      kind: "indicator",
      definition: definition as unknown as IndicatorDefinition,
      params: values,
      inputs: aligned,
      output,
    },
  };
}

function align(input: Expr): Expr {
  return { key: `last(${input.key})`, frame: ownFrame, node: { kind: "align", input } };
}

/** The series of one frame that a strategy starts from. */
export type BarSeries = { readonly [Name in BarField]: Expr } & {
  /** When each bar became known, UTC milliseconds. */
  readonly time: Expr;
  /** Number of the trading session (the UTC day in a 24/7 market); what session indicators reset on. */
  readonly session: Expr;
};

/** The bars of a frame as expressions. */
export function barSeries(frame: FrameKey = ownFrame): BarSeries {
  return {
    open: field("open", frame),
    high: field("high", frame),
    low: field("low", frame),
    close: field("close", frame),
    volume: field("volume", frame),
    time: field("closeTimeMs", frame),
    session: field("session", frame),
  };
}

/** The frame of a higher timeframe. Throws `TIMEFRAME_UNKNOWN`. */
export function timeframeFrame(timeframe: Timeframe, symbol = ""): FrameKey {
  parseTimeframe(timeframe);
  return symbol === "" ? timeframe : `${symbol}@${timeframe}`;
}
