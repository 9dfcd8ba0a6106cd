import { canonicalJson, sha256 } from "../../base/hash.ts";
import { tablesText } from "../runs/run-tables.ts";
import type { TradingPlan } from "./session-parts.ts";

/** What must be the same for a session to be the same: what trades, what is traded, by which settings. */
export function settingsHashOf({
  config,
  params,
  symbols,
  timeframe,
  strategyName,
  models,
  tables,
}: Pick<
  TradingPlan,
  "config" | "params" | "symbols" | "timeframe" | "strategyName" | "models" | "tables"
>): string {
  const told = tablesText(tables);
  const settings = { config, params, symbols, timeframe, strategyName, ...(told === "" ? {} : { told }) };
  return sha256(canonicalJson(models.length === 0 ? settings : { ...settings, models }));
}
