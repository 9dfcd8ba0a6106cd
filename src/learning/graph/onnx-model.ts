import { ProtobufWriter } from "./protobuf.ts";

// Field numbers of onnx.proto3 (ONNX IR version 8); https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3

/** Numbers of the element types that Kiwi's graphs use. */
export const elementTypes = { float: 1, uint8: 2, int32: 6, int64: 7 } as const;
export type ElementType = keyof typeof elementTypes;

/** What an operator is told besides its inputs. Lists say of what: `{ ints: [1, 2] }`. */
export type Attribute =
  | number
  | string
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] };

export type OnnxNode = {
  readonly operator: string;
  /** Empty for an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
};

/** A constant that the file carries. */
export type OnnxConstant = {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

/** A number is a fixed size, a text a size that the caller chooses. */
export type OnnxValue = {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
};

export type OnnxModel = {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
};

const irVersion = 8;
/** Operators as they were in ONNX 1.12, which every runtime of the last years knows; trees come from the ML set. */
const operatorSets = [
  ["", 17],
  ["ai.onnx.ml", 3],
] as const;

/** The bytes of an `.onnx` file. */
export function onnxBytes({ nodes, constants, inputs, outputs }: OnnxModel): Uint8Array {
  const graph = new ProtobufWriter();
  for (const node of nodes) graph.message(1, nodeOf(node));
  graph.text(2, "kiwi");
  for (const constant of constants) graph.message(5, constantOf(constant));
  for (const value of inputs) graph.message(11, valueOf(value));
  for (const value of outputs) graph.message(12, valueOf(value));
  const model = new ProtobufWriter().int(1, irVersion).text(2, "kiwi").message(7, graph);
  for (const [domain, version] of operatorSets)
    model.message(8, new ProtobufWriter().text(1, domain).int(2, version));
  return model.finish();
}

function nodeOf({ operator, inputs, outputs, attributes, domain }: OnnxNode): ProtobufWriter {
  const node = new ProtobufWriter();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(4, operator);
  for (const [name, value] of Object.entries(attributes)) node.message(5, attributeOf(name, value));
  if (domain !== undefined) node.text(7, domain);
  return node;
}

/** Field 20 names which of the other fields holds the value. */
function attributeOf(name: string, value: Attribute): ProtobufWriter {
  const attribute = new ProtobufWriter().text(1, name);
  if (typeof value === "number") return attribute.int(3, value).int(20, 2);
  if (typeof value === "string") return attribute.text(4, value).int(20, 3);
  if ("float" in value) return attribute.float(2, value.float).int(20, 1);
  if ("ints" in value) return attribute.ints(8, value.ints).int(20, 7);
  if ("floats" in value) return attribute.floats(7, value.floats).int(20, 6);
  for (const text of value.strings) attribute.text(9, text);
  return attribute.int(20, 8);
}

function constantOf({ name, type, shape, bytes }: OnnxConstant): ProtobufWriter {
  return new ProtobufWriter().ints(1, shape).int(2, elementTypes[type]).text(8, name).bytes(9, bytes);
}

function valueOf({ name, type, shape }: OnnxValue): ProtobufWriter {
  const sizes = new ProtobufWriter();
  for (const size of shape) {
    const one = new ProtobufWriter();
    sizes.message(1, typeof size === "number" ? one.int(1, size) : one.text(2, size));
  }
  const tensor = new ProtobufWriter().int(1, elementTypes[type]).message(2, sizes);
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor));
}
