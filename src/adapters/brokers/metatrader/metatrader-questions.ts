import { hourMs } from "../../../base/time.ts";
import type {
  AccountSnapshot,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenuePosition,
} from "../../../ports/broker-connection.ts";
import { z } from "zod";
import type { Clock } from "../../../ports/clock.ts";
import type { ServerTime } from "../../sources/metatrader/server-time.ts";
import { readWallTime } from "../../sources/metatrader/terminal-messages.ts";
import { brokerSymbolUnknown } from "../shared/broker-errors.ts";
import type { BridgeCaller } from "./bridge-caller.ts";
import {
  accountSchema,
  dealsSchema,
  oneOrderSchema,
  symbolSchema,
  type BridgeAccount,
  type BridgeDeal,
  type BridgeSymbol,
} from "./bridge-messages.ts";
import {
  readBridgeDeal,
  readBridgeOrder,
  readBridgeSymbol,
  unitsOf,
  type BridgeReading,
} from "./read-bridge.ts";

const dealsPage = 500;

/** The questions of a broker, as a bridge wants them asked. */
export class MetatraderQuestions {
  private readonly caller: BridgeCaller;
  private readonly clock: Clock;
  private readonly server: ServerTime;
  private readonly reading: BridgeReading;
  private readonly sizes = new Map<string, number>();
  private currency = "";
  private lastDeal: string | null = null;

  constructor(caller: BridgeCaller, clock: Clock, server: ServerTime, magic: string) {
    this.caller = caller;
    this.clock = clock;
    this.server = server;
    this.reading = { magic, server, contractSizeOf: (symbol) => this.sizes.get(symbol)! };
  }

  /** The whole account at one moment. */
  async look(): Promise<BridgeAccount & { readonly timeMs: number }> {
    const { value, answer } = await this.caller.ask("the account", "GET_ACCOUNT", [], accountSchema);
    this.currency = value.account.currency;
    return { ...value, timeMs: this.server.toUtc(readWallTime(answer.time)) };
  }

  async account(): Promise<AccountSnapshot> {
    const { account, positions, timeMs } = await this.look();
    const { currency, balance, equity, free_margin: free, leverage } = account;
    await this.learnSizes(positions);
    return {
      venueTimeMs: timeMs,
      cash: new Map([[currency, balance]]),
      balance,
      equity,
      currency,
      buyingPower: Math.max(0, free) * Math.max(1, leverage),
      positions: this.netted(positions),
    };
  }

  async openOrders(): Promise<readonly VenueOrder[]> {
    const { orders } = await this.look();
    await this.learnSizes(orders);
    return orders.map((order) => readBridgeOrder(order, this.reading));
  }

  /** By our name; null where the bridge has never sent it. */
  order(clientOrderId: string): Promise<VenueOrder | null> {
    return this.find(`the order ${clientOrderId}`, [0, this.reading.magic, clientOrderId]);
  }

  /** By its number: an order that somebody else has sent has no name. */
  orderByTicket(ticket: string): Promise<VenueOrder | null> {
    return this.find(`the order ${ticket}`, [ticket, 0, ""]);
  }

  /** Every deal from a moment on. The server's clock may go back an hour meanwhile: that hour is asked for too. */
  async fillsSince(sinceMs: number): Promise<readonly VenueFill[]> {
    const fromSeconds = Math.floor((this.server.wallOf(sinceMs) - hourMs) / 1000);
    return this.readDeals(await this.deals(fromSeconds, "0"));
  }

  /** Deals behind the last that was seen; the first time, where that is. */
  async newFills(): Promise<readonly VenueFill[]> {
    if (this.lastDeal === null) {
      this.lastDeal = (await this.look()).last_deal;
      return [];
    }
    const deals = await this.deals(0, this.lastDeal);
    this.lastDeal = deals.at(-1)?.ticket ?? this.lastDeal;
    return this.readDeals(deals);
  }

  async instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]> {
    const found: VenueInstrument[] = [];
    for (const symbol of symbols) found.push(readBridgeSymbol(await this.symbol(symbol)));
    return found;
  }

  async isMarketOpen(symbol: string): Promise<boolean> {
    return (await this.symbol(symbol)).is_open;
  }

  /** Units in a lot of a symbol. */
  async contractSize(symbol: string): Promise<number> {
    const known = this.sizes.get(symbol);
    return known ?? (await this.symbol(symbol)).contract_size;
  }

  private async find(what: string, words: readonly (string | number)[]): Promise<VenueOrder | null> {
    const { value, answer } = await this.caller.ask(
      what,
      "GET_ORDER",
      words,
      z.looseObject({}),
      ({ outcome }) => outcome === "ok" || outcome === "not_found",
    );
    if (answer.outcome === "not_found") return null;
    const { order } = oneOrderSchema.parse(value);
    await this.learnSizes([order]);
    return readBridgeOrder(order, this.reading);
  }

  private async symbol(symbol: string): Promise<BridgeSymbol> {
    const isAnswer = ({ outcome }: { readonly outcome: string }): boolean =>
      outcome === "ok" || outcome === "not_found";
    const { value, answer } = await this.caller.ask(
      `the symbol ${symbol}`,
      "GET_SYMBOL",
      [symbol],
      z.union([symbolSchema, z.looseObject({ outcome: z.literal("not_found") })]),
      isAnswer,
    );
    if (answer.outcome === "not_found" || !("symbol" in value))
      throw brokerSymbolUnknown("MetaTrader", symbol, "Market Watch does not list it");
    const found = (value as { readonly symbol: BridgeSymbol }).symbol;
    this.sizes.set(symbol, found.contract_size);
    return found;
  }

  private async learnSizes(rows: readonly { readonly symbol: string }[]): Promise<void> {
    for (const { symbol } of rows) if (!this.sizes.has(symbol)) await this.symbol(symbol);
  }

  private async deals(fromSeconds: number, after: string): Promise<readonly BridgeDeal[]> {
    const found: BridgeDeal[] = [];
    for (let last = after; ;) {
      const words = [Math.max(0, fromSeconds), last, dealsPage];
      const { value } = await this.caller.ask("the deals", "GET_DEALS", words, dealsSchema);
      found.push(...value.deals);
      last = value.deals.at(-1)?.ticket ?? last;
      if (value.is_whole || value.deals.length === 0) return found;
    }
  }

  private async readDeals(deals: readonly BridgeDeal[]): Promise<readonly VenueFill[]> {
    const traded = deals.filter(({ entry }) => entry !== "out_by");
    await this.learnSizes(traded);
    if (this.currency === "" && traded.length > 0) await this.look();
    const nowMs = this.clock.nowMs();
    return traded.map((deal) => readBridgeDeal(deal, this.reading, this.currency, nowMs));
  }

  /** With hedging a symbol may be held both ways: what counts is what is left when they are taken together. */
  private netted(positions: BridgeAccount["positions"]): ReadonlyMap<string, VenuePosition> {
    const sums = new Map<
      string,
      { quantity: number; bought: number; boughtValue: number; sold: number; soldValue: number }
    >();
    for (const { symbol, type, lots, open_price: price } of positions) {
      const units = unitsOf(lots, this.sizes.get(symbol)!);
      const sum = sums.get(symbol) ?? { quantity: 0, bought: 0, boughtValue: 0, sold: 0, soldValue: 0 };
      const isLong = type === "buy";
      sums.set(symbol, {
        quantity: sum.quantity + (isLong ? units : -units),
        bought: sum.bought + (isLong ? units : 0),
        boughtValue: sum.boughtValue + (isLong ? units * price : 0),
        sold: sum.sold + (isLong ? 0 : units),
        soldValue: sum.soldValue + (isLong ? 0 : units * price),
      });
    }
    return new Map(
      [...sums]
        .map(([symbol, sum]) => [symbol, sum, Number(sum.quantity.toFixed(8))] as const)
        .filter(([, , quantity]) => quantity !== 0)
        .map(([symbol, sum, quantity]) => [
          symbol,
          {
            quantity,
            averagePrice: quantity > 0 ? sum.boughtValue / sum.bought : sum.soldValue / sum.sold,
            paid: 0,
          },
        ]),
    );
  }
}
