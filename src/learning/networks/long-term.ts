import { add, gelu, relu, subtract } from "../graph/elementwise.ts";
import type { Graph, Tensor } from "../graph/graph.ts";
import { linear } from "../graph/matrices.ts";
import { concatenate, reshape, slice, transpose } from "../graph/shapes.ts";
import type { Parameters, ParameterShapes } from "../graph/train-step.ts";
import { attention, attentionShapes } from "./attention-block.ts";
import { dense, denseShapes, head, headShapes, lastStep, norm, normShapes } from "./blocks.ts";
import type { Network, NetworkSize } from "./network.ts";

const sizes = {
  small: { windowRows: 40, hidden: 32, width: 24, heads: 4, layers: 1, dropout: 0.3 },
  full: { windowRows: 120, hidden: 256, width: 128, heads: 8, layers: 3, dropout: 0.3 },
} as const;

/** Powers of time in a trend, and waves in a season: two blocks each. */
const [powers, waves, blocks] = [4, 4, 2] as const;
/** Steps ahead that a trend and a season are continued by. */
const ahead = 8;

type Stack = {
  readonly name: "trend" | "season";
  readonly terms: number;
  readonly basis: (time: number) => number[];
};
const stacks: readonly Stack[] = [
  { name: "trend", terms: powers, basis: (time) => Array.from({ length: powers }, (_, k) => time ** k) },
  {
    name: "season",
    terms: 2 * waves,
    basis: (time) =>
      Array.from({ length: waves }, (_, k) => 2 * Math.PI * (k + 1) * time).flatMap((angle) => [
        Math.cos(angle),
        Math.sin(angle),
      ]),
  },
];

/**
 * For the next weeks: blocks that explain one line drawn from the features by a trend, then by a season, and continue both
 * (N-BEATS, Oreshkin et al. 2020, interpretable stacks), beside a transformer over the features themselves. `trend` and `season`
 * [batch, 8] are how the two go on.
 */
export function longTermNetwork(features: number, size: NetworkSize): Network {
  const { windowRows, hidden, width, heads, layers, dropout: share } = sizes[size];
  const stackShapes = stacks.flatMap(({ name, terms }) =>
    Array.from({ length: blocks }, (_, k) => ({
      ...denseShapes(`${name}${k}.first`, windowRows, hidden),
      ...denseShapes(`${name}${k}.second`, hidden, hidden),
      ...denseShapes(`${name}${k}.terms`, hidden, 2 * terms),
    })),
  );
  const layerShapes = Array.from({ length: layers }, (_, k) => ({
    ...attentionShapes(`layer${k}`, width),
    ...normShapes(`layer${k}.before`, width),
    ...denseShapes(`layer${k}.wide`, width, 2 * width),
    ...denseShapes(`layer${k}.narrow`, 2 * width, width),
    ...normShapes(`layer${k}.after`, width),
  }));
  const shapes = Object.assign({}, ...stackShapes, ...layerShapes, {
    ...denseShapes("line", features, 1),
    ...denseShapes("embed", features, width),
    "place.bias": [windowRows, 1, width],
    ...headShapes(width + 2 * ahead, features),
  }) as ParameterShapes;
  return {
    windowRows,
    shapes,
    build(x, p, dropout) {
      const batch = x.shape[0]!;
      const inTime = transpose(x, [1, 0, 2]);
      const { trend, season } = explain(reshape(dense(x, p, "line"), [batch, windowRows]), p);
      let seen = add(dense(inTime, p, "embed"), p["place.bias"]!);
      for (let k = 0; k < layers; k++) {
        // Of the last layer only the newest step is asked.
        const asking = k === layers - 1 ? lastStep(seen) : seen;
        const { attended } = attention(seen, p, `layer${k}`, heads, asking);
        const joined = norm(add(asking, dropout(attended, share)), p, `layer${k}.before`);
        const wide = gelu(dense(joined, p, `layer${k}.wide`));
        seen = norm(add(joined, dense(wide, p, `layer${k}.narrow`)), p, `layer${k}.after`);
      }
      const found = concatenate([reshape(seen, [batch, width]), trend, season], 1);
      return { raw: head(found, inTime, p, (value) => dropout(value, share)), seen: { trend, season } };
    },
  };
}

/** What is left of the line after each block goes into the next; what each block continues is summed. */
function explain(line: Tensor, p: Parameters): { readonly trend: Tensor; readonly season: Tensor } {
  const windowRows = line.shape[1]!;
  let rest = line;
  const parts = new Map<string, Tensor>();
  for (const stack of stacks) {
    const [past, future] = basesOf(line.graph, stack, windowRows);
    for (let k = 0; k < blocks; k++) {
      const block = `${stack.name}${k}`;
      const inner = relu(dense(relu(dense(rest, p, `${block}.first`)), p, `${block}.second`));
      const terms = (side: 0 | 1) => half(inner, p, `${block}.terms`, side, stack.terms);
      rest = subtract(rest, linear(terms(0), past));
      const onward = linear(terms(1), future);
      const before = parts.get(stack.name);
      parts.set(stack.name, before === undefined ? onward : add(before, onward));
    }
  }
  return { trend: parts.get("trend")!, season: parts.get("season")! };
}

/** Factors of the terms that explain the past (0) or continue it (1). */
function half(x: Tensor, p: Parameters, prefix: string, side: 0 | 1, terms: number): Tensor {
  return slice(dense(x, p, prefix), 1, side * terms, (side + 1) * terms);
}

/** Values of the terms at the steps of the window, and at those that follow it: [terms, steps]. */
function basesOf(graph: Graph, { name, terms, basis }: Stack, windowRows: number): readonly [Tensor, Tensor] {
  const table = (label: string, from: number, steps: number): Tensor => {
    const data = new Float32Array(terms * steps);
    for (let step = 0; step < steps; step++)
      for (const [term, value] of basis((from + step) / windowRows).entries())
        data[term * steps + step] = value;
    return graph.constant(`${name}.${label}`, [terms, steps], data);
  };
  return [table("past", 0, windowRows), table("future", windowRows, ahead)];
}
