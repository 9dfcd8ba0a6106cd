import type { ComponentReport, Condition } from "../ports/component.ts";

/** The answer of a health check. */
export type Health = { readonly condition: Condition; readonly components: readonly ComponentReport[] };

/** How the whole is: as bad as its worst critical part, and degraded where another part has failed. */
export function healthOf(components: readonly ComponentReport[]): Health {
  const has = (condition: Condition, isCritical: boolean) =>
    components.some((one) => one.condition === condition && (one.isCritical || !isCritical));
  if (has("failed", true)) return { condition: "failed", components };
  if (has("starting", true)) return { condition: "starting", components };
  const isWeaker = has("failed", false) || has("degraded", false);
  return { condition: isWeaker ? "degraded" : "ok", components };
}
