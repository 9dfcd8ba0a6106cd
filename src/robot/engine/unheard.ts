import type { Ledger } from "../../domain/ledger.ts";
import type { ExecutionReport } from "../../domain/order.ts";
import type { EngineView } from "./engine-view.ts";

/**
 * What a session will say when it has heard `reports`, in money and holdings: a strategy that hangs keeps nobody from
 * knowing that its stop has filled. `prices` knows prices and rates; nothing is booked on it.
 */
export function withUnheard(
  view: EngineView,
  reports: readonly ExecutionReport[],
  prices: Ledger,
): EngineView {
  const ledger = prices.withHoldings(view.cash, view.symbols);
  for (const report of reports) {
    if (report.kind === "filled") ledger.book(report.fill);
    else if (report.kind === "charged") ledger.charge(report.charge);
  }
  const realizedBefore = new Map(view.positions.map(({ symbol, realizedPnl }) => [symbol, realizedPnl]));
  const symbols = view.symbols.map((line, index) => {
    const [quantity, averagePrice] = [ledger.quantity[index]!, ledger.averagePrice[index]!];
    const lastPrice = Number.isNaN(ledger.lastPrice[index]!) ? line.lastPrice : ledger.lastPrice[index]!;
    const profit = (): number => ledger.unitValue(index, lastPrice) - ledger.unitValue(index, averagePrice);
    const unrealizedPnl = quantity === 0 ? 0 : quantity * profit();
    return { ...line, quantity, averagePrice, lastPrice, unrealizedPnl };
  });
  const positions = symbols.flatMap(({ symbol, quantity, lastPrice, unrealizedPnl }, index) => {
    const realizedPnl = (realizedBefore.get(symbol) ?? 0) + ledger.realizedBy[index]!;
    if (quantity === 0 && realizedPnl === 0) return [];
    const value = quantity === 0 ? 0 : quantity * ledger.unitValue(index, lastPrice);
    return [{ symbol, quantity, value, unrealizedPnl, realizedPnl }];
  });
  const largestExposure = positions.reduce((largest, { value }) => Math.max(largest, Math.abs(value)), 0);
  return { ...view, equity: ledger.equity(), cash: ledger.cash, symbols, positions, largestExposure };
}
