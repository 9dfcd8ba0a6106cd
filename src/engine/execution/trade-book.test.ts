import { expect, test } from "vitest";
import { barsFrom, testInstrument } from "../../../test/plugin-tools.ts";
import { hourMs } from "../../base/time.ts";
import { conversionsFor } from "../../domain/currency.ts";
import { Ledger } from "../../domain/ledger.ts";
import type { Fill, OrderId } from "../../domain/order.ts";
import { Portfolio } from "./portfolio.ts";
import { TradeBook } from "./trade-book.ts";

// Bars 1 to 6 around 100, each with another low and high, so that only the right ones give the right excursions.
const bars = barsFrom([1, 2, 3, 4, 5, 6].map((k) => [100, 100 + k, 100 - 2 * k, 100]));

/** An account that books fills: signed quantity, price, hour, and what is given. */
function account(change = {}, kind: "cash" | "margin" = "cash") {
  const instruments = [testInstrument(0, change)];
  const owner = { kind, baseCurrency: "USD" };
  const ledger = new Ledger(10_000, instruments, conversionsFor(instruments, "USD"), owner);
  const portfolio = new Portfolio(ledger, new TradeBook([bars]), [bars]);
  let fillId = 0;
  const fill = (
    signed: number,
    price: number,
    hour: number,
    rest: Partial<Fill> = {},
    reason = "test",
  ): void => {
    fillId += 1;
    const quantity = Math.abs(signed);
    portfolio.book(
      {
        fillId,
        orderId: fillId as OrderId,
        instrument: 0 as never,
        side: signed > 0 ? "buy" : "sell",
        quantity,
        cumulativeQuantity: quantity,
        price,
        fee: 0,
        slippageCost: 0,
        liquidity: "taker",
        timeMs: hour * hourMs,
        ...rest,
      },
      reason,
    );
  };
  return { portfolio, fill, trades: () => portfolio.trades.closed };
}

test("one price is told to the last digit, whatever the quantity, and in parts as well", () => {
  const { fill, trades } = account();
  fill(49.50495049, 102, 2);
  fill(-49.50495049, 109, 3);
  fill(5_000, 0.1, 3);
  fill(6_666.66666667, 0.1, 4);
  fill(-0.3, 0.7, 4);
  fill(-11_666.36666667, 0.7, 5);
  expect(trades().map(({ entryPrice, exitPrice }) => [entryPrice, exitPrice])).toEqual([
    [102, 109],
    [0.1, 0.7],
  ]);
});

test("a trade of several entries and exits has their mean prices, all costs, and its largest size", () => {
  const { fill, trades, portfolio } = account();
  fill(4, 100, 2, { fee: 1, slippageCost: 0.5 }, "in");
  fill(6, 110, 3, { fee: 2, slippageCost: 0.25 }, "more");
  fill(-3, 120, 4, { fee: 3, slippageCost: 0.125 }, "part");
  expect(portfolio.trades.count).toBe(0);
  portfolio.charge({ chargeId: 1, kind: "funding", instrument: 0 as never, amount: 5, timeMs: 0 });
  fill(-7, 130, 5, { fee: 4 }, "out");
  // In for 400 + 660, out for 360 + 910: 210 before 10 of fees and 5 of funding.
  expect(trades()).toMatchObject([
    {
      side: "long",
      entryTimeMs: 2 * hourMs,
      exitTimeMs: 5 * hourMs,
      entryPrice: 106,
      exitPrice: 127,
      quantity: 10,
      feesPaid: 10,
      slippageCost: 0.875,
      barsHeld: 3,
      entryReason: "in",
      exitReason: "out",
    },
  ]);
  expect(trades()[0]!.pnl).toBeCloseTo(195, 9);
  expect(trades()[0]!.returnFraction).toBeCloseTo(195 / 1_060, 12);
});

test("how far the price went counts from the bar of the entry to the bar before the exit", () => {
  const { fill, trades } = account();
  fill(1, 100, 2);
  fill(-1, 101, 5);
  // Of bars 2 to 4 the lowest is 92 and the highest 104; the bar of the exit may have gone on after it.
  expect(trades()[0]).toMatchObject({ mae: 0.08, mfe: 0.04 });
  fill(-1, 100, 3);
  fill(1, 99, 4);
  expect(trades()[1]).toMatchObject({ side: "short", mae: 0.03, mfe: 0.06, barsHeld: 1 });
  fill(1, 100, 6);
  fill(-1, 90, 6);
  expect(trades()[2]).toMatchObject({ mae: 0.1, mfe: 0, barsHeld: 0 });
});

test("a reversal ends one trade and begins the next, and its costs are shared by quantity", () => {
  const { fill, trades } = account();
  fill(4, 100, 2);
  fill(-10, 110, 3, { fee: 10, slippageCost: 5 }, "turn");
  fill(6, 100, 4, { fee: 6, slippageCost: 3 }, "out");
  expect(trades()).toMatchObject([
    { side: "long", quantity: 4, pnl: 40 - 4, feesPaid: 4, slippageCost: 2, exitReason: "turn" },
    { side: "short", quantity: 6, pnl: 60 - 12, feesPaid: 12, slippageCost: 6, entryReason: "turn" },
  ]);
});

test("a short trade that grows and shrinks is counted like a long one", () => {
  const { fill, trades } = account();
  fill(-2, 100, 2);
  fill(-2, 90, 3);
  fill(1, 80, 4);
  fill(3, 96, 5);
  // Sold for 380, bought for 368.
  expect(trades()).toMatchObject([{ side: "short", entryPrice: 95, exitPrice: 92, quantity: 4, pnl: 12 }]);
});

test("charges without a position belong to no trade, and the next trade begins without any", () => {
  const { fill, trades, portfolio } = account();
  const charge = (chargeId: number, amount: number): void =>
    portfolio.charge({ chargeId, kind: "borrow", instrument: 0 as never, amount, timeMs: 0 });
  charge(1, 100);
  fill(1, 100, 2, { fee: 1, slippageCost: 1 });
  charge(2, 3);
  fill(-1, 100, 3, { fee: 1, slippageCost: 1 });
  charge(3, 100);
  fill(2, 100, 4);
  fill(-2, 100, 5);
  expect(trades()).toMatchObject([
    { pnl: -5, feesPaid: 2, slippageCost: 2 },
    { pnl: 0, feesPaid: 0, slippageCost: 0, quantity: 2, entryPrice: 100, exitPrice: 100 },
  ]);
});

test("contracts of several units make several times the profit", () => {
  const { fill, trades } = account({ contractMultiplier: 10 });
  fill(2, 100, 2);
  fill(-2, 103, 3);
  expect(trades()).toMatchObject([{ pnl: 60, entryPrice: 100, returnFraction: 0.03 }]);
});

test("a trade through a split is told in the shares of its end, what the price did before it too", () => {
  const { fill, trades, portfolio } = account();
  fill(2, 200, 2);
  // Bars from the fourth on are in new prices.
  const split = { ratio: 2, quantityAfter: 4, tickSize: 0.01 };
  portfolio.charge({
    chargeId: 1,
    kind: "split",
    instrument: 0 as never,
    amount: 0,
    timeMs: 4 * hourMs,
    split,
  });
  fill(-1, 101, 5);
  fill(-3, 101, 5);
  const [trade] = trades();
  expect(trade).toMatchObject({ quantity: 4, entryPrice: 100, exitPrice: 101, pnl: 4, returnFraction: 0.01 });
  // Of bars 2 to 4 the lowest is 94 / 2 and the highest 104.
  expect(trade!.mae).toBeCloseTo(0.53, 12);
  expect(trade!.mfe).toBeCloseTo(0.04, 12);
  // One that begins after it knows no other prices.
  fill(2, 100, 5);
  fill(-2, 100, 6);
  expect(trades()[1]).toMatchObject({ quantity: 2, mae: 0.1, mfe: 0.05 });
});

test("where only profit is money each trade has its own, whatever those before it made", () => {
  const { fill, trades } = account({ symbol: "USDJPY", quoteCurrency: "JPY" }, "margin");
  fill(200, 100, 2);
  fill(-200, 110, 3);
  fill(100, 100, 4);
  fill(-100, 95, 5);
  const [first, second] = trades();
  // Yen, at the price at which they arose.
  expect(first!.pnl).toBeCloseTo(2_000 / 110, 9);
  expect(second!.pnl).toBeCloseTo(-500 / 95, 9);
});

test("far above the prices before a split, the best of a trade is still its exit", () => {
  const { fill, trades, portfolio } = account();
  fill(2, 200, 2);
  const split = { ratio: 2, quantityAfter: 4, tickSize: 0.01 };
  const charge = { chargeId: 1, kind: "split", instrument: 0 as never, amount: 0 } as const;
  portfolio.charge({ ...charge, timeMs: 4 * hourMs, split });
  fill(-4, 130, 5);
  expect(trades()[0]!.mfe).toBeCloseTo(0.3, 12);
});
