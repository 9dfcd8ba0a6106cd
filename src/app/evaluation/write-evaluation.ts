import { resolve } from "node:path";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { writeFault } from "../../adapters/stores/bars/bar-store-errors.ts";
import { evaluationHtml } from "./evaluation-html.ts";
import type { ModelEvaluation } from "./model-evaluation.ts";

/** Writes the page of an evaluation; returns its path. Throws what writing throws. */
export function writeEvaluation(evaluation: ModelEvaluation, folder: string, file: string): string {
  const path = resolve(folder, file);
  try {
    writeWhole(path, evaluationHtml(evaluation));
  } catch (cause) {
    throw writeFault(path, cause, "models");
  }
  return path;
}
