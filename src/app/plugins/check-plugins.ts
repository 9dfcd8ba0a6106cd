import { resolveParams, type Params } from "../../domain/params.ts";
import type { PluginChoice, PluginKind } from "../../ports/plugin.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { findPlugin } from "./registry.ts";

/** Checks every plug-in that a configuration chooses: that it exists and has those options. Throws what creating it would. */
export function checkPlugins({ costs, sizing, risk }: KiwiConfig): void {
  checkOne("commission", costs.commission);
  checkOne("slippage", costs.slippage);
  checkOne("sizer", sizing);
  for (const rule of risk.rules) checkOne("risk", rule);
}

function checkOne(kind: PluginKind, choice: PluginChoice): void {
  const { use, ...options } = choice;
  resolveParams(`${kind} ${use}`, findPlugin(kind, use).options as Params, options);
}
