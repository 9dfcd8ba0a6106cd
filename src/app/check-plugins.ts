import { resolveParams, type Params } from "../domain/params.ts";
import type { PluginKind, PluginTools } from "../ports/plugin.ts";
import type { KiwiConfig } from "./config-schema.ts";
import { createPlugin, plugins, type PluginChoice } from "./registry.ts";

const noTools: PluginTools = { market: { instruments: [], bars: [] }, calendars: [] };

/** Checks every plug-in that a configuration chooses: that it exists and has those options. Throws what creating it would. */
export function checkPlugins({ costs, sizing, risk }: KiwiConfig): void {
  checkOne("commission", costs.commission);
  checkOne("slippage", costs.slippage);
  checkOne("sizer", sizing);
  for (const rule of risk.rules) checkOne("risk", rule);
}

function checkOne(kind: PluginKind, choice: PluginChoice): void {
  const { use, ...options } = choice;
  const plugin = plugins.find((one) => one.kind === kind && one.name === use);
  // One that does not exist is asked for only to hear what to say about it.
  if (plugin === undefined) createPlugin(kind, choice, noTools);
  else resolveParams(`${kind} ${use}`, plugin.options as Params, options);
}
