import type { ExchangePosition } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import { contractOf } from "./ib-contracts.ts";
import { frame, type Field } from "./frames.ts";
import type { Teller } from "./order-messages.ts";

type Value = readonly [key: string, value: string, currency: string];

/** Everything that is said about the money of an account. */
export function accountValues({ account, exchange }: Teller): readonly Value[] {
  const {
    cash: plain,
    equity,
    grossExposure,
    buyingPower,
    initialMargin,
    maintenanceMargin,
  } = account.summary();
  const { currency } = account.options;
  const cash = plain + worthOfContracts(account, exchange);
  const money = (key: string, value: number): Value => [key, value.toFixed(2), currency];
  return [
    ["AccountType", "INDIVIDUAL", ""],
    money("NetLiquidation", equity),
    money("TotalCashValue", cash),
    money("SettledCash", cash),
    money("CashBalance", cash),
    money("EquityWithLoanValue", equity),
    money("GrossPositionValue", grossExposure),
    money("BuyingPower", buyingPower),
    money("InitMarginReq", initialMargin),
    money("MaintMarginReq", maintenanceMargin),
    money("AvailableFunds", equity - initialMargin),
    money("ExcessLiquidity", equity - maintenanceMargin),
  ];
}

/** Contracts and currencies are settled in cash as their prices move: what they are worth is in there. */
function worthOfContracts(account: Teller["account"], exchange: Teller["exchange"]): number {
  const isContract = ({ symbol }: ExchangePosition): boolean =>
    ["future", "forex"].includes(exchange.listing(symbol)!.assetClass);
  return account
    .positions()
    .filter(isContract)
    .reduce((sum, { worth }) => sum + worth, 0);
}

/** The tags that an account summary was asked for; `$LEDGER` is what there is of each currency. */
export function summaryFrames(teller: Teller, reqId: number, tags: string): readonly Buffer[] {
  const asked = new Set(tags.split(",").map((tag) => tag.trim().replace(/^\$LEDGER.*$/, "CashBalance")));
  return accountValues(teller)
    .filter(([key]) => asked.has(key))
    .map(([key, value, currency]) => frame([63, 1, reqId, teller.accountName, key, value, currency]));
}

/** One position, as the list of positions tells it. */
export function positionFrame(position: ExchangePosition, { exchange, accountName }: Teller): Buffer {
  return frame([
    61,
    3,
    accountName,
    ...contractPart(position, exchange, "exchange"),
    decimal(position.quantity),
    decimal(costOf(position, exchange)),
  ]);
}

/** One position, as the updates of an account tell it. */
export function portfolioFrame(position: ExchangePosition, { exchange, accountName }: Teller): Buffer {
  const { quantity, lastPrice, realizedPnl, symbol } = position;
  const size = exchange.listing(symbol)!.contractMultiplier;
  const cost = costOf(position, exchange);
  return frame([
    7,
    8,
    ...contractPart(position, exchange, "primaryExchange"),
    decimal(quantity),
    decimal(lastPrice),
    decimal(quantity * lastPrice * size),
    decimal(cost),
    decimal(quantity * (lastPrice * size - cost)),
    decimal(realizedPnl),
    accountName,
  ]);
}

function contractPart(
  { symbol }: ExchangePosition,
  exchange: Teller["exchange"],
  place: "exchange" | "primaryExchange",
): readonly Field[] {
  const contract = contractOf(exchange.listing(symbol)!, exchange);
  const { conId, secType, multiplier, currency, localSymbol, tradingClass } = contract;
  const name = contract.symbol;
  return [conId, name, secType, "", 0, "", multiplier, contract[place], currency, localSymbol, tradingClass];
}

/** What one contract cost: the price times its size. */
function costOf({ averagePrice, symbol }: ExchangePosition, exchange: Teller["exchange"]): number {
  return averagePrice * exchange.listing(symbol)!.contractMultiplier;
}
