import { expect, test } from "vitest";
import type { Fill } from "../../domain/order.ts";
import { Ledger } from "../../domain/ledger.ts";
import type { EngineView } from "./engine-view.ts";
import { withUnheard } from "./unheard.ts";

const line = { averagePrice: 0, lastPrice: 100, unrealizedPnl: 0, wanted: 10, reason: "bought" };
const view = {
  equity: 10_000,
  cash: 10_000,
  symbols: [{ ...line, symbol: "A", quantity: 0, hasTarget: true, wantsStop: true }],
  positions: [],
  largestExposure: 0,
} as unknown as EngineView;
const instruments = [{ index: 0, symbol: "A", contractMultiplier: 1 }] as unknown as ConstructorParameters<
  typeof Ledger
>[1];

function filled(side: "buy" | "sell", quantity: number, price: number) {
  const fill = { instrument: 0, side, quantity, price, fee: 1, slippageCost: 0 } as unknown as Fill;
  return { kind: "filled", fill, isComplete: true } as const;
}

test("an entry and its stop that a strategy has not heard of are in holdings and money", () => {
  const prices = new Ledger(0, instruments, [{ kind: "fixed", rate: 1 }]);
  prices.markAt(0, 102);
  const entered = withUnheard(view, [filled("buy", 10, 100)], prices);
  expect(entered).toMatchObject({ cash: 8_999, equity: 10_019, largestExposure: 1_020 });
  expect(entered.symbols[0]).toMatchObject({
    quantity: 10,
    averagePrice: 100,
    unrealizedPnl: 20,
    wantsStop: true,
  });
  const stopped = withUnheard(entered, [filled("sell", 10, 95)], prices);
  expect(stopped).toMatchObject({ cash: 9_948, equity: 9_948, largestExposure: 0 });
  expect(stopped.positions).toMatchObject([{ quantity: 0, realizedPnl: -50 }]);
});
