import { canonicalJson } from "../../base/hash.ts";
import type { Proposal } from "../../search/proposer.ts";
import type { Setting } from "../../search/search-space.ts";
import { brokenRequirement, valueOf, type Objective } from "./objective.ts";
import type { Measures, TrialOutcome } from "./trial.ts";

/** A trial as the table of a search keeps it. Nothing in it depends on workers or clocks, unless it timed out. */
export type SearchRow = {
  readonly trial: number;
  readonly share: number;
  readonly setting: Setting;
  /** `refused`: it was measured and broke a requirement. */
  readonly status: "measured" | "refused" | "failed" | "timed_out";
  /** What it is ranked by, larger is better; `null` where it is not ranked. */
  readonly value: number | null;
  /** The requirement that it broke, or the error. */
  readonly why: string | null;
  readonly inSample: Measures;
  readonly folds: readonly Measures[];
  readonly outOfSample: Measures | null;
};

/** What became of a proposal. */
export function rowOf(
  trial: number,
  { share }: Proposal,
  setting: Setting,
  outcome: TrialOutcome,
  objective: Objective,
): SearchRow {
  const base = { trial, share, setting };
  if (outcome.kind !== "measured") {
    const nothing = { value: null, inSample: {}, folds: [], outOfSample: null };
    return { ...base, ...nothing, status: outcome.kind, why: outcome.error };
  }
  const { inSample, folds, outOfSample } = outcome;
  const why = brokenRequirement(objective, inSample);
  const value = why === null ? valueOf(objective, inSample, folds) : null;
  return { ...base, status: why === null ? "measured" : "refused", value, why, inSample, folds, outOfSample };
}

/** A row as one line: equal rows are equal bytes. */
export function lineOf(row: SearchRow): string {
  return canonicalJson(row);
}

/** The rows that saw all bars, the best first; those without a value come last. The earlier wins a tie. */
export function ranked(rows: readonly SearchRow[]): readonly SearchRow[] {
  const worth = ({ value }: SearchRow): number => value ?? -Number.MAX_VALUE;
  return rows.filter(({ share }) => share === 1).toSorted((a, b) => worth(b) - worth(a) || a.trial - b.trial);
}
