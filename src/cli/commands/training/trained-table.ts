import type { TrainedOfAll } from "../../../app/jobs/models/train-all-job.ts";
import { table } from "../../output/table.ts";

const right = { align: "right" } as const;

/** One line for each model that was to be trained: what became of it, and how it did walking forward. */
export function trainedTable(trained: readonly TrainedOfAll[]): string {
  return table(
    [
      { title: "family" },
      { title: "symbol" },
      { title: "version", ...right },
      { title: "accuracy", ...right },
      { title: "95 %", ...right },
      { title: "always the same", ...right },
      { title: "log loss", ...right },
      { title: "ECE", ...right },
      { title: "skill p", ...right },
      { title: "took", ...right },
      { title: "" },
    ],
    trained.map((one) => [one.family, one.symbol, ...cellsOf(one)]),
  );
}

function cellsOf(trained: TrainedOfAll): readonly string[] {
  const without = (version: string, text: string) => [version, "", "", "", "", "", "", "", text];
  if (trained.kind === "failed") return without("", `failed: ${trained.parts.code}`);
  const { one } = trained;
  if (one.kind === "failed") return without("", `failed: ${one.parts.code}`);
  if (one.kind === "not-due") return without("", "not due");
  const { outcome } = one;
  if ("kind" in outcome && outcome.kind === "not-due") return without("", "not due");
  const { version, isNew, isPromoted } = outcome;
  const fate = isPromoted
    ? isNew
      ? "in use"
      : "the same as before, in use"
    : isNew
      ? "candidate"
      : "the same as before";
  if (trained.kind === "regime") return without(String(version), fate);
  const took = "tookMs" in one ? `${(one.tookMs / 1000).toFixed(0)} s` : "";
  const { artifact } = outcome.model;
  const scores = artifact.kind === "predictor" ? artifact.scores : null;
  if (scores === null) return [String(version), "", "", "", "", "", "", took, fate];
  const { accuracy, baseRate, logLoss, eceMass, skillP } = scores;
  return [
    String(version),
    percent(accuracy.value),
    `${percent(accuracy.low)} to ${percent(accuracy.high)}`,
    percent(baseRate),
    logLoss.toFixed(4),
    eceMass === null ? "" : eceMass.toFixed(3),
    skillP.toFixed(3),
    took,
    fate,
  ];
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
