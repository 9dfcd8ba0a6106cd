import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { decimal } from "../wire/decimal.ts";
import type { AccountContext } from "./bybit-context.ts";
import { failed, ok, type BybitReply } from "./bybit-reply.ts";
import { categoryOf, wireSymbol } from "./bybit-symbols.ts";

/** The wallet of a unified account: its money, and the coins that it holds. */
export function walletJson(account: ExchangeAccount, exchange: Exchange): Record<string, unknown> {
  const summary = account.summary();
  const positions = account.positions();
  const unrealised = positions
    .filter(({ symbol }) => categoryOf(symbol) === "linear")
    .reduce((sum, { quantity, averagePrice, lastPrice }) => sum + quantity * (lastPrice - averagePrice), 0);
  const coins = positions.filter(({ symbol }) => categoryOf(symbol) === "spot");
  const coinsValue = coins.reduce((sum, { quantity, lastPrice }) => sum + quantity * lastPrice, 0);
  const { equity, leverage, initialMargin, maintenanceMargin } = summary;
  const wallet = equity - unrealised - coinsValue;
  const orderMargin = summary.reserved / leverage;
  const free = Math.max(0, Math.min(wallet, summary.buyingPower / leverage));
  const money = coinJson(moneyName(account, exchange), wallet, 1, {
    equity: wallet + unrealised,
    unrealised,
    locked: Math.min(wallet, reservedForCoins(account)),
    orderMargin,
    positionMargin: initialMargin,
    maintenanceMargin,
  });
  return {
    accountType: "UNIFIED",
    totalEquity: decimal(equity, 8),
    totalWalletBalance: decimal(wallet + coinsValue, 8),
    totalMarginBalance: decimal(equity, 8),
    totalAvailableBalance: decimal(free, 8),
    totalPerpUPL: decimal(unrealised, 8),
    totalInitialMargin: decimal(initialMargin + orderMargin, 8),
    totalMaintenanceMargin: decimal(maintenanceMargin, 8),
    accountIMRate: decimal(equity > 0 ? initialMargin / equity : 0, 8),
    accountMMRate: decimal(equity > 0 ? maintenanceMargin / equity : 0, 8),
    accountLTV: "0",
    coin: [
      money,
      ...coins.map(({ symbol, quantity, lastPrice }) =>
        coinJson(exchange.listing(symbol)!.baseCurrency, quantity, lastPrice, {
          equity: quantity,
          unrealised: 0,
          locked: lockedOf(account, symbol),
          orderMargin: 0,
          positionMargin: 0,
          maintenanceMargin: 0,
        }),
      ),
    ],
  };
}

type CoinParts = {
  readonly equity: number;
  readonly unrealised: number;
  readonly locked: number;
  readonly orderMargin: number;
  readonly positionMargin: number;
  readonly maintenanceMargin: number;
};

function coinJson(coin: string, balance: number, price: number, parts: CoinParts): Record<string, unknown> {
  return {
    coin,
    equity: decimal(parts.equity, 8),
    usdValue: decimal(parts.equity * price, 8),
    walletBalance: decimal(balance, 8),
    availableToWithdraw: "",
    availableToBorrow: "",
    borrowAmount: "0",
    accruedInterest: "0",
    locked: decimal(parts.locked, 8),
    totalOrderIM: decimal(parts.orderMargin, 8),
    totalPositionIM: decimal(parts.positionMargin, 8),
    totalPositionMM: decimal(parts.maintenanceMargin, 8),
    unrealisedPnl: decimal(parts.unrealised, 8),
    cumRealisedPnl: "0",
    bonus: "0",
    collateralSwitch: true,
    marginCollateral: true,
    spotBorrow: "0",
  };
}

/** In what the account's money is: an account of dollars is shown in the coin that contracts settle in. */
function moneyName(account: ExchangeAccount, exchange: Exchange): string {
  return exchange.listings[0]?.quoteCurrency ?? account.options.currency;
}

/** Coins that orders to sell have set aside. */
function lockedOf(account: ExchangeAccount, symbol: string): number {
  return account.orders
    .open()
    .filter((order) => order.symbol === symbol && order.side === "sell")
    .reduce((sum, { quantity, filledQuantity }) => sum + quantity - filledQuantity, 0);
}

/** Money that orders to buy coins have set aside. */
function reservedForCoins(account: ExchangeAccount): number {
  return account.orders
    .open()
    .filter(({ symbol, side }) => categoryOf(symbol) === "spot" && side === "buy")
    .reduce(
      (sum, { quantity, filledQuantity, terms }) =>
        sum + (quantity - filledQuantity) * ("limitPrice" in terms ? terms.limitPrice : 0),
      0,
    );
}

function wallet({ account, exchange, query }: AccountContext): BybitReply {
  const json = walletJson(account, exchange);
  const wanted = query.get("coin")?.split(",");
  const coins = json["coin"] as readonly { readonly coin: string }[];
  return ok({
    list: [{ ...json, coin: coins.filter(({ coin }) => wanted === undefined || wanted.includes(coin)) }],
  });
}

function info({ nowMs }: AccountContext): BybitReply {
  return ok({
    marginMode: "REGULAR_MARGIN",
    updatedTime: String(nowMs),
    unifiedMarginStatus: 5,
    dcpStatus: "OFF",
    timeWindow: 10,
    smpGroup: 0,
    isMasterTrader: false,
    spotHedgingStatus: "OFF",
  });
}

function feeRate({ account, exchange, query }: AccountContext): BybitReply {
  const { commission } = account.options.venue;
  const symbol = query.get("symbol");
  const list = exchange.listings
    .filter((listing) => categoryOf(listing.symbol) === (query.get("category") ?? "linear"))
    .filter((listing) => symbol === null || wireSymbol(listing.symbol) === symbol)
    .map((listing) => ({
      symbol: wireSymbol(listing.symbol),
      baseCoin: listing.baseCurrency,
      takerFeeRate: decimal(commission.fee(1, 1, "taker"), 8),
      makerFeeRate: decimal(commission.fee(1, 1, "maker"), 8),
    }));
  return ok({ category: query.get("category") ?? "linear", list });
}

function apiKey({ account }: AccountContext): BybitReply {
  const { key, isReadOnly } = account.options;
  return ok({
    id: "1",
    note: "emulator",
    apiKey: key,
    readOnly: isReadOnly ? 1 : 0,
    secret: "",
    permissions: {
      ContractTrade: ["Order", "Position"],
      Spot: ["SpotTrade"],
      Derivatives: ["DerivativesTrade"],
      Wallet: [],
      Options: [],
      Exchange: [],
    },
    ips: ["*"],
    type: 1,
    deadlineDay: 365,
    expiredAt: "2099-01-01T00:00:00Z",
    createdAt: "2024-01-01T00:00:00Z",
    unified: 0,
    uta: 1,
    userID: 1,
    inviterID: 0,
    vipLevel: "No VIP",
    mktMakerLevel: "0",
    affiliateID: 0,
    rsaPublicKey: "",
    isMaster: true,
    parentUid: "0",
  });
}

function coins({ exchange }: AccountContext): BybitReply {
  const names = new Set(
    exchange.listings.flatMap(({ baseCurrency, quoteCurrency }) => [baseCurrency, quoteCurrency]),
  );
  const rows = [...names].map((coin) => ({ name: coin, coin, remainAmount: "1000000", chains: [] }));
  return ok({ rows });
}

/** The account, by path. */
export const accountRoutes: Readonly<Record<string, (context: AccountContext) => BybitReply>> = {
  "/v5/account/wallet-balance": wallet,
  "/v5/account/info": info,
  "/v5/account/fee-rate": feeRate,
  "/v5/account/set-margin-mode": () => ok({ reasons: [] }),
  "/v5/account/demo-apply-money": () =>
    failed(10005, "the money of an emulated account is what it began with"),
  "/v5/user/query-api": apiKey,
  "/v5/asset/coin/query-info": coins,
};
