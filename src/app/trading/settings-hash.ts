import { canonicalJson, sha256 } from "../../base/hash.ts";
import type { TradingPlan } from "./session-parts.ts";

/** What must be the same for a session to be the same: what trades, what is traded, by which settings. */
export function settingsHashOf({
  config,
  params,
  symbols,
  timeframe,
  strategyName,
  models,
}: Pick<TradingPlan, "config" | "params" | "symbols" | "timeframe" | "strategyName" | "models">): string {
  const settings = { config, params, symbols, timeframe, strategyName };
  return sha256(canonicalJson(models.length === 0 ? settings : { ...settings, models }));
}
