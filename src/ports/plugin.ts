import type { Calendar } from "../domain/calendar/calendar.ts";
import type { HmmArtifact } from "../domain/hmm-artifact.ts";
import type { Params, ParamValue, ParamValues } from "../domain/params.ts";
import type { RegimeDetector } from "./regime.ts";
import type { Selector } from "./selector.ts";
import type { CommissionModel, SlippageModel } from "./costs.ts";
import type { FeedHealth } from "./feed-health.ts";
import type { Market } from "./market.ts";
import type { CredentialNeed } from "./component.ts";
import type { Model, PredictionReader } from "./model.ts";
import type { RiskRule, TradingState } from "./risk.ts";
import type { Sizer } from "./sizer.ts";

/** What every plug-in may ask for when it is created. */
export type PluginTools = {
  readonly market: Market;
  /** Calendar of each instrument, by index. */
  readonly calendars: readonly Calendar[];
  /** Says which symbols must not be traded because of their data; absent where nobody watches them. */
  readonly feedHealth?: FeedHealth;
  /** Whether orders may leave at this moment; absent where no kill switch is. */
  readonly tradingState?: () => TradingState;
  /** The trained regime model of a name, always the same object; throws when there is none. Absent where no models are kept. */
  readonly regimeModel?: (name: string) => HmmArtifact;
  /** What a model says, by the name that strategies call it by; absent where nobody serves models. */
  readonly predictions?: (model: string) => PredictionReader;
};

/** What the plug-ins of each kind make. Strategies and indicators have definitions of their own. */
export type PluginKinds = {
  readonly sizer: Sizer;
  readonly risk: RiskRule;
  readonly commission: CommissionModel;
  readonly slippage: SlippageModel;
  readonly regime: RegimeDetector;
  /** Made once for every symbol. */
  readonly selector: Selector;
  /** Named by the strategies that read its predictions. */
  readonly model: Model;
};
export type PluginKind = keyof PluginKinds;

/** The kinds that a configuration chooses from and a person may add to, in one list. */
export const pluginKinds = [
  "sizer",
  "risk",
  "commission",
  "slippage",
  "regime",
  "selector",
  "model",
] as const satisfies readonly PluginKind[];

/** A plug-in by name with its options: `{ use: "fixed-fraction", fraction: 0.5 }`. */
export type PluginChoice = { readonly use: string } & Readonly<Record<string, ParamValue>>;

/** A plug-in: one file, one export, one line in the registry. */
export type Plugin<Kind extends PluginKind = PluginKind, P extends Params = Params> = {
  readonly kind: Kind;
  readonly name: string;
  readonly summary: string;
  readonly options: P;
  /** Sizers only: which answers of which models it reads. */
  readonly predictions?: (
    options: ParamValues<P>,
  ) => readonly { readonly model: string; readonly outputs: readonly string[] }[];
  /** Secrets that a model is handed when it opens, from the variables that it names. */
  readonly credentials?: readonly CredentialNeed[];
  readonly create: (options: ParamValues<P>, tools: PluginTools) => PluginKinds[Kind];
};

/** Gives a plug-in its types. Returns its argument. */
export function definePlugin<Kind extends PluginKind, const P extends Params>(
  plugin: Plugin<Kind, P>,
): Plugin<Kind, P> {
  return plugin;
}
