import { expect, test } from "vitest";
import { barsFrom, testInstrument } from "../../../test/plugin-tools.ts";
import { marketOrder, sliceAt } from "../../../test/risk-harness.ts";
import { runScript } from "../../../test/scripted-run.ts";
import type {
  ApprovedOrder,
  ExecutionReport,
  Fill,
  OrderId,
  OrderRequest,
  OrderTerms,
} from "../../domain/order.ts";
import { conversionsFor } from "../../domain/currency.ts";
import { Ledger } from "../../domain/ledger.ts";
import { unprotected, type Target } from "../../domain/target.ts";
import { emptyPlan, type Plan } from "../execution/plan.ts";
import { Portfolio } from "../execution/portfolio.ts";
import type { Refusal, Review } from "../execution/review.ts";
import type { RiskGate } from "../execution/risk-gate.ts";
import { TradeBook } from "../execution/trade-book.ts";
import type { Decision } from "../pipeline.ts";
import { DecisionLog } from "./decision-log.ts";
import { DecisionRecorder } from "./decision-recorder.ts";

type Step = {
  readonly row?: number;
  readonly timeMs?: number;
  readonly reports?: readonly ExecutionReport[];
  readonly decision?: Partial<Decision>;
  readonly targets?: readonly Target[];
  readonly plan?: Partial<Plan>;
  readonly review?: Partial<Review>;
  readonly risk?: object;
};

const calm = { alarm: { kind: "clear" }, alarmRule: "" };
const bars = barsFrom([1, 2, 3, 4].map((close) => [close, close, close, close]));

/** A recorder, and the steps that it is told one after the other. */
function recorder(held = 0) {
  const instruments = [testInstrument()];
  const ledger = new Ledger(1_000, instruments, conversionsFor(instruments, "USD"));
  ledger.quantity[0] = held;
  if (held !== 0) ledger.held.push(0);
  const portfolio = new Portfolio(ledger, new TradeBook([bars]), [bars]);
  const made = new DecisionRecorder(new DecisionLog());
  const tell = ({ row = -1, timeMs = 1_000, ...step }: Step): void => {
    const decision = {
      targets: [],
      warmingUp: 0,
      silent: 0,
      gone: [],
      ...step.decision,
    } as unknown as Decision;
    const targets = step.targets ?? decision.targets;
    const plan = { ...emptyPlan(), ...step.plan };
    const review = { approved: [], changed: [], refused: [], trimmed: [], ...step.review } as Review;
    const risk = (step.risk ?? calm) as RiskGate;
    made.record(sliceAt(timeMs, row), step.reports ?? [], decision, targets, plan, review, portfolio, risk);
  };
  const events = () => Array.from({ length: made.log.events.length }, (_, k) => made.log.events.at(k));
  return { made, tell, events, portfolio };
}

function fill(fillId: number, change: Partial<Fill> = {}, isComplete = true): ExecutionReport {
  const rest = { price: 50, fee: 2, slippageCost: 0.5, liquidity: "taker", timeMs: 900 } as const;
  const order = { orderId: 1 as OrderId, instrument: 0 as never, side: "sell", quantity: 3 } as const;
  return {
    kind: "filled",
    isComplete,
    fill: { fillId, cumulativeQuantity: 3, ...order, ...rest, ...change },
  };
}

const target: Target = {
  instrument: 0 as never,
  weight: -1,
  reason: "cross",
  entry: { kind: "market" },
  protection: unprotected,
  quantity: -7,
  equityWeight: -0.5,
};

const approved = (change: Partial<OrderRequest> = {}): ApprovedOrder =>
  marketOrder({ id: 4 as OrderId, side: "sell", quantity: 7, ...change }) as ApprovedOrder;

test("a fill is written once, when it was, with what it cost and which side it was", () => {
  const { made, tell, events } = recorder();
  tell({
    reports: [
      fill(1),
      fill(1),
      fill(2, { side: "buy", isAssumed: true }, false),
      fill(3, { orderId: -1 as OrderId }),
    ],
  });
  expect(events()).toMatchObject([
    { timeMs: 900, kind: "fill", first: -3, second: 50, third: 2.5, fourth: 0.5, text: "taker" },
    { first: 3 },
    { first: -3 },
  ]);
  expect([made.assumedFills, made.ordersFilled, made.marginCallFills]).toEqual([1, 1, 1]);
});

test("ends of orders and charges are written with their numbers and words", () => {
  const { tell, events } = recorder();
  const end = {
    orderId: 9 as OrderId,
    timeMs: 0,
    cumulativeQuantity: 0,
    code: "other",
    reason: "why",
  } as const;
  const charge = { chargeId: 1, instrument: 0 as never, amount: 4, timeMs: 0 } as const;
  const split = { ratio: 3, quantityAfter: 9, tickSize: 0.01 };
  tell({
    timeMs: 2_000,
    reports: [
      { kind: "canceled", ...end },
      { kind: "rejected", ...end },
      { kind: "expired", ...end },
      { kind: "accepted", orderId: 9 as OrderId, timeMs: 0 },
      { kind: "charged", charge: { ...charge, kind: "borrow" } },
      { kind: "charged", charge: { ...charge, kind: "split", split } },
    ],
  });
  const ended = { timeMs: 2_000, instrument: -1, first: 9, text: "why" };
  expect(events()).toMatchObject([
    { kind: "canceled", ...ended },
    { kind: "rejected", ...ended },
    { kind: "expired", ...ended },
    { kind: "charged", timeMs: 2_000, instrument: 0, first: 4, second: Number.NaN, text: "borrow" },
    { kind: "charged", first: 4, second: 3, text: "split" },
  ]);
});

test("signals, orders, changes, trims and refusals are written with signed quantities", () => {
  const { made, tell, events } = recorder();
  const refusal: Refusal = { order: approved(), ruleName: "limit", reason: "too large", limit: 1, value: 2 };
  tell({
    decision: { targets: [target] },
    review: {
      approved: [approved()],
      changed: [approved({ id: 3 as OrderId, side: "buy", terms: { type: "limit", limitPrice: 40 } })],
      refused: [refusal],
      trimmed: [{ ...refusal, sharedBy: 1, quantity: 5 }],
    },
  });
  expect(events()).toMatchObject([
    { kind: "signal", first: -1, second: -0.5, third: -7, text: "cross" },
    { kind: "order", first: 7, second: 40, third: 3, text: "test" },
    { kind: "order", first: -7, second: Number.NaN, third: 4 },
    { kind: "trimmed", first: 2, second: 1, third: -5, text: "limit: too large" },
    { kind: "refused", first: 2, second: 1, third: -7, text: "limit: too large" },
  ]);
  expect([made.signals, made.ordersSent, made.ordersRefused, made.ordersTrimmed]).toEqual([1, 1, 1, 1]);
});

test("the number of an order is what makes it wait", () => {
  const { tell, events } = recorder();
  const terms: readonly OrderTerms[] = [
    { type: "stop_market", stopPrice: 11 },
    { type: "stop_limit", stopPrice: 1, limitPrice: 12 },
    { type: "limit_if_touched", triggerPrice: 1, limitPrice: 13 },
    { type: "market_if_touched", triggerPrice: 14 },
    { type: "trailing_stop_market", trail: { kind: "amount", amount: 15 } },
    { type: "trailing_stop_market", trail: { kind: "fraction", fraction: 0.16 } },
  ];
  tell({ review: { approved: terms.map((one) => approved({ terms: one })) } });
  expect(events().map(({ second }) => second)).toEqual([11, 12, 13, 14, 15, 0.16]);
});

test("an alarm is written when it comes, when it changes and when it is over", () => {
  const { made, tell, events } = recorder();
  const alarm = (kind: string) => ({
    alarm: { kind, reason: "deep", limit: 1, value: 2 },
    alarmRule: "halt",
  });
  for (const risk of [calm, alarm("pause"), alarm("pause"), alarm("flatten"), calm, calm]) tell({ risk });
  expect(events()).toMatchObject([
    { kind: "alarm", instrument: -1, first: 2, second: 1, text: "halt: pause, deep" },
    { first: 2, text: "halt: flatten, deep" },
    { first: Number.NaN, second: Number.NaN, text: "clear" },
  ]);
  // One instant, however often something happened at it.
  expect(made.log.length).toBe(1);
});

test("a heartbeat on which nothing happened leaves no trace, and one with anything at all does", () => {
  const lengthAfter = (step: Step): number => {
    const { made, tell } = recorder();
    tell(step);
    return made.log.length;
  };
  expect(lengthAfter({})).toBe(0);
  expect(lengthAfter({ row: 0 })).toBe(1);
  const refusal: Refusal = { order: approved(), ruleName: "limit", reason: "too large", limit: 1, value: 2 };
  for (const step of [
    { reports: [fill(1)] },
    { targets: [target] },
    { plan: { cancels: [approved()] } },
    { review: { changed: [approved()] } },
    { review: { approved: [approved()] } },
    { review: { refused: [refusal] } },
    // Nothing makes up for anything.
    { review: { approved: [approved()], refused: [refusal] } },
    { reports: [fill(1)], review: { refused: [refusal] } },
    { targets: [target], plan: { cancels: [approved()] }, review: { changed: [approved()] } },
    { risk: { alarm: { kind: "pause", reason: "", limit: 1, value: 2 }, alarmRule: "halt" } },
  ] satisfies readonly Step[])
    expect(lengthAfter(step)).toBe(1);
});

test("what is answered at the instant of a slice belongs to it, and a later instant is a row of its own", () => {
  const { made, tell, portfolio } = recorder(2);
  portfolio.equity = 1_500;
  tell({ row: 0, timeMs: 1_000 });
  tell({ timeMs: 1_000, reports: [fill(1)] });
  tell({ timeMs: 1_001, reports: [fill(2)] });
  tell({ row: 1, timeMs: 1_001 });
  expect([...made.log.timeMs.subarray(0, made.log.length)]).toEqual([1_000, 1_001, 1_001]);
  expect([made.log.exposedSlices, made.log.equity[0]]).toEqual([3, 1_500]);
});

test("decisions are counted, and the first row on which one was possible is remembered", () => {
  const { made, tell } = recorder();
  tell({ row: 0, timeMs: 1, decision: { warmingUp: 2 } });
  expect(made.firstDecisionRow).toBe(-1);
  tell({ row: 1, timeMs: 2, decision: { silent: 3, warmingUp: 1 } });
  tell({ row: 2, timeMs: 3, decision: { targets: [target] } });
  expect([made.firstDecisionRow, made.warmingUp, made.silent, made.signals]).toEqual([1, 3, 3, 1]);
  const other = recorder();
  other.tell({ row: 0, decision: { targets: [target] } });
  expect(other.made.firstDecisionRow).toBe(0);
});

test("quiet rows count as what they are, and the account is worth what it is at the last of them", () => {
  const { made, portfolio } = recorder(10);
  made.recordQuiet(bars, 0, 2, portfolio, "warming up");
  expect([made.warmingUp, made.silent, made.firstDecisionRow, portfolio.equity]).toEqual([2, 0, -1, 1_020]);
  made.recordQuiet(bars, 2, 2, portfolio, "silent");
  expect([made.firstDecisionRow, portfolio.equity, made.log.length]).toEqual([-1, 1_020, 2]);
  made.recordQuiet(bars, 2, 3, portfolio, null);
  expect([made.warmingUp, made.silent, made.firstDecisionRow, portfolio.equity]).toEqual([2, 0, -1, 1_030]);
  made.recordQuiet(bars, 3, 4, portfolio, "silent");
  expect([made.warmingUp, made.silent, made.firstDecisionRow, portfolio.equity]).toEqual([2, 1, 3, 1_040]);
});

test("a stop that goes is noted with its distance", () => {
  const { made, tell, portfolio } = recorder();
  portfolio.ledger.lastPrice[0] = 100;
  tell({
    review: { approved: [approved({ closePosition: true, terms: { type: "stop_market", stopPrice: 97 } })] },
  });
  expect(made.stopDistances.fractions).toEqual([0.03]);
});

test("every signal has a fate, though it is the only one of its close", () => {
  const { recorder } = runScript({ 1: [1], 3: [1], 4: [0] }, [100, 100, 100, 100, 100]);
  expect([recorder.signals, recorder.fates.actedOn, recorder.fates.unchanged]).toEqual([3, 2, 1]);
});
