import { KiwiError } from "../../base/errors.ts";
import type { TensorGraph, TensorRuntime, TensorValue } from "../../ports/tensor-runtime.ts";

/** What both packages of ONNX Runtime offer, as far as it is used here. */
type Ort = typeof import("onnxruntime-node");
type OrtModule = { readonly ort: Ort; readonly description: string; readonly isNative: boolean };

const typeNames = new Map<unknown, "float32" | "uint8" | "int32">([
  [Float32Array, "float32"],
  [Uint8Array, "uint8"],
  [Int32Array, "int32"],
]);

/** Execution providers that are tried where a GPU may be taken, and what each runs on. */
const gpuProviders = [
  ["cuda", "a GPU by CUDA"],
  ["dml", "a GPU by DirectML"],
] as const;

/**
 * ONNX Runtime: `native` unless its library is missing on this machine, then WebAssembly, which is slower. On the CPU, where the
 * same numbers come out on every machine of a kind; `auto` takes a GPU where there is one. Throws `RUNTIME_MISSING`.
 */
export async function onnxRuntime(
  wanted: "native" | "web" | "best" = "best",
  device: "cpu" | "auto" = "cpu",
): Promise<TensorRuntime> {
  const { ort, description, isNative } =
    wanted === "web" ? await loadWeb() : await loadNative(wanted === "best");
  const gpu = isNative && device === "auto" ? await findGpu(ort) : null;
  return {
    description: gpu === null ? description : `onnxruntime-node on ${gpu.text}`,
    async open(model, threads) {
      const session = await ort.InferenceSession.create(model, {
        ...(gpu !== null && { executionProviders: [gpu.name, "cpu"] }),
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

/** The first GPU that a graph can be opened on; a package may know of one whose driver is not there. */
async function findGpu(ort: Ort): Promise<{ readonly name: string; readonly text: string } | null> {
  const known = new Set(ort.listSupportedBackends().map(({ name }) => name));
  for (const [name, text] of gpuProviders) {
    if (!known.has(name)) continue;
    const opened = await ort.InferenceSession.create(smallestModel, {
      executionProviders: [name],
      logSeverityLevel: 4,
    }).catch(() => null);
    await opened?.release();
    if (opened !== null) return { name, text };
  }
  return null;
}

/** The file of a graph of one node, x to the larger of x and 0. */
const smallestModel = Buffer.from(
  "CAgSBGtpd2k6NgoMCgF4EgF5IgRSZWx1EgRraXdpWg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUIECgAQEUIOCgphaS5vbm54Lm1sEAM=",
  "base64",
);

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
    const ort = await import("onnxruntime-node");
    return { ort, description: "onnxruntime-node on the CPU", isNative: true };
  } catch (cause) {
    if (mayFallBack) return loadWeb();
    throw missing("onnxruntime-node", cause);
  }
}

async function loadWeb(): Promise<OrtModule> {
  try {
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    const description = "onnxruntime-web on one thread of the CPU";
    return { ort: ort as unknown as Ort, description, isNative: false };
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
