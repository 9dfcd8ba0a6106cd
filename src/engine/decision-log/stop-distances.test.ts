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

test("stops of different positions are different entries, also where they are in no group", () => {
  expect(noted(guard(stopAt(90)), guard(stopAt(95))).fractions).toEqual([0.1, 0.05]);
  expect(noted(guard(stopAt(90), { ocoGroup: 1 }), guard(stopAt(95), { ocoGroup: 2 })).fractions).toEqual([
    0.1, 0.05,
  ]);
  // A stop on either side of a price below nothing has a distance above it.
  const below = { ledger: { lastPrice: [-40] } } as unknown as Portfolio;
  const distances = new StopDistances();
  distances.note(
    [guard(stopAt(-38)), guard({ type: "trailing_stop_market", trail: { kind: "amount", amount: 4 } })],
    below,
  );
  expect(distances.fractions).toEqual([0.05, 0.1]);
});

test("a stop whose entry was sent before, or was triggered by a stop-limit, has its own measure", () => {
  expect(noted(guard(stopAt(98), { parentId: 77 })).fractions).toEqual([0.02]);
  const entryTerms: OrderTerms = { type: "stop_limit", stopPrice: 200, limitPrice: 210 };
  expect(noted(entry(1, entryTerms), guard(stopAt(190), { parentId: 1 })).fractions).toEqual([0.05]);
});
