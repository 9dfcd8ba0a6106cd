import type { Ledger } from "../../domain/ledger.ts";
import type { ExchangeOrder, OrderTicket } from "./exchange-types.ts";
import type { AccountView, ExchangeView } from "./exchange-views.ts";

/** Money of an account at one moment, in its currency. */
export type AccountSummary = {
  readonly cash: number;
  readonly equity: number;
  /** What the positions have made and not yet brought in. */
  readonly unrealizedPnl: number;
  readonly grossExposure: number;
  /** How many times its money an account may hold; 1 where nothing is borrowed. */
  readonly leverage: number;
  /** What orders that open something may still be worth, those that work already taken off. */
  readonly buyingPower: number;
  /** What orders that work have set aside. */
  readonly reserved: number;
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
};

/** Reckons up an account. */
export function accountSummary(account: AccountView, exchange: ExchangeView, ledger: Ledger): AccountSummary {
  const { accountKind, maintenanceMargin } = account.options.venue;
  const leverage = accountKind === "cash" ? 1 : account.options.venue.leverage;
  const equity = ledger.equity();
  const grossExposure = ledger.grossExposure();
  const reserved = reservedBy(account, exchange, ledger);
  const free =
    accountKind === "cash"
      ? ledger.cash - reserved.opening + reserved.closing
      : equity * leverage - grossExposure - reserved.opening + reserved.closing;
  return {
    cash: ledger.cash,
    equity,
    unrealizedPnl: ledger.held.reduce((sum, k) => sum + ledger.profitBy(k) - ledger.realizedBy[k]!, 0),
    grossExposure,
    leverage,
    buyingPower: Math.max(0, free),
    reserved: reserved.opening,
    initialMargin: grossExposure / leverage,
    maintenanceMargin: grossExposure * maintenanceMargin,
  };
}

/** Value of the orders that open, and of the market orders that are about to make room for them. */
function reservedBy(
  account: AccountView,
  exchange: ExchangeView,
  ledger: Ledger,
): { opening: number; closing: number } {
  let opening = 0;
  let closing = 0;
  for (const order of account.orders.open()) {
    if (order.parentId !== null) continue;
    const sign = order.side === "buy" ? 1 : -1;
    const rest = order.quantity - order.filledQuantity;
    const closable = Math.max(0, -sign * account.heldOf(order.symbol, order.leg));
    const closes = order.reduceOnly || order.closePosition ? rest : Math.min(rest, closable);
    opening += valueOr0(order, rest - closes, exchange, ledger);
    if (order.terms.type === "market")
      closing += valueOr0(order, Math.min(closes, closable), exchange, ledger);
  }
  return { opening, closing };
}

function valueOr0(order: ExchangeOrder, quantity: number, exchange: ExchangeView, ledger: Ledger): number {
  const value = orderValue(order, quantity, exchange, ledger);
  return Number.isNaN(value) ? 0 : value;
}

/** What `quantity` of an order is worth at its own price, or at the last one. */
export function orderValue(
  { terms, symbol, leg }: OrderTicket,
  quantity: number,
  exchange: ExchangeView,
  ledger: Ledger,
): number {
  if (quantity === 0) return 0;
  const price =
    "limitPrice" in terms
      ? terms.limitPrice
      : "stopPrice" in terms
        ? terms.stopPrice
        : exchange.lastPrice(symbol);
  return quantity * ledger.unitValue(exchange.instrumentIndex(symbol, leg), price);
}
