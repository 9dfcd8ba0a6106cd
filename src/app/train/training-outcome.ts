import type { ModelDraft } from "../../adapters/stores/models/stored-model.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";
import type { RegimeLabel } from "../../domain/regime.ts";

/** What training one model came to. */
export type TrainingOutcome =
  | {
      readonly kind: "trained";
      readonly name: string;
      readonly model: ModelDraft<HmmArtifact>;
      readonly version: number;
      /** False where the newest version is this very model already. */
      readonly isNew: boolean;
      readonly isPromoted: boolean;
      /** Version in use before; null for none. */
      readonly replaced: number | null;
      /** Regimes of the last bars, oldest first, as the filter saw them. */
      readonly lastRegimes: readonly RegimeLabel[];
      readonly warnings: readonly string[];
    }
  | { readonly kind: "not-due"; readonly name: string; readonly reason: string };
