import type { LinearBody } from "../../domain/predictor-artifact.ts";
import type { Scaler } from "../data/scaler.ts";
import { onnxBytes, type OnnxConstant } from "../graph/onnx-model.ts";

/**
 * A linear model as an `.onnx` file: input `rows` [N, width] of unscaled features, NaN where there is no value, output
 * `probability` [N, 1], before recalibration.
 */
export function linearToOnnx({ weights, intercept }: LinearBody, { centres, scales }: Scaler): Uint8Array {
  const width = weights.length;
  const constant = (name: string, shape: readonly number[], data: readonly number[]): OnnxConstant => ({
    name,
    type: "float",
    shape,
    bytes: new Uint8Array(Float32Array.from(data).buffer),
  });
  const node = (operator: string, inputs: readonly string[], output: string) => ({
    operator,
    inputs,
    outputs: [output],
    attributes: {},
  });
  return onnxBytes({
    nodes: [
      node("IsNaN", ["rows"], "missing"),
      node("Where", ["missing", "centres", "rows"], "whole"),
      node("Sub", ["whole", "centres"], "centred"),
      node("Div", ["centred", "scales"], "wide"),
      node("Clip", ["wide", "low", "high"], "scaled"),
      node("Gemm", ["scaled", "weights", "intercept"], "score"),
      node("Sigmoid", ["score"], "probability"),
    ],
    constants: [
      constant("centres", [width], centres),
      constant("scales", [width], scales),
      constant("low", [], [-8]),
      constant("high", [], [8]),
      constant("weights", [width, 1], weights),
      constant("intercept", [1], [intercept]),
    ],
    inputs: [{ name: "rows", type: "float", shape: ["N", width] }],
    outputs: [{ name: "probability", type: "float", shape: ["N", 1] }],
  });
}
