import { z } from "zod";
import { isOver, type ExchangeOrder, type ExchangePosition, type Leg } from "../exchange/exchange-types.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { triggerOf } from "../exchange/mark-triggers.ts";
import { decimal } from "../wire/decimal.ts";
import type { AccountContext } from "./bybit-context.ts";
import { pageOf } from "./bybit-pages.ts";
import { badParameter, failed, ok, refused, type BybitReply } from "./bybit-reply.ts";
import { categoryOf, legOf, legsOf, listingIn, positionIdx, wireSymbol } from "./bybit-symbols.ts";
import { exitTicket, type Exit } from "./create-order.ts";
import { issueOf, tradingStopBody } from "./order-body.ts";
import { orderTicket } from "../exchange/exchange-types.ts";

/** `/v5/position/list`: by symbol also what is not held, by coin only what is. */
function list(context: AccountContext): BybitReply {
  const { query, account, exchange } = context;
  if (query.get("category") !== "linear") return badParameter("category");
  const [symbol, settle, base] = ["symbol", "settleCoin", "baseCoin"].map((name) => query.get(name) || null);
  if (symbol === null && settle === null && base === null)
    return badParameter("symbol or settleCoin is required");
  if (symbol !== null && listingIn(exchange, "linear", symbol!) === null)
    return refused("linear", "unknown_symbol", "");
  const rows = exchange.listings
    .filter((listing) => categoryOf(listing.symbol) === "linear")
    .filter(
      (listing) =>
        (symbol === null || listing.symbol === symbol) &&
        (settle === null || listing.quoteCurrency === settle) &&
        (base === null || listing.baseCurrency === base),
    )
    .flatMap((listing) => legsOf(account).map((leg) => account.position(listing.symbol, leg)))
    .filter(({ quantity }) => symbol !== null || quantity !== 0)
    .map((position, k) => ({ position, sequence: k + 1 }));
  return pageOf(rows, query, { usual: 20, most: 200 }, ({ position }) =>
    positionJson(position, account, exchange),
  );
}

/** A position as lists and streams tell of it. */
export function positionJson(
  position: ExchangePosition,
  account: ExchangeAccount,
  exchange: Exchange,
): Record<string, unknown> {
  const { symbol, leg, quantity, averagePrice, markPrice } = position;
  const size = Math.abs(quantity);
  const leverage = account.leverageOf(symbol);
  const value = size * averagePrice;
  const exits = exitsOf(account, symbol, leg);
  const priceOf = (kind: string): string => {
    const exit = exits.find(({ labels }) => labels["stopOrderType"] === kind);
    const trigger = exit === undefined ? null : triggerOf(exit.terms);
    return trigger === null ? "" : decimal(trigger);
  };
  return {
    category: "linear",
    symbol: wireSymbol(symbol),
    positionIdx: positionIdx(leg),
    side: quantity === 0 ? "" : quantity > 0 ? "Buy" : "Sell",
    size: decimal(size),
    avgPrice: decimal(averagePrice, 8),
    entryPrice: decimal(averagePrice, 8),
    positionValue: decimal(value, 8),
    tradeMode: 0,
    riskId: 1,
    riskLimitValue: "2000000",
    autoAddMargin: 0,
    positionStatus: "Normal",
    leverage: decimal(leverage),
    positionBalance: decimal(value / leverage, 8),
    markPrice: decimal(Number.isNaN(markPrice) ? 0 : markPrice),
    liqPrice: "",
    bustPrice: "",
    positionIM: decimal(value / leverage, 8),
    positionMM: decimal(value * account.options.venue.maintenanceMargin, 8),
    positionIMByMp: decimal((size * markPrice) / leverage || 0, 8),
    positionMMByMp: decimal(size * markPrice * account.options.venue.maintenanceMargin || 0, 8),
    tpslMode: "Full",
    takeProfit: priceOf("TakeProfit"),
    stopLoss: priceOf("StopLoss"),
    trailingStop: "0",
    sessionAvgPrice: "",
    unrealisedPnl: quantity === 0 ? "" : decimal(quantity * (markPrice - averagePrice), 8),
    curRealisedPnl: decimal(position.realizedPnl - position.feesPaid, 8),
    cumRealisedPnl: decimal(position.realizedPnl - position.feesPaid, 8),
    adlRankIndicator: quantity === 0 ? 0 : 2,
    isReduceOnly: exchange.isHalted(symbol),
    mmrSysUpdatedTime: "",
    leverageSysUpdatedTime: "",
    createdTime: String(position.updatedMs),
    updatedTime: String(position.updatedMs),
    seq: position.quantity === 0 ? -1 : account.fills.length,
  };
}

const kinds = new Set(["TakeProfit", "StopLoss", "TrailingStop"]);

/** The exits that belong to a position and to no order. */
function exitsOf(account: ExchangeAccount, symbol: string, leg: Leg): readonly ExchangeOrder[] {
  return account.orders
    .open()
    .filter(
      (order) =>
        order.symbol === symbol &&
        order.leg === leg &&
        kinds.has(order.labels["stopOrderType"] ?? "") &&
        !isOver(order),
    );
}

const leverageBody = z.object({
  category: z.literal("linear"),
  symbol: z.string(),
  buyLeverage: z.coerce.number().min(1).max(100),
  sellLeverage: z.coerce.number().min(1).max(100),
});

/** `/v5/position/set-leverage`. */
function setLeverage({ account, exchange, body }: AccountContext): BybitReply {
  const parsed = leverageBody.safeParse(body);
  if (!parsed.success) return badParameter(issueOf(parsed.error));
  const { symbol, buyLeverage, sellLeverage } = parsed.data;
  if (listingIn(exchange, "linear", symbol) === null) return refused("linear", "unknown_symbol", "");
  if (buyLeverage !== sellLeverage && account.positionMode === "one-way")
    return badParameter("buyLeverage must equal sellLeverage");
  if (account.leverageOf(symbol) === buyLeverage) return failed(110043, "leverage not modified");
  account.setLeverage(symbol, buyLeverage);
  return ok();
}

const modeBody = z.object({
  category: z.literal("linear"),
  symbol: z.string().optional(),
  coin: z.string().optional(),
  mode: z.union([z.literal(0), z.literal(3)]),
});

/** `/v5/position/switch-mode`: 0 is one-way, 3 is hedge. Not while anything is open. */
function switchMode({ account, body }: AccountContext): BybitReply {
  const parsed = modeBody.safeParse(body);
  if (!parsed.success) return badParameter(issueOf(parsed.error));
  const wanted = parsed.data.mode === 3 ? "hedge" : "one-way";
  if (account.positionMode === wanted) return failed(110025, "Position mode is not modified");
  if (account.positions().length > 0)
    return failed(110024, "You have an existing position, so position mode cannot be switched");
  if (account.orders.open().length > 0)
    return failed(110028, "You have open orders, so position mode cannot be switched");
  account.setPositionMode(wanted);
  return ok();
}

/** `/v5/position/trading-stop`: exits of the position; 0 takes one off. */
function tradingStop(context: AccountContext): BybitReply {
  const { account, exchange } = context;
  const parsed = tradingStopBody.safeParse(context.body);
  if (!parsed.success) return badParameter(issueOf(parsed.error));
  const body = parsed.data;
  const listing = listingIn(exchange, "linear", body.symbol);
  if (listing === null) return refused("linear", "unknown_symbol", "");
  const leg = legOf(body.positionIdx ?? 0, account);
  if (leg === null) return badParameter("position idx not match position mode");
  const { quantity } = account.position(listing.symbol, leg);
  if (quantity === 0) return badParameter("can not set tp/sl/ts for zero position");
  if (body.activePrice! > 0) return badParameter("activePrice is not served here");
  const side = quantity > 0 ? "sell" : "buy";
  const isPartial = body.tpslMode === "Partial";
  const last = exchange.lastPrice(listing.symbol);
  const problem = wrongSide(quantity, last, body.takeProfit, body.stopLoss);
  if (problem !== null) return problem;
  const place = { symbol: listing.symbol, leg, sequence: account.orders.count + 1 };
  const wanted = [
    ["TakeProfit", body.takeProfit, body.tpSize, body.tpOrderType, body.tpLimitPrice, body.tpTriggerBy],
    ["StopLoss", body.stopLoss, body.slSize, body.slOrderType, body.slLimitPrice, body.slTriggerBy],
  ] as const;
  for (const [kind, triggerPrice, size, orderType, limitPrice, triggerBy] of wanted) {
    if (triggerPrice === undefined) continue;
    if (!isPartial) takeOff(account, listing.symbol, leg, kind);
    if (triggerPrice === 0) continue;
    const exit: Exit = {
      kind,
      triggerPrice,
      limitPrice: orderType === "Limit" ? limitPrice : undefined,
      triggerBy: triggerBy === "MarkPrice" || triggerBy === "IndexPrice" ? "mark" : "last",
      isPartial,
    };
    const answer = account.submit(exitTicket(exit, place, side, size ?? Math.abs(quantity)));
    if (answer.kind === "rejected") return refused("linear", answer.code, answer.reason);
  }
  if (body.trailingStop !== undefined) trail(account, listing.symbol, leg, side, body.trailingStop, quantity);
  return ok();
}

function wrongSide(
  quantity: number,
  last: number,
  takeProfit: number | undefined,
  stopLoss: number | undefined,
): BybitReply | null {
  const sign = Math.sign(quantity);
  if (takeProfit! > 0 && sign * (takeProfit! - last) <= 0)
    return badParameter(`TakeProfit:${takeProfit} is on the wrong side of base_price:${last}`);
  if (stopLoss! > 0 && sign * (stopLoss! - last) >= 0)
    return badParameter(`StopLoss:${stopLoss} is on the wrong side of base_price:${last}`);
  return null;
}

function takeOff(account: ExchangeAccount, symbol: string, leg: Leg, kind: string): void {
  for (const order of exitsOf(account, symbol, leg))
    if (order.labels["stopOrderType"] === kind) account.cancel(order.venueOrderId);
}

function trail(
  account: ExchangeAccount,
  symbol: string,
  leg: Leg,
  side: "buy" | "sell",
  amount: number,
  quantity: number,
): void {
  takeOff(account, symbol, leg, "TrailingStop");
  if (amount === 0) return;
  account.submit(
    orderTicket({
      symbol,
      leg,
      side,
      quantity: Math.abs(quantity),
      terms: { type: "trailing_stop_market", trail: { kind: "amount", amount } },
      reduceOnly: true,
      closePosition: true,
      labels: {
        orderType: "Market",
        timeInForce: "IOC",
        stopOrderType: "TrailingStop",
        createType: "CreateByTrailingStop",
      },
    }),
  );
}

/** Positions, by path. */
export const positionRoutes: Readonly<Record<string, (context: AccountContext) => BybitReply>> = {
  "/v5/position/list": list,
  "/v5/position/set-leverage": setLeverage,
  "/v5/position/switch-mode": switchMode,
  "/v5/position/trading-stop": tradingStop,
  "/v5/position/switch-isolated": () => failed(110026, "Cross/isolated margin mode is not modified"),
};
