import { resolveParams, type Params } from "../../domain/params.ts";
import type { PluginChoice, PluginKind } from "../../ports/plugin.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { findPlugin, type Registry } from "./registry.ts";

/** Checks every plug-in that a configuration chooses: that it exists and has those options. Throws what creating it would. */
export function checkPlugins(registry: Registry, { costs, sizing, risk }: KiwiConfig): void {
  checkOne(registry, "commission", costs.commission);
  checkOne(registry, "slippage", costs.slippage);
  checkOne(registry, "sizer", sizing);
  for (const rule of risk.rules) checkOne(registry, "risk", rule);
}

function checkOne(registry: Registry, kind: PluginKind, choice: PluginChoice): void {
  const { use, ...options } = choice;
  resolveParams(`${kind} ${use}`, findPlugin(kind, use, registry).options as Params, options);
}
