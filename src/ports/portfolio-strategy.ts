import type { Expr } from "../domain/expression.ts";
import type { Params, ParamValues } from "../domain/params.ts";
import type { Position } from "../domain/portfolio.ts";
import type { PortfolioPart, Series, SetupTools, StrategyDefinition, TargetOptions } from "./strategy.ts";

/** What a portfolio strategy sees when it decides. The object is reused: do not keep it. */
export interface RebalanceContext<P extends Params, S extends Readonly<Record<string, Expr>>, M> {
  /** The parameters, with the values of this run. */
  readonly p: ParamValues<P>;
  /** Close time of the decision, UTC milliseconds. */
  readonly timeMs: number;
  /** The symbols that may be bought now: listed, in the universe of this day, and warmed up; in alphabetical order. */
  readonly members: readonly string[];
  /** Members by the present value of a series, the highest first, of equals the most traded; those without a value are left out. */
  readonly rank: (by: keyof S & string, first?: "highest" | "lowest") => readonly string[];
  /** The series of a member, at its last closed bar. */
  readonly series: (symbol: string) => { readonly [Name in keyof S]: Series };
  /** What is held of a symbol. */
  readonly position: (symbol: string) => Position;
  /** Present share of equity in a symbol: 0.1 is a tenth of the account long, negative is short. */
  readonly weight: (symbol: string) => number;
  /** The symbols that are held, in alphabetical order. */
  readonly held: readonly string[];
  /** Account equity in base currency at this close. */
  readonly equity: number;
  /** Cash of the account in base currency. */
  readonly cash: number;
  /** How many symbols may be held at once, by the risk rules of the run; Infinity without such a rule. */
  readonly openPositionsMax: number;
  /** State of this strategy, made by `memory`; the only state a strategy may keep. */
  readonly memory: M;
  /**
   * States what to hold in a symbol, as a share of equity: 0.1 a tenth of the account long, 0 nothing, negative short.
   * A holding stays until another target is stated; a second target for a symbol in one decision is an error.
   */
  readonly target: (symbol: string, weight: number, options: string | TargetOptions) => void;
  /** States 0 for everything that is held and that no target of this decision names. */
  readonly closeOthers: (reason: string) => void;
}

/** A strategy over many symbols: series for each of them, and one function that says what to hold of all. */
export type PortfolioDefinition<P extends Params, S extends Readonly<Record<string, Expr>>, M> = Pick<
  StrategyDefinition<P, S, M>,
  "name" | "summary" | "params" | "where" | "memory"
> &
  PortfolioPart & {
    /** The series of one symbol; asked once for each. */
    readonly setup: (tools: SetupTools<P>) => S;
    /** Called on the schedule, once for all symbols; says what to hold of each. */
    readonly onRebalance: (context: RebalanceContext<P, S, M>) => void;
  };

/** Gives a strategy over many symbols its types: misspelt parameters and series do not compile. */
export function portfolioStrategy<
  const P extends Params,
  S extends Readonly<Record<string, Expr>>,
  M = undefined,
>(definition: PortfolioDefinition<P, S, M>): StrategyDefinition<P, S, M> {
  const { schedule, universe, onRebalance, ...rest } = definition;
  return {
    kind: "strategy",
    ...rest,
    portfolio: { schedule, ...(universe === undefined ? {} : { universe }) },
    // Whoever watches a strategy or holds it back wraps `onBar`: the engine asks a portfolio through it too.
    onBar: onRebalance as unknown as StrategyDefinition<P, S, M>["onBar"],
  };
}
