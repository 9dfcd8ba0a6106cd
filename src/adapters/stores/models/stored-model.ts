import type { HmmArtifact } from "../../../domain/hmm-artifact.ts";
import type { PredictorArtifact } from "../../../domain/predictor-artifact.ts";

/** One number of states that was tried. */
export type StatesTried = {
  readonly states: number;
  readonly logLikelihood: number;
  readonly aic: number;
  readonly bic: number;
};

/** A new model beside the one in use, on bars that the new one was trained without. */
export type Judgement = {
  /** Version of the model in use. */
  readonly against: number;
  /**
   * `after`: the bars after the training of the model in use; `tail`: the last bars, part of which that model was
   * trained on, which favours it; `incomparable`: the two do not look at the same numbers; `too-few`: too few bars
   * would be left to train on.
   */
  readonly kind: "after" | "tail" | "incomparable" | "too-few";
  readonly bars: number;
  /**
   * Log likelihood per bar: of a model of regimes trained like the new one, but without these bars; of a model of direction on
   * outcomes that it had not seen.
   */
  readonly candidate: number | null;
  readonly inUse: number | null;
  readonly isAtLeastAsGood: boolean;
};

/** A model as it is handed to the store, which gives it its version. */
export type ModelDraft<Artifact = HmmArtifact | PredictorArtifact> = {
  readonly artifact: Artifact;
  /** What it was trained on: models of made-up bars are marked everywhere. */
  readonly dataKind: "real" | "synthetic";
  readonly tried: readonly StatesTried[];
  /** Null for the first model of a name. */
  readonly judgement: Judgement | null;
};

/** A model of the store. */
export type StoredModel<Artifact = HmmArtifact | PredictorArtifact> = ModelDraft<Artifact> & {
  /** When it was trained, UTC milliseconds; no part of the checksum, so that the same training gives the same one. */
  readonly createdMs: number;
  /** SHA-256 over everything else. */
  readonly sha256: string;
};
