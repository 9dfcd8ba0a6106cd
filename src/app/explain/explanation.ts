import type { Timeframe } from "../../domain/timeframe.ts";
import type { OrderTerms } from "../../domain/order.ts";
import type { ExplainedPortfolio } from "./explained-portfolio.ts";
import type { ExplainedChoice } from "./explained-choice.ts";
import type { Entry, Protection } from "../../domain/target.ts";

/** One series of a strategy on the bar: NaN is null, for JSON knows no NaN. */
export type ExplainedSeries = {
  readonly name: string;
  readonly expression: string;
  readonly now: number | null;
  readonly prev: number | null;
};

/** The arithmetic from a signal to a quantity. */
export type ExplainedSizing = {
  readonly sizer: string;
  readonly weight: number;
  /** Share of equity that the sizer made of the weight. */
  readonly equityWeight: number;
  readonly equity: number;
  readonly price: number;
  /** Value of one unit at that price in base currency. */
  readonly unitValue: number;
  readonly costRate: number;
  readonly lotSize: number;
  /** Sized with the other targets of one decision: the share has room for all of them and for their costs. */
  readonly isTogether: boolean;
  readonly quantity: number;
};

/** What a risk rule said to an order. */
export type ExplainedRule = {
  readonly rule: string;
  /** Its options, as they hold. */
  readonly options: Readonly<Record<string, number | boolean | string>>;
  readonly pass: boolean;
  readonly reason: string | null;
  readonly limit: number | null;
  readonly value: number | null;
};

/** An order that was sent on the bar, and what became of it. */
export type ExplainedOrder = {
  readonly id: number;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly terms: OrderTerms;
  readonly reason: string;
  readonly outcome: readonly ExplainedOutcome[];
};

export type ExplainedOutcome = {
  readonly kind: string;
  readonly timeMs: number;
  readonly quantity: number | null;
  readonly price: number | null;
  /** Commission and slippage, in quote currency. */
  readonly cost: number | null;
  readonly reason: string | null;
};

/** Everything that was decided about one symbol on one bar, and why. */
export type Explanation = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Close of the bar, and the moment of the decision, which may be a later base bar. */
  readonly closeTimeMs: number;
  readonly decidedMs: number;
  readonly bar: Readonly<Record<"open" | "high" | "low" | "close" | "volume", number>>;
  /** Held when the strategy was asked, signed. */
  readonly held: number;
  readonly averagePrice: number;
  readonly equity: number;
  readonly warmup: { readonly isOver: boolean; readonly need: string };
  readonly series: readonly ExplainedSeries[];
  /** The condition that wakes the strategy, when it sleeps between. */
  readonly wakeOn: string | null;
  /** How the strategy was chosen; null where one strategy trades alone. */
  readonly choice: ExplainedChoice | null;
  /** What the portfolio knew; null where each symbol is decided on alone. */
  readonly portfolio: ExplainedPortfolio | null;
  readonly opinion: "warming up" | "silent" | "signal";
  readonly signal: {
    readonly weight: number;
    readonly reason: string;
    readonly entry: Entry;
    readonly protection: Protection;
  } | null;
  readonly sizing: ExplainedSizing | null;
  readonly alarm: { readonly rule: string; readonly kind: string; readonly reason: string } | null;
  readonly rules: readonly ExplainedRule[];
  readonly orders: readonly ExplainedOrder[];
  /** Reports of this bar about orders of earlier ones. */
  readonly earlier: readonly ExplainedOutcome[];
  /** In one sentence: what came of the bar, and which gate said no. */
  readonly verdict: string;
  /** What the strategy does with a bar, as it is written. */
  readonly source: string;
};
