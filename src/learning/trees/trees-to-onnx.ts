import type { TreesBody } from "../../domain/predictor-artifact.ts";
import { onnxBytes, type Attribute } from "../graph/onnx-model.ts";

/**
 * Trees as an `.onnx` file that any runtime opens: input `rows` [N, width] of 32-bit floats, NaN where there is no value, output
 * `probability` [N, 1], before recalibration.
 */
export function treesToOnnx(body: TreesBody, width: number): Uint8Array {
  const link = body.link === "logit" ? "Sigmoid" : "Identity";
  return onnxBytes({
    nodes: [
      {
        operator: "TreeEnsembleRegressor",
        domain: "ai.onnx.ml",
        inputs: ["rows"],
        outputs: ["sum"],
        attributes: attributesOf(body),
      },
      { operator: link, inputs: ["sum"], outputs: ["probability"], attributes: {} },
    ],
    constants: [],
    inputs: [{ name: "rows", type: "float", shape: ["N", width] }],
    outputs: [{ name: "probability", type: "float", shape: ["N", 1] }],
  });
}

function attributesOf(body: TreesBody): Readonly<Record<string, Attribute>> {
  const { roots, feature, threshold, left, right, missingLeft, value, base } = body;
  const nodes = [...feature.keys()];
  const treeOf = nodes.map((node) => roots.findLastIndex((root) => root <= node));
  const inTree = (node: number) => node - roots[treeOf[node]!]!;
  const child = (of: readonly number[]) => nodes.map((node) => (of[node]! < 0 ? 0 : inTree(of[node]!)));
  const leaves = nodes.filter((node) => feature[node]! < 0);
  return {
    base_values: { floats: [base] },
    n_targets: 1,
    nodes_treeids: { ints: treeOf },
    nodes_nodeids: { ints: nodes.map(inTree) },
    nodes_featureids: { ints: feature.map((asked) => Math.max(0, asked)) },
    nodes_values: { floats: threshold },
    nodes_modes: { strings: feature.map((asked) => (asked < 0 ? "LEAF" : "BRANCH_LT")) },
    nodes_truenodeids: { ints: child(left) },
    nodes_falsenodeids: { ints: child(right) },
    nodes_missing_value_tracks_true: { ints: missingLeft },
    target_treeids: { ints: leaves.map((node) => treeOf[node]!) },
    target_nodeids: { ints: leaves.map(inTree) },
    target_ids: { ints: leaves.map(() => 0) },
    target_weights: { floats: leaves.map((node) => value[node]!) },
  };
}
