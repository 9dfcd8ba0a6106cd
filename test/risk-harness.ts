import type { Instrument, InstrumentIndex } from "../src/domain/instrument.ts";
import type { OrderId, OrderRequest } from "../src/domain/order.ts";
import type { PortfolioView } from "../src/domain/portfolio.ts";
import type { MarketSlice } from "../src/domain/slice.ts";
import type { RiskAlarm, RiskContext, RiskRule, RiskVerdict } from "../src/ports/risk.ts";
import { testInstrument, testPortfolio } from "./plugin-tools.ts";

/** An order and what surrounds it, in the words of a test. */
export type Question = {
  readonly side?: "buy" | "sell";
  readonly quantity?: number;
  readonly price?: number;
  readonly terms?: OrderRequest["terms"];
  readonly id?: number;
  readonly portfolio?: PortfolioView;
  readonly instrument?: Instrument;
  readonly timeMs?: number;
  readonly lastBarTimeMs?: number;
  /** How many orders go at this instant before it. */
  readonly ordersBefore?: number;
  /** What other symbols will hold after everything on its way, by instrument; what they hold now when left out. */
  readonly after?: Readonly<Record<number, number>>;
};

/** What a rule says to a market order; the position after it is what is held and the order. */
export function ask(rule: RiskRule, question: Question): RiskVerdict {
  const { side = "buy", quantity = 1, price = 100, timeMs = 0, lastBarTimeMs = timeMs } = question;
  const { instrument = testInstrument(), portfolio = testPortfolio(10_000) } = question;
  const { terms = { type: "market" }, id = 1 } = question;
  const order = marketOrder({
    id: id as OrderId,
    instrument: instrument.index,
    side,
    quantity,
    terms,
    requestedMs: timeMs,
  });
  const held = portfolio.position(instrument.index).quantity;
  const quantityAfter = held + (side === "buy" ? quantity : -quantity);
  const afterOf = (index: InstrumentIndex) => question.after?.[index] ?? portfolio.position(index).quantity;
  const context: RiskContext = {
    portfolio,
    instrument,
    timeMs,
    price,
    quantityAfter,
    lastBarTimeMs,
    grossAfter: grossAfter(portfolio, instrument, quantityAfter * price, afterOf),
    ordersBefore: question.ordersBefore ?? 0,
    inPlay: () => instruments,
    quantityAfterOf: afterOf,
  };
  return rule.check!(order, context);
}

const instruments = [0, 1, 2].map((index) => index as InstrumentIndex);

function grossAfter(
  portfolio: PortfolioView,
  instrument: Instrument,
  own: number,
  afterOf: (index: InstrumentIndex) => number,
): number {
  let gross = Math.abs(own);
  for (const index of instruments) {
    const quantity = index === instrument.index ? 0 : afterOf(index);
    if (quantity !== 0) gross += Math.abs(quantity * portfolio.position(index).lastPrice);
  }
  return gross;
}

/** An order to buy one unit at market, changed by what is given. */
export function marketOrder(changes: Partial<OrderRequest> = {}): OrderRequest {
  return {
    id: 1 as OrderId,
    instrument: 0 as InstrumentIndex,
    side: "buy",
    quantity: 1,
    terms: { type: "market" },
    timeInForce: "gtc",
    expireTimeMs: Infinity,
    postOnly: false,
    reduceOnly: false,
    closePosition: false,
    parentId: null,
    ocoGroup: 0,
    weightAtFill: null,
    requestedMs: 0,
    reason: "test",
    ...changes,
  };
}

/** A slice of one bar of instrument 0, or of no bar when `row` is negative. */
export function sliceAt(timeMs: number, row = -1): MarketSlice {
  return { timeMs, count: row < 0 ? 0 : 1, instruments: Int32Array.of(0), rows: Int32Array.of(row) };
}

/** What a rule says to an account that is worth this much at this time. */
export function alarmAt(rule: RiskRule, timeMs: number, equity: number): RiskAlarm {
  return rule.observe!(sliceAt(timeMs), testPortfolio(equity));
}
