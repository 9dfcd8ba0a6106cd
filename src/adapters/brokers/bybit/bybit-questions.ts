import { dayMs } from "../../../base/time.ts";
import type {
  AccountSnapshot,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenuePosition,
} from "../../../ports/broker-connection.ts";
import type { Clock } from "../../../ports/clock.ts";
import { positiveOrNull } from "../../shared/numeric.ts";
import { brokerSymbolUnknown, questionRefused, settingRefused } from "../shared/broker-errors.ts";
import type { BybitCalls } from "./bybit-calls.ts";
import {
  amount,
  executionsSchema,
  ordersSchema,
  positionsSchema,
  tradedSchema,
  walletSchema,
} from "./bybit-trading-messages.ts";
import { readFill, readOrder } from "./read-bybit-order.ts";
import type { BybitTraded } from "./write-bybit-order.ts";

/** What futures of this product group are settled in: each has lists of its own. */
export const settleCoins = ["USDT", "USDC"] as const;
/** Spot keeps plain orders, those with a trigger, and take-profits with stop-losses apart. */
export const spotFilters = ["Order", "StopOrder", "tpslOrder"] as const;

const openPage = 50;
const fillPage = 100;
const positionPage = 200;
/** A longer range is refused. */
const fillRangeMs = 7 * dayMs;

/** The questions of a broker, as this venue wants them asked. */
export class BybitQuestions {
  private readonly calls: BybitCalls;
  private readonly category: BybitTraded;
  private readonly clock: Clock;
  /** Instruments that were asked for, by symbol. */
  private readonly known = new Map<string, VenueInstrument>();

  constructor(calls: BybitCalls, category: BybitTraded, clock: Clock) {
    this.calls = calls;
    this.category = category;
    this.clock = clock;
  }

  /** Every list and every page. Orders that ended lately stand in the same lists, and are left out. */
  async openOrders(): Promise<readonly VenueOrder[]> {
    const { category } = this;
    const lists =
      category === "spot"
        ? spotFilters.map((orderFilter) => ({ orderFilter }))
        : settleCoins.flatMap((settleCoin) =>
            (["Order", "StopOrder"] as const).map((orderFilter) => ({ settleCoin, orderFilter })),
          );
    const found = new Map<string, VenueOrder>();
    for (const list of lists) {
      const what = `the open orders (${Object.values(list).join(" ")})`;
      const fields = { category, ...list, openOnly: 0, limit: openPage };
      for (const row of await this.calls.askAll(what, "/v5/order/realtime", fields, ordersSchema))
        found.set(row.orderId, readOrder(row, category));
    }
    return [...found.values()].filter(({ status }) => isWorking(status));
  }

  /** Looked for among those that work or ended lately, then in the history; there cancels are kept for a day only. */
  async order(clientOrderId: string, symbol: string): Promise<VenueOrder | null> {
    const fields = { category: this.category, symbol, orderLinkId: clientOrderId };
    const filters = this.category === "spot" ? spotFilters : [undefined];
    for (const path of ["/v5/order/realtime", "/v5/order/history"]) {
      for (const orderFilter of filters) {
        const what = `the order ${clientOrderId}`;
        const { result } = await this.calls.ask(what, path, { ...fields, orderFilter }, ordersSchema);
        const row = result.list.find(({ orderLinkId }) => orderLinkId === clientOrderId);
        if (row !== undefined) return readOrder(row, this.category);
      }
    }
    return null;
  }

  /** In windows of seven days, every page of each. */
  async fillsSince(sinceMs: number): Promise<readonly VenueFill[]> {
    const { category } = this;
    const untilMs = await this.calls.timeMs();
    const fills: VenueFill[] = [];
    for (let startMs = Math.floor(sinceMs); startMs <= untilMs; startMs += fillRangeMs) {
      const endMs = startMs + fillRangeMs;
      // The last window is left open: an execution may be stamped after the time that was just read.
      const end = endMs > untilMs ? {} : { endTime: endMs - 1 };
      const fields = { category, startTime: startMs, ...end, limit: fillPage };
      const rows = await this.calls.askAll("executions", "/v5/execution/list", fields, executionsSchema);
      for (const row of rows) {
        const fill = readFill(row, category, this.clock.nowMs());
        if (fill !== null) fills.push(fill);
      }
    }
    return fills;
  }

  async instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]> {
    const { category } = this;
    const asked = symbols.map(async (symbol) => {
      const path = "/v5/market/instruments-info";
      const { result } = await this.calls.ask(
        `the rules of ${symbol}`,
        path,
        { category, symbol },
        tradedSchema,
      );
      const row = result.list.find((one) => one.symbol === symbol);
      if (row === undefined)
        throw brokerSymbolUnknown("Bybit", symbol, `it is none of its ${category} symbols`);
      const { priceFilter, lotSizeFilter: lot } = row;
      const instrument: VenueInstrument = {
        symbol,
        tickSize: priceFilter.tickSize,
        lotSize: positiveOrNull(lot.qtyStep ?? lot.basePrecision) ?? Number.NaN,
        quantityMin: positiveOrNull(lot.minOrderQty) ?? 0,
        quantityMax: largestOf(lot),
        notionalMin: positiveOrNull(lot.minNotionalValue ?? lot.minOrderAmt) ?? 0,
        contractMultiplier: 1,
        baseCurrency: row.baseCoin,
        quoteCurrency: row.quoteCoin,
        isTradable: row.status === "Trading",
        canShort: category === "linear",
      };
      if (!(instrument.tickSize > 0 && instrument.lotSize > 0))
        throw questionRefused("Bybit", `the rules of ${symbol}`, "tick and lot are no numbers");
      this.known.set(symbol, instrument);
      return instrument;
    });
    return Promise.all(asked);
  }

  async account(): Promise<AccountSnapshot> {
    const what = "the balance";
    const { result, time } = await this.calls.ask(
      what,
      "/v5/account/wallet-balance",
      { accountType: "UNIFIED" },
      walletSchema,
    );
    const [wallet] = result.list;
    if (wallet === undefined || !Number.isFinite(wallet.totalEquity))
      throw questionRefused("Bybit", what, "it names no equity");
    // After the answer that has the time: of a fill in between nobody may think that it is in there already.
    const positions = this.category === "linear" ? await this.futures() : null;
    const cash = new Map(
      wallet.coin.filter((coin) => coin.walletBalance !== 0).map((coin) => [coin.coin, coin.walletBalance]),
    );
    const dollars = settleCoins.reduce((sum, coin) => sum + (cash.get(coin) ?? 0), 0);
    const total = amount(wallet.totalWalletBalance);
    return {
      venueTimeMs: time,
      cash,
      // Other coins are collateral of contracts; on spot they are goods, which nothing can be bought with here.
      balance: this.category === "linear" && total > 0 ? total : dollars,
      equity: wallet.totalEquity,
      currency: "USD",
      // With isolated margin there is no total: what each coin has free is what it can pay for.
      buyingPower:
        wallet.totalAvailableBalance === ""
          ? wallet.coin
              .filter(({ coin }) => settleCoins.some((known) => known === coin))
              .reduce((sum, coin) => sum + free(coin), 0)
          : amount(wallet.totalAvailableBalance),
      positions: positions ?? this.holdings(cash, wallet.coin),
    };
  }

  /** Two legs of one symbol are never added up to "flat": they are another mode, and that is refused. */
  private async futures(): Promise<ReadonlyMap<string, VenuePosition>> {
    const positions = new Map<string, VenuePosition>();
    for (const settleCoin of settleCoins) {
      const what = `the positions in ${settleCoin}`;
      const fields = { category: "linear", settleCoin, limit: positionPage };
      for (const row of await this.calls.askAll(what, "/v5/position/list", fields, positionsSchema)) {
        const { size } = row;
        if (size === 0) continue;
        if (row.positionIdx !== 0) throw hedged(row.symbol);
        const quantity = row.side === "Sell" ? -size : size;
        positions.set(row.symbol, { quantity, averagePrice: amount(row.avgPrice), paid: 0 });
      }
    }
    return positions;
  }

  /**
   * On spot a position is what there is of a coin. What it cost the venue does not say, but what it is worth: at a price of
   * nothing it would count twice, once in the equity and once as profit.
   */
  private holdings(
    cash: Map<string, number>,
    coins: readonly WalletCoin[],
  ): ReadonlyMap<string, VenuePosition> {
    const positions = new Map<string, VenuePosition>();
    for (const { symbol, baseCurrency } of this.known.values()) {
      const quantity = cash.get(baseCurrency) ?? 0;
      const worth = amount(coins.find(({ coin }) => coin === baseCurrency)?.usdValue);
      if (quantity !== 0) positions.set(symbol, { quantity, averagePrice: worth / quantity, paid: worth });
    }
    for (const { baseCurrency } of this.known.values()) cash.delete(baseCurrency);
    return positions;
  }

  async isMarketOpen(symbol: string): Promise<boolean> {
    const [instrument] = await this.instruments([symbol]);
    return instrument?.isTradable === true;
  }
}

type LotFilter = Partial<
  Record<"maxOrderQty" | "maxMktOrderQty" | "maxLimitOrderQty" | "maxMarketOrderQty", string | undefined>
>;

/** Exits are market orders, which may be smaller than those with a price: what every order may have is asked for. */
function largestOf({
  maxOrderQty,
  maxMktOrderQty,
  maxLimitOrderQty,
  maxMarketOrderQty,
}: LotFilter): number | undefined {
  const told = [maxOrderQty, maxMktOrderQty, maxLimitOrderQty, maxMarketOrderQty].map(positiveOrNull);
  const most = Math.min(...told.map((value) => value ?? Infinity));
  return most === Infinity ? undefined : most;
}

function hedged(symbol: string): Error {
  return settingRefused("Bybit", {
    what: `position mode of ${symbol}`,
    found: "hedge",
    wanted: "one-way",
    isFit: false,
  });
}

type WalletCoin = {
  readonly coin: string;
  readonly walletBalance: number;
  readonly usdValue?: string | null | undefined;
  readonly locked?: string | null | undefined;
  readonly totalOrderIM?: string | null | undefined;
  readonly totalPositionIM?: string | null | undefined;
};

function free(coin: WalletCoin): number {
  const bound = amount(coin.locked) + amount(coin.totalOrderIM) + amount(coin.totalPositionIM);
  return Math.max(0, coin.walletBalance - bound);
}

function isWorking(status: VenueOrder["status"]): boolean {
  return status !== "filled" && status !== "canceled" && status !== "rejected" && status !== "expired";
}
