import type { Judgement, ModelDraft, StoredModel } from "../../adapters/stores/models/stored-model.ts";
import type { TrainingOutcome } from "../../app/train/training-outcome.ts";
import { formatTime } from "../../base/time.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";
import type { RegimeLabel } from "../../domain/regime.ts";
import { predictorText } from "./predictor-text.ts";
import { pairs, table } from "./table.ts";

const right = { align: "right" } as const;
const signs: Readonly<Record<RegimeLabel, string>> = {
  "trend-up": "/",
  "trend-down": "\\",
  sideways: "-",
  volatile: "^",
  unknown: "?",
};

/** What a model was trained on, and what it learned. */
export function modelText({ artifact, ...rest }: ModelDraft): string {
  return artifact.kind === "predictor"
    ? predictorText(artifact, rest.dataKind)
    : regimeText({ artifact, ...rest });
}

/** Where a stored version comes from: what it replaced or was held against, and the hashes of all that it was made of. */
export function lineageText({ artifact, judgement, sha256 }: StoredModel): string {
  const { seed, codeVersion, dataFingerprint, trainedFromMs, trainedThroughMs } = artifact;
  const features =
    artifact.kind === "predictor"
      ? `${artifact.features.set} version ${artifact.features.version}, ${artifact.features.definition.slice(0, 16)}`
      : artifact.features.names.join(", ");
  return pairs([
    ["hash", sha256],
    ["parent", judgement === null ? "none: the first of its name" : `version ${judgement.against}`],
    [
      "data",
      `${formatTime(trainedFromMs)} to ${formatTime(trainedThroughMs)}, ${dataFingerprint.slice(0, 16)}`,
    ],
    ["features", features],
    ["made with", `seed ${seed}, code ${codeVersion.slice(0, 16)}`],
  ]);
}

function regimeText({ artifact, dataKind, tried, judgement }: ModelDraft<HmmArtifact>): string {
  const { symbol, timeframe, trainedFromMs, trainedThroughMs, seed, logLikelihood, params } = artifact;
  const head = pairs([
    [
      "trained on",
      `${dataKind === "synthetic" ? "SYNTHETIC " : ""}${symbol} ${timeframe}, bars that close ${formatTime(trainedFromMs)} to ${formatTime(trainedThroughMs)}`,
    ],
    ["looks at", `${artifact.features.names.join(" and ")} of ${artifact.features.blockBars} bars at a time`],
    ["fit", `${params.states} states, log likelihood ${logLikelihood.toFixed(1)}, seed ${seed}`],
    ["judged", judgementText(judgement)],
  ]);
  const table = [
    head,
    "",
    statesText(artifact),
    "",
    triedText(tried, params.states),
    "",
    attemptsText(artifact),
  ];
  return table.join("\n");
}

function statesText({ labels, summaries }: HmmArtifact): string {
  return table(
    [
      { title: "state", ...right },
      { title: "label" },
      { title: "mean return", ...right },
      { title: "volatility", ...right },
      { title: "lasts", ...right },
      { title: "share", ...right },
    ],
    summaries.map(({ meanReturn, volatility, expectedDwellBars, share }, state) => [
      String(state + 1),
      labels[state]!,
      percent(meanReturn, 3, "+"),
      percent(volatility, 2),
      expectedDwellBars < Infinity ? `${expectedDwellBars.toFixed(0)} bars` : "for ever",
      percent(share, 1),
    ]),
  );
}

function triedText(tried: ModelDraft["tried"], chosen: number): string {
  return table(
    [
      { title: "states", ...right },
      { title: "log likelihood", ...right },
      { title: "AIC", ...right },
      { title: "BIC", ...right },
      { title: "" },
    ],
    tried.map((one) => [
      String(one.states),
      one.logLikelihood.toFixed(1),
      one.aic.toFixed(1),
      one.bic.toFixed(1),
      one.states === chosen && tried.length > 1 ? "chosen: lowest BIC" : "",
    ]),
  );
}

function attemptsText({ restarts }: HmmArtifact): string {
  return table(
    [
      { title: "attempt" },
      { title: "log likelihood", ...right },
      { title: "steps", ...right },
      { title: "" },
    ],
    restarts.map(({ start, logLikelihood, iterations, converged }) => [
      start,
      logLikelihood.toFixed(1),
      String(iterations),
      converged ? "" : "not converged",
    ]),
  );
}

/** How a model did against the one before it, in a line. */
function judgementText(judgement: Judgement | null): string {
  if (judgement === null) return "not: there was nothing to compare it with";
  const { against, kind, bars, candidate, inUse, isAtLeastAsGood } = judgement;
  if (kind === "incomparable") return `not: version ${against} looks at other numbers`;
  if (kind === "too-few") return "not: too few bars to hold some of them out";
  const where =
    kind === "after"
      ? `on ${bars} bars that neither had seen`
      : `on the last ${bars} bars, part of which version ${against} was trained on`;
  const verdict = isAtLeastAsGood ? "at least as good" : "worse";
  return `${verdict} ${where}: log likelihood ${fixed(candidate)} per bar, version ${against} ${fixed(inUse)}`;
}

/** What training a model came to. */
export function outcomeText(outcome: TrainingOutcome): string {
  if (outcome.kind === "not-due") return `${outcome.name}: nothing to do; ${outcome.reason}`;
  const { name, model, lastRegimes } = outcome;
  return [`${name}: ${fateText(outcome)}`, "", modelText(model), "", stripText(lastRegimes)].join("\n");
}

function fateText(outcome: Extract<TrainingOutcome, { kind: "trained" }>): string {
  const { name, version, isNew, isPromoted, replaced } = outcome;
  if (!isNew) return `version ${version} is this very model already${isPromoted ? ", and in use" : ""}`;
  if (isPromoted) return `version ${version} is in use${replaced === null ? "" : ` in place of ${replaced}`}`;
  return `version ${version} is kept as a candidate, version ${replaced} stays in use   (kiwi model promote ${name} ${version})`;
}

function stripText(regimes: readonly RegimeLabel[]): string {
  const legend = Object.entries(signs)
    .filter(([label]) => regimes.includes(label as RegimeLabel))
    .map(([label, sign]) => `${sign} ${label}`);
  return `last ${regimes.length} bars  ${regimes.map((label) => signs[label]).join("")}   ${legend.join("  ")}`;
}

function percent(share: number, digits: number, plus = ""): string {
  if (!Number.isFinite(share)) return "n/a";
  return `${share > 0 ? plus : ""}${(share * 100).toFixed(digits)} %`;
}

function fixed(value: number | null): string {
  return value === null ? "n/a" : value.toFixed(4);
}
