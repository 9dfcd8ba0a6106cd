import { riskProfiles } from "../../risk/profiles.ts";
import type { RunConfig } from "../config/run-config.ts";
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
    .map(({ rule, place, verdict }) => ({
      rule,
      options: options[place] ?? {},
      pass: verdict.kind === "approve",
      reason: verdict.kind === "approve" ? null : verdict.reason,
      limit: verdict.kind === "approve" ? null : verdict.limit,
      value: verdict.kind === "approve" ? null : verdict.value,
    }));
}

/** The options of every rule, in the order in which `riskRules` makes them. */
function optionsOf({ account, risk }: RunConfig): readonly ExplainedRule["options"][] {
  const carried = { use: "gross-exposure", limit: account.kind === "cash" ? 1 : account.leverage };
  const replaced = new Set(risk.rules.map(({ use }) => use));
  const profile = risk.profile === "none" ? [] : riskProfiles[risk.profile].rules;
  const kept = profile.filter(({ use }) => !replaced.has(use));
  return [carried, ...kept, ...risk.rules].map((choice) =>
    Object.fromEntries(Object.entries(choice).filter(([name]) => name !== "use")),
  );
}
