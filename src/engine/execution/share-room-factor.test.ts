import fc from "fast-check";
import { expect, test } from "vitest";
import { marketOrder } from "../../../test/risk-harness.ts";
import { roundsOf } from "../../../test/rounds.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { signOf, type OrderId, type OrderRequest, type Side } from "../../domain/order.ts";
import type { Refusal } from "./review.ts";
import { shareRoom, type Room, type Wish } from "./share-room.ts";

/** A market of an account on paper, and how much more of it is wanted: an opposite side first closes what is held. */
type Market = {
  readonly held: number;
  readonly price: number;
  readonly side: Side;
  readonly opening: number;
  readonly costRate: number;
  /** What of its value counts for the limit. */
  readonly rate: number;
};

/** An account of 1 on paper whose positions together may tie up so much. */
class PaperRoom implements Room {
  asked = 0;
  private readonly markets: readonly Market[];
  private readonly limit: number;
  /** Value from which on an order is refused for its own sake. */
  private readonly ownMax: number;
  private positions: number[];

  constructor(markets: readonly Market[], limit: number, ownMax = Infinity) {
    this.markets = markets;
    this.limit = limit;
    this.ownMax = ownMax;
    this.positions = markets.map(({ held }) => held);
  }

  limitOn(order: OrderRequest): Refusal | null {
    this.asked += 1;
    const refusal = { order, ruleName: "paper", reason: "too large", limit: this.limit };
    if (order.quantity * this.markets[order.instrument]!.price > this.ownMax) return { ...refusal, value: 0 };
    const value = tiedUp(this.markets, this.with(order));
    return value <= this.limit * (1 + 1e-9) ? null : { ...refusal, value, quantityMax: 0 };
  }

  carry(order: OrderRequest): void {
    this.positions = this.with(order);
  }

  rewind(): void {
    this.positions = this.markets.map(({ held }) => held);
  }

  gross(): number {
    return this.positions.reduce((sum, quantity, k) => sum + Math.abs(quantity) * this.markets[k]!.price, 0);
  }

  private with({ instrument, side, quantity }: OrderRequest): number[] {
    return this.positions.with(instrument, this.positions[instrument]! + signOf(side) * quantity);
  }
}

function tiedUp(markets: readonly Market[], positions: readonly number[]): number {
  return markets.reduce((sum, { price, rate }, k) => sum + Math.abs(positions[k]!) * price * rate, 0);
}

function closingOf({ held, side }: Market): number {
  return signOf(side) * held < 0 ? Math.abs(held) : 0;
}

function wishesOf(markets: readonly Market[]): readonly Wish[] {
  return markets.map((market, k) => {
    const closing = closingOf(market);
    const alone = closing + market.opening;
    const order = marketOrder({
      id: (k + 1) as OrderId,
      instrument: k as InstrumentIndex,
      side: market.side,
      quantity: alone,
    });
    return { order, closing, alone, refusal: null, costRate: market.costRate };
  });
}

/** The most that is tied up on the way, as one market after the other is taken to its part. */
function worstAt(markets: readonly Market[], factor: number): number {
  const positions = markets.map(({ held }) => held);
  const steps = markets.map((market, k) => {
    const { side, opening, costRate } = market;
    positions[k]! += signOf(side) * (closingOf(market) + opening * factor * (1 + costRate));
    return tiedUp(markets, positions);
  });
  return Math.max(...steps);
}

const marketsOf = (heldMax: number, rateMin: number): fc.Arbitrary<readonly Market[]> =>
  fc.array(
    fc.record({
      held: fc.integer({ min: -heldMax, max: heldMax }),
      price: fc.integer({ min: 1, max: 50 }),
      side: fc.constantFrom("buy", "sell"),
      opening: fc.integer({ min: 1, max: 20 }),
      costRate: fc.constantFrom(0, 0.001, 0.02),
      rate: fc.double({ min: rateMin, max: 1, noNaN: true }),
    }),
    { minLength: 2, maxLength: 5 },
  );

/** How far the limit lies on the way from what closing leaves to what all want. */
const tightness = fc.double({ min: 0.05, max: 0.95, noNaN: true });
const rounds = { numRuns: roundsOf(200, 40), seed: 20_261_201 };

/** The share of markets under a limit that lets only a part of them through; null where all fits but for its costs. */
function shareOf(markets: readonly Market[], part: number) {
  const [least, most] = [worstAt(markets, 0), worstAt(markets, 1)];
  const limit = least + part * (most - least);
  const room = new PaperRoom(markets, limit);
  const share = most > least * 1.01 ? shareRoom(wishesOf(markets), room) : null;
  return share === null ? null : { ...share, limit, asked: room.asked };
}

test("the factor is the largest at which the limit holds, whatever is held, closed first, or counted by half", () => {
  let found = 0;
  fc.assert(
    fc.property(marketsOf(10, 0.2), tightness, (markets, part) => {
      const share = shareOf(markets, part);
      if (share === null) return;
      found += 1;
      expect(worstAt(markets, share.factor)).toBeLessThanOrEqual(share.limit * (1 + 1.1e-9));
      expect(worstAt(markets, share.factor * (1 + 2e-6) + 1e-9)).toBeGreaterThan(share.limit);
    }),
    rounds,
  );
  expect(found).toBeGreaterThan(rounds.numRuns / 2);
});

test("in which order the wishes come makes no difference, and the refusal tells what all of them wanted together", () => {
  fc.assert(
    fc.property(marketsOf(0, 1), tightness, (markets, part) => {
      const share = shareOf(markets, part);
      if (share === null) return;
      expect(shareOf(markets.toReversed(), part)!.factor / share.factor).toBeCloseTo(1, 8);
      const wanted = markets.map(({ side, opening }) => signOf(side) * opening);
      expect(share.refusal.value).toBeCloseTo(tiedUp(markets, wanted), 6);
    }),
    rounds,
  );
});

test("a limit on the sum of all positions is met at once, and not by trying one factor after the other", () => {
  fc.assert(
    fc.property(marketsOf(10, 1), tightness, (markets, part) => {
      const opening = markets.map((market) => ({
        ...market,
        held: signOf(market.side) * Math.abs(market.held),
      }));
      const share = shareOf(opening, part);
      // Once through them without costs and with, once for the refusal, and once below and above the factor.
      if (share !== null) expect(share.asked).toBeLessThanOrEqual(4 * markets.length + 1);
    }),
    rounds,
  );
});

const wanting = { held: 0, price: 100, side: "buy", opening: 1, costRate: 0.01, rate: 1 } as const;

test("where there is room for all, or for all but their costs, nothing is scaled", () => {
  const share = (limit: number) =>
    shareRoom(wishesOf([wanting, wanting]), new PaperRoom([wanting, wanting], limit));
  expect(share(202)).toBeNull();
  expect(share(200)).toBeNull();
  expect(share(199)?.factor).toBeCloseTo(199 / 202, 8);
});

test("what only its costs lift above a limit of its own takes room all the same, and what is above it takes none", () => {
  const factorOf = (ownMax: number) =>
    shareRoom(wishesOf([wanting, wanting]), new PaperRoom([wanting, wanting], 150, ownMax))?.factor;
  expect(factorOf(100)).toBeCloseTo(150 / 202, 8);
  expect(factorOf(99)).toBeUndefined();
});

test("where no part of anything fits, the factor is none", () => {
  const full = { ...wanting, held: 2 };
  expect(shareRoom(wishesOf([full, full]), new PaperRoom([full, full], 300))!.factor).toBe(0);
});
