/** Numbers in a shape: 32-bit floats, bytes of a mask, or whole numbers that index something. */
export type TensorValue = {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array | Int32Array;
};

/** A graph of computations that is ready to run. */
export interface TensorGraph {
  /** Computes every output, by name. Equal inputs give equal bits for a given number of threads. */
  run(inputs: Readonly<Record<string, TensorValue>>): Promise<Readonly<Record<string, TensorValue>>>;
  close(): Promise<void>;
}

/** What carries out graphs of computations. */
export interface TensorRuntime {
  /** What it is and what it runs on, for people: `onnxruntime-node on the CPU`. */
  readonly description: string;
  /** Opens the bytes of an ONNX model. */
  open(model: Uint8Array, threads: number): Promise<TensorGraph>;
}
