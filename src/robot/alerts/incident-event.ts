import type { Incident } from "../robot-types.ts";
import type { AlertEvent, AlertKind } from "./alert-rules.ts";

const kindOf: Readonly<Record<Incident["kind"], AlertKind>> = {
  "disk failed": "disk",
  "external fill": "reconciliation",
  "external order": "reconciliation",
  overfill: "reconciliation",
  bust: "reconciliation",
  "fill inferred": "reconciliation",
  "fee unknown": "reconciliation",
  "position differs": "reconciliation",
  "order lost": "trade failures",
  "order unresolved": "trade failures",
  "market closed": "trade failures",
  "rules changed": "trade failures",
  dust: "trade failures",
  unprotected: "protection",
  "reject storm": "reject rate",
  "line down": "connection",
  "line back": "connection",
  "line refused": "connection",
  "question failed": "connection",
  "lock lost": "robot",
  "rejection unhandled": "robot",
  "strategy ended": "robot",
  "strategy back": "robot",
  "strategy muted": "robot",
  "strategy large": "robot",
  recovered: "robot",
  "settings changed": "robot",
  "money moved": "reconciliation",
  "settings refused": "robot",
  "trading waits": "stopped trading",
  "trading goes on": "stopped trading",
  "database away": "robot",
  "database back": "robot",
};
/** What costs money or stops trading until somebody does something. */
const critical: ReadonlySet<Incident["kind"]> = new Set([
  "disk failed",
  "overfill",
  "position differs",
  "unprotected",
  "line refused",
  "lock lost",
  "strategy ended",
  "strategy muted",
]);

/** Each is a matter of its own: another edit, another sum is not the same trouble again. */
const single: ReadonlySet<Incident["kind"]> = new Set([
  "settings changed",
  "settings refused",
  "money moved",
]);

/** Whether a title only says what kind of incident it was, so that the text says what happened. */
export function namesIncident(title: string): boolean {
  return (title.split(": ").at(-1) ?? "") in kindOf;
}

/** An incident of the robot as something that people are told of. */
export function alertOf({ kind, gravity, atMs, symbol, message }: Incident): AlertEvent {
  const isCritical = gravity === "alarm" && critical.has(kind);
  return {
    kind: kindOf[kind],
    about: single.has(kind) ? `${kind}: ${message}` : `${kind} ${symbol ?? ""}`.trim(),
    severity: gravity === "notice" ? "info" : isCritical ? "critical" : "warning",
    title: symbol === null ? kind : `${symbol}: ${kind}`,
    text: message,
    atMs,
  };
}
