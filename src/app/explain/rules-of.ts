import { riskProfiles } from "../../risk/profiles.ts";
import type { RunConfig } from "../run-config.ts";
import type { ExplainedRule } from "./explanation.ts";
import type { HeardVerdict } from "./recording.ts";

/** What every rule said about the orders of an instrument, with the limits that it was given. */
export function rulesOf(
  config: RunConfig,
  verdicts: readonly HeardVerdict[],
  instrument: number,
): readonly ExplainedRule[] {
  const options = optionsOf(config);
  return verdicts
    .filter((heard) => heard.instrument === instrument)
    .map(({ rule, verdict }) => ({
      rule,
      options: options.get(rule) ?? {},
      pass: verdict.kind === "approve",
      reason: verdict.kind === "approve" ? null : verdict.reason,
      limit: verdict.kind === "approve" ? null : verdict.limit,
      value: verdict.kind === "approve" ? null : verdict.value,
    }));
}

function optionsOf({ account, risk }: RunConfig): ReadonlyMap<string, ExplainedRule["options"]> {
  const carried = { use: "gross-exposure", limit: account.kind === "cash" ? 1 : account.leverage };
  const profile = risk.profile === "none" ? [] : riskProfiles[risk.profile].rules;
  return new Map([carried, ...profile, ...risk.rules].map(({ use, ...options }) => [use, options]));
}
