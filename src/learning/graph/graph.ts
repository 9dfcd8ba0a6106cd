import { assert } from "../../base/assert.ts";
import {
  onnxBytes,
  type Attribute,
  type ElementType,
  type OnnxConstant,
  type OnnxNode,
  type OnnxValue,
} from "./onnx-model.ts";

export type Shape = readonly number[];

/** A value of a graph: what it is called there, and its shape. It holds no numbers. */
export type Tensor = { readonly graph: Graph; readonly id: string; readonly shape: Shape };

/** For each input of an operation, how to get its gradient; asked only for those that are wanted. */
type Pullback = (upstream: Tensor) => readonly (() => Tensor)[];

type TapeEntry = { readonly output: Tensor; readonly inputs: readonly Tensor[]; readonly pullback: Pullback };

/** How many numbers a shape holds. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether two shapes are the same. */
export function isSameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, k) => size === b[k]);
}

/**
 * A computation in the making: operations append nodes of an ONNX model, and remember how gradients flow back through them. All
 * shapes are known while it is built, so a mistake shows there and not in a run.
 */
export class Graph {
  private readonly nodes: OnnxNode[] = [];
  private readonly constants = new Map<string, OnnxConstant>();
  private readonly inputs: OnnxValue[] = [];
  private readonly outputs: OnnxValue[] = [];
  private readonly tape: TapeEntry[] = [];
  private isRecording = true;
  private named = 0;

  get nodeCount(): number {
    return this.nodes.length;
  }

  /** Names of what must be handed in with every run. */
  get inputNames(): readonly string[] {
    return this.inputs.map(({ name }) => name);
  }

  /** Something that is handed in with every run. */
  input(name: string, shape: Shape, type: ElementType = "float"): Tensor {
    this.inputs.push({ name, shape, type });
    return { graph: this, id: name, shape };
  }

  /** Gives a value to whoever runs the graph. */
  output(name: string, value: Tensor): void {
    this.nodes.push({ operator: "Identity", inputs: [value.id], outputs: [name], attributes: {} });
    this.outputs.push({ name, shape: value.shape, type: "float" });
  }

  /** A number that stands in the file. */
  scalar(value: number): Tensor {
    return this.constant(`f${value}`, [], Float32Array.of(value));
  }

  /** Numbers that stand in the file under a name: the same name means the same numbers. */
  constant(name: string, shape: Shape, data: Float32Array): Tensor {
    assert(data.length === sizeOf(shape), "a constant fills its shape");
    if (!this.constants.has(name)) {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      this.constants.set(name, { name, type: "float", shape, bytes });
    }
    return { graph: this, id: name, shape };
  }

  /** A list of whole numbers, which some operators want in the place of an attribute. */
  indices(values: readonly number[]): Tensor {
    const name = `i${values.join("_")}`;
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.constants.set(name, { name, type: "int64", shape: [values.length], bytes });
    return { graph: this, id: name, shape: [values.length] };
  }

  /** Appends an operator; its outputs have the shapes given. Null leaves an input out. */
  apply(
    operator: string,
    inputs: readonly (Tensor | null)[],
    shapes: readonly Shape[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): readonly Tensor[] {
    const outputs = shapes.map((shape) => ({ graph: this, id: `t${(this.named += 1)}`, shape }));
    const ids = inputs.map((input) => input?.id ?? "");
    this.nodes.push({ operator, inputs: ids, outputs: outputs.map(({ id }) => id), attributes });
    return outputs;
  }

  /** Appends an operator of one output. */
  node(
    operator: string,
    inputs: readonly (Tensor | null)[],
    shape: Shape,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Tensor {
    return this.apply(operator, inputs, [shape], attributes)[0]!;
  }

  /** Remembers how gradients of `output` become those of `inputs`. Returns `output`. */
  record(output: Tensor, inputs: readonly Tensor[], pullback: Pullback): Tensor {
    if (this.isRecording) this.tape.push({ output, inputs, pullback });
    return output;
  }

  /** Builds something whose gradient is stated as a whole afterwards. */
  unrecorded<Value>(build: () => Value): Value {
    const before = this.isRecording;
    this.isRecording = false;
    const value = build();
    this.isRecording = before;
    return value;
  }

  /** The gradients of a single number by `wanted`, in reverse mode. What no path leads to has none: that is a mistake. */
  gradients(of: Tensor, wanted: readonly Tensor[]): readonly Tensor[] {
    assert(sizeOf(of.shape) === 1, "gradients are those of one number");
    this.isRecording = false;
    const reached = new Set(wanted.map(({ id }) => id));
    for (const { output, inputs } of this.tape)
      if (inputs.some(({ id }) => reached.has(id))) reached.add(output.id);
    const parts = new Map<string, Tensor[]>([[of.id, [this.scalar(1)]]]);
    for (const { output, inputs, pullback } of this.tape.toReversed()) {
      const upstream = reached.has(output.id) ? this.sum(parts, output.id) : null;
      if (upstream === null) continue;
      const flows = pullback(upstream);
      for (const [k, { id, shape }] of inputs.entries()) {
        if (!reached.has(id)) continue;
        const gradient = flows[k]!();
        assert(isSameShape(gradient.shape, shape), "a gradient has the shape of its value");
        parts.set(id, [...(parts.get(id) ?? []), gradient]);
      }
    }
    this.isRecording = true;
    return wanted.map(({ id }) => {
      const gradient = this.sum(parts, id);
      assert(gradient !== null, "every parameter matters to the loss");
      return gradient;
    });
  }

  /** The model as the bytes of an `.onnx` file. */
  bytes(): Uint8Array {
    const { nodes, inputs, outputs } = this;
    return onnxBytes({ nodes, constants: [...this.constants.values()], inputs, outputs });
  }

  private sum(parts: Map<string, Tensor[]>, id: string): Tensor | null {
    const found = parts.get(id);
    if (found === undefined) return null;
    if (found.length > 1) parts.set(id, [this.node("Sum", found, found[0]!.shape)]);
    return parts.get(id)![0]!;
  }
}
