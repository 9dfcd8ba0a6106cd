import { severities, type Severity } from "../../ports/alert-channel.ts";

/** What may be told, in the words of rules. */
export const alertKinds = [
  "trade failures",
  "drawdown",
  "stale feed",
  "reject rate",
  "model drift",
  "cost drift",
  "disk",
  "clock",
  "reconciliation",
  "stopped trading",
  "kill switch",
  "connection",
  "protection",
  "robot",
  "channel",
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** Something that happened, before anybody decides whom it concerns. */
export type AlertEvent = {
  readonly kind: AlertKind;
  /** Tells one incident from another of its kind: a symbol, an order, a session. */
  readonly about: string;
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  readonly atMs: number;
};

/** Who is told of what, and how often. */
export type AlertRule = {
  /** Which kinds; all of them where it is empty. */
  readonly kinds: readonly AlertKind[];
  readonly severityMin: Severity;
  readonly channels: readonly string[];
  /** The same incident is not told again for so long; what happens meanwhile is counted. */
  readonly cooldownMs: number;
  /** Where nobody acknowledges it for so long, `escalateTo` is told as well; Infinity: never. */
  readonly escalateAfterMs: number;
  readonly escalateTo: readonly string[];
};

/** Whether a rule is about an event. */
export function concerns({ kinds, severityMin }: AlertRule, { kind, severity }: AlertEvent): boolean {
  const isKind = kinds.length === 0 || kinds.includes(kind);
  return isKind && severities.indexOf(severity) >= severities.indexOf(severityMin);
}
