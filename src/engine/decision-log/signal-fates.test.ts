import { expect, test } from "vitest";
import { marketOrder } from "../../../test/risk-harness.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { ApprovedOrder } from "../../domain/order.ts";
import { unprotected, type Target } from "../../domain/target.ts";
import { emptyPlan } from "../execution/plan.ts";
import type { Portfolio } from "../execution/portfolio.ts";
import type { Review } from "../execution/review.ts";
import type { RiskGate } from "../execution/risk-gate.ts";
import { SignalFates } from "./signal-fates.ts";

const portfolio = {
  equity: 1_000,
  ledger: { lastPrice: [5, 6] },
  unitValue: (_index: number, price: number) => price * 10,
} as unknown as Portfolio;
const calm = { alarm: { kind: "clear" }, alarmRule: "" } as unknown as RiskGate;
const tripped = { alarm: { kind: "flatten", reason: "too deep" }, alarmRule: "halt" } as unknown as RiskGate;

function target(instrument: number, weight: number, quantity: number, equityWeight = weight): Target {
  const index = instrument as InstrumentIndex;
  const rest = { reason: "test", entry: { kind: "market" }, protection: unprotected } as const;
  return { instrument: index, weight, quantity, equityWeight, ...rest };
}

function review(change: Partial<Review> = {}): Review {
  return { approved: [], changed: [], refused: [], trimmed: [], ...change };
}

function orderOf(instrument: number, closePosition = false): ApprovedOrder {
  return marketOrder({ instrument: instrument as InstrumentIndex, closePosition }) as ApprovedOrder;
}

function fatesOf(
  signals: readonly Target[],
  { unchanged = 0, of = review(), followed = signals, risk = calm } = {},
) {
  const fates = new SignalFates();
  fates.count(signals, followed, { ...emptyPlan(), unchanged }, of, portfolio, risk);
  const { actedOn, unchanged: same, unsized, tooSmall, firstTooSmall } = fates;
  return {
    actedOn,
    unchanged: same,
    unsized,
    tooSmall,
    firstTooSmall,
    overruled: [...fates.overruled],
    refused: [...fates.refused],
  };
}

test("a signal whose order went was acted on, and one whose holding was close enough changed nothing", () => {
  const signals = [target(0, 1, 5), target(1, 1, 5)];
  const of = review({ approved: [orderOf(0)] });
  expect(fatesOf(signals, { unchanged: 1, of })).toMatchObject({ actedOn: 1, unchanged: 1 });
  expect(fatesOf(signals, { unchanged: 1, of: review({ changed: [orderOf(1)] }) })).toMatchObject({
    actedOn: 1,
    unchanged: 1,
  });
  // Nothing of the plan was unchanged: a cancel went, or will when the venue has answered.
  expect(fatesOf(signals)).toMatchObject({ actedOn: 2, unchanged: 0 });
});

test("an order that only protects is no act on a signal", () => {
  const of = review({ approved: [orderOf(0, true)] });
  expect(fatesOf([target(0, 1, 5)], { unchanged: 1, of })).toMatchObject({ actedOn: 0, unchanged: 1 });
});

test("each unchanged instrument of the plan stands for one signal", () => {
  const signals = [target(0, 1, 5), target(1, 1, 5)];
  expect(fatesOf(signals, { unchanged: 1 })).toMatchObject({ actedOn: 1, unchanged: 1 });
  expect(fatesOf(signals, { unchanged: 2 })).toMatchObject({ actedOn: 0, unchanged: 2 });
});

test("a share of nothing, a share below one lot, and a wish for nothing are told apart", () => {
  const signals = [target(0, 1, 0, 0), target(1, 1, 0), target(0, 0, 0), target(0, 0.5, 0)];
  expect(fatesOf(signals, { unchanged: 4 })).toMatchObject({
    unsized: 1,
    tooSmall: 2,
    unchanged: 1,
    firstTooSmall: { instrument: 1, unitValue: 60, equity: 1_000 },
  });
});

test("a refusal is counted by its rule, for its own instrument", () => {
  const refusal = { order: orderOf(1), ruleName: "limit", reason: "too large", limit: 1, value: 2 };
  const signals = [target(0, 1, 5), target(1, 1, 5)];
  const told = fatesOf(signals, { of: review({ refused: [refusal] }) });
  expect(told).toMatchObject({ actedOn: 1, refused: [["limit: too large", 1]] });
});

test("what a breaker or the end of the run leaves out was overruled", () => {
  const signals = [target(0, 1, 5), target(1, 1, 5)];
  expect(fatesOf(signals, { followed: [], risk: tripped }).overruled).toEqual([["halt: too deep", 2]]);
  const told = fatesOf(signals, { followed: [signals[1]!] });
  expect(told).toMatchObject({ overruled: [["end of run", 1]], actedOn: 1 });
});
