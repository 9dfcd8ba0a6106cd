import { KiwiError } from "../../base/errors.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";

/** Trained models by the names that plug-ins ask for. */
export type RegimeModels = ReadonlyMap<string, HmmArtifact>;

/** The model of a name, for plug-ins. Throws `MODEL_UNKNOWN` where it was not loaded. */
export function modelNamed(models: RegimeModels | undefined, name: string): HmmArtifact {
  const found = models?.get(name);
  if (found !== undefined) return found;
  throw new KiwiError({
    code: "MODEL_UNKNOWN",
    exit: "config",
    message: `the model ${name} was not loaded for this run`,
    why: "models are loaded before a run, by the name in the plan of the strategy",
    fix: 'train it (kiwi train regime --data FILE) and name it in the plan: regime: { use: "hmm-model", model: NAME }',
    topic: "models",
  });
}
