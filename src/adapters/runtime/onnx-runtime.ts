import { KiwiError } from "../../base/errors.ts";
import type { TensorGraph, TensorRuntime, TensorValue } from "../../ports/tensor-runtime.ts";

/** What both packages of ONNX Runtime offer, as far as it is used here. */
type Ort = typeof import("onnxruntime-node");
type OrtModule = { readonly ort: Ort; readonly description: string };

const typeNames = new Map<unknown, "float32" | "uint8" | "int32">([
  [Float32Array, "float32"],
  [Uint8Array, "uint8"],
  [Int32Array, "int32"],
]);

/** ONNX Runtime: `native` unless its library is missing on this machine, then WebAssembly, which is slower. Throws `RUNTIME_MISSING`. */
export async function onnxRuntime(wanted: "native" | "web" | "best" = "best"): Promise<TensorRuntime> {
  const { ort, description } = wanted === "web" ? await loadWeb() : await loadNative(wanted === "best");
  return {
    description,
    async open(model, threads) {
      const session = await ort.InferenceSession.create(model, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
      });
      return graphOf(ort, session);
    },
  };
}

function graphOf(ort: Ort, session: import("onnxruntime-node").InferenceSession): TensorGraph {
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { data, shape }]) => {
          const type = typeNames.get(data.constructor)!;
          return [name, new ort.Tensor(type as "float32", data as Float32Array, shape)];
        }),
      );
      const found = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(found).map(([name, { data, dims }]): [string, TensorValue] => [
          name,
          { data: data as Float32Array, shape: dims },
        ]),
      );
    },
    close: () => session.release(),
  };
}

async function loadNative(mayFallBack: boolean): Promise<OrtModule> {
  try {
    return { ort: await import("onnxruntime-node"), description: "onnxruntime-node on the CPU" };
  } catch (cause) {
    if (mayFallBack) return loadWeb();
    throw missing("onnxruntime-node", cause);
  }
}

async function loadWeb(): Promise<OrtModule> {
  try {
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    return { ort: ort as unknown as Ort, description: "onnxruntime-web on one thread of the CPU" };
  } catch (cause) {
    throw missing("onnxruntime-web", cause);
  }
}

function missing(what: string, cause: unknown): KiwiError {
  return new KiwiError(
    {
      code: "RUNTIME_MISSING",
      exit: "config",
      message: `${what} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      why: "networks are trained and asked by ONNX Runtime",
      fix: "npm install   (trees and logistic regression need no runtime: kiwi train boosted)",
      topic: "models",
    },
    { cause },
  );
}
