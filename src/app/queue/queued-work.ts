import type { TrialLimits } from "../search/place.ts";
import type { TrialsRequest } from "../search/trial.ts";
import type { ModelTrials } from "../train/search/model-trial.ts";
import type { RestartRequest } from "../train/restart-request.ts";

/** What is on its way to a worker: trials of a search or a validation, of a search over a model, or one attempt of a training. */
export type QueuedWork =
  | { readonly kind: "trials"; readonly piece: TrialsRequest; readonly limits: TrialLimits }
  | { readonly kind: "model trials"; readonly piece: ModelTrials; readonly limits: TrialLimits }
  | {
      readonly kind: "fit";
      readonly request: RestartRequest;
      /** The code that the training was begun with: other code could fit other numbers. */
      readonly codeVersion: string;
    };
