import { expect, test } from "vitest";
import type { OrderRequest, OrderTerms } from "../../domain/order.ts";
import type { Portfolio } from "../execution/portfolio.ts";
import { StopDistances } from "./stop-distances.ts";

const portfolio = { ledger: { lastPrice: [100, 50] } } as unknown as Portfolio;

function entry(id: number, terms: OrderTerms): OrderRequest {
  return { id, instrument: 0, terms, closePosition: false, parentId: null, ocoGroup: 0 } as OrderRequest;
}

function guard(terms: OrderTerms, changes: Readonly<Record<string, number>> = {}): OrderRequest {
  const order = { id: 9, instrument: 0, closePosition: true, parentId: null, ocoGroup: 0, ...changes };
  return { ...order, terms } as OrderRequest;
}

function noted(...orders: readonly OrderRequest[]): StopDistances {
  const distances = new StopDistances();
  distances.note(orders, portfolio);
  return distances;
}

const stopAt = (stopPrice: number): OrderTerms => ({ type: "stop_market", stopPrice });

test("stops and trails are measured from the last close, targets and entries are not", () => {
  const { fractions, instruments } = noted(
    entry(1, { type: "market" }),
    guard(stopAt(98), { parentId: 1 }),
    guard({ type: "limit", limitPrice: 100.1 }),
    guard({ type: "trailing_stop_market", trail: { kind: "amount", amount: 1 } }, { instrument: 1 }),
    guard({ type: "trailing_stop_market", trail: { kind: "fraction", fraction: 0.004 } }),
  );
  expect(fractions).toEqual([0.02, 0.02, 0.004]);
  expect(instruments).toEqual([0, 1, 0]);
});

test("a stop of an entry that waits is measured from where the entry will be", () => {
  expect(
    noted(entry(1, { type: "limit", limitPrice: 80 }), guard(stopAt(79.6), { parentId: 1 })).fractions[0],
  ).toBeCloseTo(0.005, 12);
  expect(noted(entry(1, stopAt(125)), guard(stopAt(120), { parentId: 1 })).fractions[0]).toBeCloseTo(
    0.04,
    12,
  );
});

test("of a stop and a trail of one position the nearer counts", () => {
  const trail: OrderTerms = { type: "trailing_stop_market", trail: { kind: "fraction", fraction: 0.004 } };
  const pair = { parentId: 1, ocoGroup: 5 };
  expect(noted(guard(stopAt(90), pair), guard(trail, pair)).fractions).toEqual([0.004]);
  expect(noted(guard(trail, pair), guard(stopAt(90), pair)).fractions).toEqual([0.004]);
});
