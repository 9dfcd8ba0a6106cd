import type { ModelDraft } from "../src/adapters/stores/models/stored-model.ts";
import type { HmmArtifact } from "../src/domain/hmm-artifact.ts";

/** A small model that nobody trained. */
export function modelArtifact(changes: Partial<HmmArtifact> = {}): HmmArtifact {
  return {
    format: 1,
    name: "regime-SPY-1d",
    version: 0,
    symbol: "SPY",
    timeframe: "1d",
    features: { kind: "blocks", blockBars: 24, names: ["drift", "log volatility"] },
    scaler: { centres: [0, -4], scales: [1, 0.5] },
    params: {
      states: 2,
      features: 2,
      covariance: "full",
      initial: [0.5, 0.5],
      transition: [0.9, 0.1, 0, 1],
      means: [0, -5, 0, -4],
      covariances: [1, 0, 0, 0.1, 1, 0, 0, 0.1],
    },
    labels: ["sideways", "volatile"],
    summaries: [
      { meanReturn: 0.1 + 0.2, volatility: 0.01, share: 1, expectedDwellBars: 240 },
      { meanReturn: Number.NaN, volatility: Number.NaN, share: 0, expectedDwellBars: Infinity },
    ],
    trainedFromMs: Date.UTC(2020, 0, 1),
    trainedThroughMs: Date.UTC(2021, 0, 1),
    dataFingerprint: "00",
    seed: 42,
    codeVersion: "test",
    logLikelihood: -123.456,
    restarts: [{ start: "k-means 0.95", logLikelihood: -123.456, iterations: 7, converged: true }],
    aic: 300,
    bic: 310,
    ...changes,
  };
}

/** The same as it is handed to a store. */
export function modelDraft(changes: Partial<HmmArtifact> = {}): ModelDraft {
  return {
    artifact: modelArtifact(changes),
    dataKind: "real",
    tried: [{ states: 2, logLikelihood: -123.456, aic: 300, bic: 310 }],
    judgement: null,
  };
}
