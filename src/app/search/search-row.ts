import { canonicalJson } from "../../base/hash.ts";
import { KiwiError } from "../../base/errors.ts";
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

/** Throws `OBJECTIVE_NONE` where no trial can be ranked, with the reasons by how often they were met. */
export function refuseUnranked(rows: readonly SearchRow[], { formula }: Objective): void {
  // What was good on few bars and could not be ranked on all of them is nobody's best.
  const whole = rows.filter(({ share }) => share === 1);
  if (whole.some(({ value }) => value !== null)) return;
  const reasons = new Map<string, number>();
  for (const { why } of whole) {
    const reason = why ?? `${formula.text} is not available (too few periods or trades)`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const common = [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 3);
  throw new KiwiError({
    code: "OBJECTIVE_NONE",
    exit: "data",
    message: `none of ${whole.length} trials${whole.length < rows.length ? " that saw all bars" : ""} can be ranked by ${formula.text}`,
    why: common.map(([reason, count]) => `${count}: ${reason}`).join("; "),
    fix: "loosen what is required (--require), take more data, or another --objective; the trials stay counted",
    topic: "optimize",
  });
}
