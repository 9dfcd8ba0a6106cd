import type { BarSeries, Expr } from "../domain/expression.ts";
import type { Params, ParamValue, ParamValues } from "../domain/params.ts";
import type { Position } from "../domain/portfolio.ts";
import type { Entry, Protection } from "../domain/target.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import type { PluginChoice } from "./plugin.ts";

/** A window on a column that ends at the present bar. There is no way to ask for a later one. */
export interface Series {
  /** Value at the present bar; of a higher timeframe: at its last *closed* bar. NaN while warming up. */
  readonly now: number;
  /** Value one bar earlier; known on every bar that a strategy is asked about. */
  readonly prev: number;
  /** Value `bars` bars ago, `bars` >= 0. Throws on a negative number. */
  ago(bars: number): number;
}

/** What a strategy may build its series from. None of it holds numbers. */
export type SetupTools<P extends Params> = {
  /** The bars that the strategy decides on. */
  readonly bars: BarSeries;
  /** A higher timeframe of the same symbol; its values appear when its bar has closed. */
  readonly tf: (timeframe: Timeframe) => BarSeries;
  /** Another symbol of the run, at the strategy's own timeframe or a higher one. */
  readonly symbol: (symbol: string, timeframe?: Timeframe) => BarSeries;
  /** The parameters, with the values of this run. */
  readonly p: ParamValues<P>;
};

/** Why a target is wanted, how to get into it, and where to get out. */
export type TargetOptions = { readonly reason: string; readonly entry?: Entry } & Protection;

/** What a strategy sees when a bar has closed. The object is reused: do not keep it. */
export interface BarContext<P extends Params, S extends Readonly<Record<string, Expr>>, M> {
  /** What `setup` returned, at this bar: `series.close.now`. */
  readonly series: { readonly [Name in keyof S]: Series };
  /** The parameters, with the values of this run. */
  readonly p: ParamValues<P>;
  /** The symbol that is decided on. */
  readonly symbol: string;
  /** Close time of the bar, UTC milliseconds. */
  readonly timeMs: number;
  /** What is held of the symbol. */
  readonly position: Position;
  /** Account equity in base currency at this close. */
  readonly equity: number;
  /** Cash of the account in base currency. */
  readonly cash: number;
  /** How many symbols are held. */
  readonly openPositions: number;
  /** How many may be held at once by the risk rules; Infinity without such a rule. */
  readonly openPositionsMax: number;
  /** The holding in any symbol of the run. Throws `SYMBOL_UNKNOWN`. */
  readonly positionOf: (symbol: string) => Position;
  /** State of this strategy for this symbol, made by `memory`; the only state a strategy may keep. */
  readonly memory: M;
  /**
   * States what to hold: 1 fully long, 0 flat, -1 fully short, anything between in proportion.
   * The holding stays until another target is stated. The reason is shown by `kiwi explain`. A second target on one
   * bar is an error.
   */
  readonly target: (weight: number, options: string | TargetOptions) => void;
}

/** A strategy: parameters with ranges, series to watch, and one function that states targets. */
export type StrategyDefinition<
  P extends Params = Params,
  S extends Readonly<Record<string, Expr>> = Readonly<Record<string, Expr>>,
  M = unknown,
> = {
  /** Set by `strategy`, which gives a definition its types. */
  readonly kind: "strategy";
  /** What reports and `kiwi explain` call it. */
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** What a person or a search may change, each with a default and a range: `int`, `float`, `bool`, `choice`, `text`. */
  readonly params: P;
  /** Combinations that make no sense are refused, and skipped by a search. */
  readonly where?: (p: ParamValues<P>) => boolean;
  /** The series to watch, by names of your own; asked once, before the first bar. */
  readonly setup: (tools: SetupTools<P>) => S;
  /** Makes the state that one symbol begins with. */
  readonly memory?: () => M;
  /** `onBar` is called only on bars where this series is a number other than zero: faster, and one thing less to test. */
  readonly wakeOn?: keyof S & string;
  /** Called when a bar has closed and every series has a value; says what to hold, or nothing. */
  readonly onBar: (context: BarContext<P, S, M>) => void;
  /** Present in a strategy that trades nothing itself and chooses among others: see `metaStrategy`. */
  readonly plan?: (p: ParamValues<P>, about: PlanTools) => MetaPlan;
  /** Present in a strategy over many symbols: see `portfolioStrategy`. */
  readonly portfolio?: PortfolioPart;
};

/** When a portfolio is decided on: at every bar, or at the first close of a new day, week, month, quarter or year. */
export type Schedule = "bar" | "daily" | "weekly" | "monthly" | "quarterly" | "yearly";

/** What makes a strategy one over many symbols. */
export type PortfolioPart = {
  /** How often it decides. */
  readonly schedule: Schedule;
  /** The symbols it may trade, by default all of the run; a membership file narrows them further. */
  readonly universe?: readonly string[];
};

/** What a plan may depend on beside its parameters. */
export type PlanTools = {
  /** The bars that are decided on. */
  readonly timeframe: Timeframe;
};

/** What a meta-strategy chooses from, and how. */
export type MetaPlan = {
  /** The strategies to choose from; each trades every symbol in a shadow, with costs. */
  readonly arsenal: readonly {
    /** A strategy, or the name of a built-in one. */
    readonly strategy: AnyStrategy | string;
    /** Parameters other than the strategy's defaults. */
    readonly params?: Readonly<Record<string, ParamValue>>;
    /** Shown instead of the strategy's name, where it is there more than once. */
    readonly name?: string;
  }[];
  /** What tells the regime of the market, with its options. */
  readonly regime: PluginChoice;
  /** Higher timeframe that the regime is told from; by default the one that is decided on. */
  readonly regimeTimeframe?: Timeframe;
  /** What decides who may trade, with its options. */
  readonly selector: PluginChoice;
  /** Bars of the rolling window in which performance is measured. */
  readonly windowBars: number;
  /** Bars that a strategy must have been measured before it may trade. */
  readonly measuredBarsMin: number;
};

/** A strategy whose parameter and series types are of no interest here. */
// oxlint-disable-next-line typescript/no-explicit-any -- method parameters are contravariant: nothing narrower accepts every strategy
export type AnyStrategy = StrategyDefinition<any, any, any>;

/** Gives a strategy its types: misspelt parameters and series do not compile. */
export function strategy<const P extends Params, S extends Readonly<Record<string, Expr>>, M = undefined>(
  definition: Omit<StrategyDefinition<P, S, M>, "kind">,
): StrategyDefinition<P, S, M> {
  return { kind: "strategy", ...definition };
}

/** A strategy that chooses among others by the regime of the market and by how each of them does. */
export function metaStrategy<const P extends Params>(
  definition: Pick<StrategyDefinition<P>, "name" | "summary" | "params" | "where"> & {
    readonly plan: (p: ParamValues<P>, about: PlanTools) => MetaPlan;
  },
): StrategyDefinition<P> {
  return { kind: "strategy", setup: () => ({}), onBar: () => {}, ...definition };
}

/** True on the bar where `a` has come from at or below `b` to above it. */
export function crossOver(a: Series, b: Series): boolean {
  return a.now > b.now && a.prev <= b.prev;
}

/** True on the bar where `a` has come from at or above `b` to below it. */
export function crossUnder(a: Series, b: Series): boolean {
  return a.now < b.now && a.prev >= b.prev;
}
