import { join } from "node:path";
import { modelDamaged } from "../../adapters/stores/models/model-errors.ts";
import { KiwiError } from "../../base/errors.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";
import { filterOf } from "../../regimes/hmm-artifact-of.ts";

/** Sees to it that the numbers of a model that was read are a model. Throws `MODEL_DAMAGED`. */
export function checkModel(artifact: HmmArtifact, root: string): void {
  const { name, version, labels, params } = artifact;
  const damaged = (why: string, cause?: unknown): KiwiError =>
    modelDamaged(join(root, name, `${version}.json`), why, name, cause);
  if (labels.length !== params.states) throw damaged(`${labels.length} names for ${params.states} states`);
  try {
    filterOf(artifact);
  } catch (error) {
    if (!(error instanceof KiwiError)) throw error;
    throw damaged(error.parts.message, error);
  }
}
