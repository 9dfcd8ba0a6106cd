import { writeFile } from "node:fs/promises";
import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import { writeFault } from "../../adapters/stores/bars/bar-store-errors.ts";
import { KiwiError } from "../../base/errors.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { linearToOnnx } from "../../learning/linear/linear-to-onnx.ts";
import { treesToOnnx } from "../../learning/trees/trees-to-onnx.ts";
import { modelsFolderOf, readModelName } from "./models-folder.ts";

/** What was written, and what the file takes and gives. */
export type Exported = {
  readonly name: string;
  readonly version: number;
  readonly path: string;
  readonly bytes: number;
  readonly features: readonly string[];
  readonly windowRows: number;
};

/** Writes a model of direction as an `.onnx` file. Throws what reading throws, `MODEL_OTHER_KIND` and what writing throws. */
export async function exportModel(folder: string, wanted: string, path: string): Promise<Exported> {
  const { name, version } = readModelName(wanted);
  const { artifact } = await new ModelStore(modelsFolderOf(folder)).read(name, version);
  if (artifact.kind !== "predictor") throw notExportable(name);
  const bytes = onnxOf(artifact);
  await writeFile(path, bytes).catch((cause: unknown) => {
    throw writeFault(path, cause, "models");
  });
  const { features, windowRows } = artifact;
  return { name, version: artifact.version, path, bytes: bytes.length, features: features.names, windowRows };
}

/** A model of direction as the bytes of an `.onnx` file; of networks the file that is kept. */
export function onnxOf({ body, scaler, features }: PredictorArtifact): Uint8Array {
  switch (body.kind) {
    case "network":
      return Buffer.from(body.onnx, "base64");
    case "trees":
      return treesToOnnx(body, features.names.length);
    case "linear":
      return linearToOnnx(body, scaler);
  }
}

function notExportable(name: string): KiwiError {
  return new KiwiError({
    code: "MODEL_OTHER_KIND",
    exit: "usage",
    message: `${name} is a model of regimes, and those have no ONNX form`,
    why: "a filter carries its state from bar to bar, and a file of one answer has nowhere to keep it",
    fix: "export a model of direction   (kiwi model list shows what there is)",
    topic: "models",
  });
}
