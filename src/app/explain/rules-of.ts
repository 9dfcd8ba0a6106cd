import { ruleChoices } from "../session/risk-rules.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { ExplainedRule } from "./explanation.ts";
import type { HeardVerdict } from "./recording.ts";

/**
 * What every rule said about the orders of an instrument, with the limits that it was given. Where orders share what there is room
 * for, a rule is asked many times over: its first no and its first yes to an order stand for all.
 */
export function rulesOf(
  config: RunConfig,
  verdicts: readonly HeardVerdict[],
  instrument: number,
): readonly ExplainedRule[] {
  const options = ruleChoices(config).map((choice) =>
    Object.fromEntries(Object.entries(choice).filter(([name]) => name !== "use")),
  );
  return verdicts
    .filter((heard) => heard.instrument === instrument)
    .filter((heard, at, all) => all.findIndex((other) => isSameAnswer(other, heard)) === at)
    .map(({ rule, place, verdict }) => ({
      rule,
      options: options[place] ?? {},
      pass: verdict.kind === "approve",
      reason: verdict.kind === "approve" ? null : verdict.reason,
      limit: verdict.kind === "approve" ? null : verdict.limit,
      value: verdict.kind === "approve" ? null : verdict.value,
    }));
}

function isSameAnswer(one: HeardVerdict, other: HeardVerdict): boolean {
  return (
    one.place === other.place && one.orderId === other.orderId && one.verdict.kind === other.verdict.kind
  );
}
