import { z } from "zod";
import type { TradingState } from "../../ports/risk.ts";

/** Everything that may pull the switch. */
const triggerKinds = [
  "person",
  "watchdog",
  "daily-trades",
  "position-value",
  "connectivity",
  "daily-loss",
  "drawdown",
  "value-at-risk",
  "reject-rate",
  "stale-data",
  "clock-skew",
  "loop-stall",
] as const;
export type TriggerKind = (typeof triggerKinds)[number];

/** What a pull does, from mild to grave: only reduce; cancel every order and hold; cancel every order and close all. */
export const killActions = ["reduce", "freeze", "flatten"] as const;
export type KillAction = (typeof killActions)[number];

const common = { account: z.string(), atMs: z.number(), by: z.string() };

const pull = z.object({
  kind: z.literal("pull"),
  ...common,
  /** Unique; the orders that close the account are named after it. */
  id: z.string(),
  action: z.enum(killActions),
  trigger: z.enum(triggerKinds),
  reason: z.string(),
  /** The limit and what was measured; null where a person pulled. A measured value that is no number is null too. */
  limit: z.number().nullable(),
  value: z.number().nullable(),
});

const reset = z.object({
  kind: z.literal("reset"),
  ...common,
  reason: z.string(),
  /** It lifts what stands in the first so many bytes of the file, and their SHA-256 is this. */
  lifted: z.number().int().min(0),
  digest: z.string(),
  /** Which key signed it, and the signature (Ed25519, base64). */
  key: z.string(),
  signature: z.string(),
});

const done = z.object({
  kind: z.literal("done"),
  ...common,
  pull: z.string(),
  /** Positions that are left, by symbol: those of a freeze, or what no order can close. */
  left: z.record(z.string(), z.number()),
});

/** One line of a switch's file. */
export const switchRecord = z.discriminatedUnion("kind", [pull, reset, done]);
export type Pull = z.output<typeof pull>;
export type Reset = z.output<typeof reset>;
export type Done = z.output<typeof done>;

/** The graver of two actions. */
export function graver(one: KillAction, other: KillAction): KillAction {
  return killActions.indexOf(one) >= killActions.indexOf(other) ? one : other;
}

/** What trading may still do under an action; null is no pull at all. */
export function stateUnder(action: KillAction | null): TradingState["state"] {
  if (action === null) return "active";
  return action === "reduce" ? "reducing" : "halted";
}
