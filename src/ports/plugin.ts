import type { Calendar } from "../domain/calendar/calendar.ts";
import type { Params, ParamValues } from "../domain/params.ts";
import type { CommissionModel, SlippageModel } from "./costs.ts";
import type { Market } from "./market.ts";
import type { RiskRule } from "./risk.ts";
import type { Sizer } from "./sizer.ts";

/** What every plug-in may ask for when it is created. */
export type PluginTools = {
  readonly market: Market;
  /** Calendar of each instrument, by index. */
  readonly calendars: readonly Calendar[];
};

/** What the plug-ins of each kind make. Strategies and indicators have definitions of their own. */
export type PluginKinds = {
  readonly sizer: Sizer;
  readonly risk: RiskRule;
  readonly commission: CommissionModel;
  readonly slippage: SlippageModel;
};
export type PluginKind = keyof PluginKinds;

/** A plug-in: one file, one export, one line in the registry. */
export type Plugin<Kind extends PluginKind = PluginKind, P extends Params = Params> = {
  readonly kind: Kind;
  readonly name: string;
  readonly summary: string;
  readonly options: P;
  readonly create: (options: ParamValues<P>, tools: PluginTools) => PluginKinds[Kind];
};

/** Gives a plug-in its types. Returns its argument. */
export function definePlugin<Kind extends PluginKind, const P extends Params>(
  plugin: Plugin<Kind, P>,
): Plugin<Kind, P> {
  return plugin;
}
