import type { CcxtExchange, CcxtMarket } from "../../sources/ccxt/load-ccxt.ts";

type Params = Readonly<Record<string, unknown>>;

/** An order as ccxt describes it; what a venue does not say is missing. */
export type CcxtOrder = {
  readonly id?: string;
  readonly clientOrderId?: string | null;
  readonly symbol: string;
  readonly side: string;
  readonly type?: string;
  readonly price?: number | null;
  readonly triggerPrice?: number | null;
  readonly amount?: number | null;
  readonly filled?: number | null;
  readonly average?: number | null;
  readonly status?: string | null;
  readonly reduceOnly?: boolean | null;
  readonly timestamp?: number | null;
  readonly lastTradeTimestamp?: number | null;
};

/** An execution as ccxt describes it. */
export type CcxtTrade = {
  readonly id: string;
  readonly order?: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly amount: number;
  readonly price: number;
  readonly takerOrMaker?: string | null;
  readonly fee?: { readonly cost?: number | null; readonly currency?: string | null } | null;
  readonly timestamp: number;
};

export type CcxtPosition = {
  readonly symbol: string;
  readonly side?: string | null;
  readonly contracts?: number | null;
  readonly entryPrice?: number | null;
};

/** Money by currency. */
export type CcxtBalance = {
  readonly free: Readonly<Record<string, number | undefined>>;
  readonly total: Readonly<Record<string, number | undefined>>;
};

/** The part of an exchange of ccxt that trades. */
export type CcxtTrader = CcxtExchange & {
  readonly options: Record<string, unknown>;
  readonly markets: Readonly<Record<string, CcxtMarket>> | undefined;
  readonly setSandboxMode: (isOn: boolean) => void;
  readonly createOrder: (
    symbol: string,
    type: string,
    side: string,
    amount: number,
    price: number | undefined,
    params: Params,
  ) => Promise<CcxtOrder>;
  readonly cancelOrder: (id: string, symbol: string) => Promise<unknown>;
  readonly fetchOpenOrders: (
    symbol?: string,
    since?: number,
    limit?: number,
    params?: Params,
  ) => Promise<readonly CcxtOrder[]>;
  readonly fetchClosedOrders: (symbol: string) => Promise<readonly CcxtOrder[]>;
  readonly fetchCanceledOrders: (symbol: string) => Promise<readonly CcxtOrder[]>;
  readonly fetchOrders: (symbol: string) => Promise<readonly CcxtOrder[]>;
  readonly fetchMyTrades: (symbol: string, since?: number, limit?: number) => Promise<readonly CcxtTrade[]>;
  readonly fetchBalance: () => Promise<CcxtBalance>;
  readonly fetchPositions: () => Promise<readonly CcxtPosition[]>;
  readonly fetchTicker: (symbol: string) => Promise<{ readonly last?: number | null }>;
  readonly fetchTime: () => Promise<number>;
};
