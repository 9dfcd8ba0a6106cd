import { expect, test } from "vitest";
import { ExecutionDesk } from "../../test/execution-desk.ts";
import { testInstrument } from "../../test/plugin-tools.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { AccountView, unknownSymbol } from "./account-view.ts";

/** An account of 10,000 that holds these quantities at 100, by instrument. */
function viewOf(quantities: readonly number[], openPositionsMax?: number): AccountView {
  const desk = new ExecutionDesk({}, quantities.length);
  for (const [index, quantity] of quantities.entries()) {
    if (quantity === 0) continue;
    desk.decide(quantity, { instrument: index as InstrumentIndex });
    const [order] = desk.plan().orders;
    desk.fill(order!.id);
  }
  return new AccountView(desk.portfolio, desk.instruments, openPositionsMax);
}

test("the account is seen with its money and its holdings by symbol", () => {
  const view = viewOf([30, 0, -10]);
  // 30 were bought for 3,000 and 10 sold for 1,000.
  expect([view.cash, view.equity, view.openPositions, view.openPositionsMax]).toEqual([
    8_000,
    10_000,
    2,
    Infinity,
  ]);
  expect(view.held).toEqual([0, 2]);
  expect(["TEST0", "TEST1", "TEST2"].map((symbol) => view.shareOf(symbol))).toEqual([0.3, 0, -0.1]);
  expect(view.positionOf("TEST2")).toMatchObject({ quantity: -10, averagePrice: 100 });
  expect(view.instrumentOf("TEST1").index).toBe(1);
  expect(viewOf([0], 4).openPositionsMax).toBe(4);
});

test("a symbol that the run does not have is answered with those that it has, a dozen at most", () => {
  expect(() => viewOf([0]).positionOf("SPY")).toThrow("SYMBOL_UNKNOWN");
  const why = (count: number) =>
    unknownSymbol(
      "SPY",
      Array.from({ length: count }, (_, index) => testInstrument(index)),
    ).parts.why;
  expect(why(2)).toBe("this run has TEST0, TEST1");
  expect(why(12)).toMatch(/TEST11$/);
  expect(why(13)).toMatch(/TEST11 \.\.\. \(13\)$/);
});
