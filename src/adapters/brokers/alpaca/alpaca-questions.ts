import { secondMs } from "../../../base/time.ts";
import type {
  AccountSnapshot,
  VenueFill,
  VenueInstrument,
  VenueOrder,
} from "../../../ports/broker-connection.ts";
import type { Clock } from "../../../ports/clock.ts";
import { positiveOrNull } from "../../shared/numeric.ts";
import type { AlpacaMarket } from "../../sources/alpaca/alpaca-messages.ts";
import { brokerSymbolUnknown, questionRefused } from "../shared/broker-errors.ts";
import type { IdBook } from "../shared/id-book.ts";
import type { AlpacaCalls } from "./alpaca-trading-calls.ts";
import {
  accountSchema,
  assetSchema,
  clockSchema,
  fillsSchema,
  orderSchema,
  ordersSchema,
  positionsSchema,
  type AlpacaFill,
  type AlpacaOrder,
} from "./alpaca-trading-messages.ts";
import { readFill, readOrder, timeOf, withSlash } from "./read-alpaca-order.ts";

const orderPage = 500;
const fillPage = 100;
/** "cost basis must be >= minimal amount of order 10" is how crypto refuses less. */
const cryptoNotionalMin = 10;

/** The questions of a broker, as this venue wants them asked. */
export class AlpacaQuestions {
  private readonly calls: AlpacaCalls;
  private readonly market: AlpacaMarket;
  private readonly isFractional: boolean;
  private readonly clock: Clock;
  private readonly ids: IdBook;

  constructor(calls: AlpacaCalls, market: AlpacaMarket, isFractional: boolean, clock: Clock, ids: IdBook) {
    this.calls = calls;
    this.market = market;
    this.isFractional = isFractional;
    this.clock = clock;
    this.ids = ids;
  }

  /** Two lists: the flat one has every order that works, the nested one also the legs that still wait for their parent. */
  async openOrders(): Promise<readonly VenueOrder[]> {
    const found = new Map<string, VenueOrder>();
    for (const isNested of [false, true]) {
      for (const order of await this.openList(isNested)) {
        for (const one of [order, ...(order.legs ?? [])]) {
          this.note(one);
          found.set(one.id, readOrder(one));
        }
      }
    }
    return [...found.values()].filter(({ code, status }) => code === null && status !== "filled");
  }

  /**
   * Every page, oldest first. A page begins a millisecond before the last order of the one before, for two may have been
   * sent at the same time; the list is over when a page has nothing new.
   */
  private async openList(
    isNested: boolean,
  ): Promise<readonly (AlpacaOrder & { legs?: AlpacaOrder[] | null | undefined })[]> {
    const what = "the open orders";
    const found = new Map<string, AlpacaOrder & { legs?: AlpacaOrder[] | null | undefined }>();
    for (let after = ""; ;) {
      const query = `status=open&limit=${orderPage}&direction=asc&nested=${isNested}${after}`;
      const page = await this.calls.ask(what, `/v2/orders?${query}`, ordersSchema);
      const fresh = page.filter(({ id }) => !found.has(id));
      for (const order of fresh) found.set(order.id, order);
      if (fresh.length === 0 && page.length >= orderPage)
        throw questionRefused("Alpaca", what, "a whole page of orders was sent in the same millisecond");
      if (fresh.length === 0) return [...found.values()];
      const lastMs = timeOf(page.at(-1)!.submitted_at ?? page.at(-1)!.created_at);
      after = `&after=${encodeURIComponent(new Date(lastMs - 1).toISOString())}`;
    }
  }

  async order(clientOrderId: string): Promise<VenueOrder | null> {
    const path = `/v2/orders:by_client_order_id?client_order_id=${encodeURIComponent(clientOrderId)}`;
    const order = await this.calls.askMaybe(`the order ${clientOrderId}`, path, orderSchema);
    if (order === null) return null;
    this.note(order);
    return readOrder(order);
  }

  async fillsSince(sinceMs: number): Promise<readonly VenueFill[]> {
    // The bound may be read in whole seconds, and leaves its own moment out.
    const after = new Date(Math.floor(sinceMs / secondMs) * secondMs - secondMs).toISOString();
    const rows = new Map<string, AlpacaFill>();
    for (let token = ""; ;) {
      const query = `after=${encodeURIComponent(after)}&direction=asc&page_size=${fillPage}${token}`;
      const page = await this.calls.ask("fills", `/v2/account/activities/FILL?${query}`, fillsSchema);
      const fresh = page.filter(({ id }) => !rows.has(id));
      if (fresh.length === 0) break;
      for (const row of fresh) rows.set(row.id, row);
      token = `&page_token=${encodeURIComponent(page.at(-1)!.id)}`;
    }
    const fills: VenueFill[] = [];
    for (const row of rows.values())
      fills.push(readFill(row, await this.clientIdOf(row.order_id), this.clock.nowMs()));
    return fills;
  }

  async account(): Promise<AccountSnapshot> {
    // Before what it is the time of: of a fill in between nobody may think that it is in there already.
    const venueTimeMs = await this.timeMs();
    const account = await this.calls.ask("the account", "/v2/account", accountSchema);
    const positions = await this.calls.ask("the positions", "/v2/positions", positionsSchema);
    const power = this.market === "crypto" ? account.non_marginable_buying_power : account.buying_power;
    return {
      venueTimeMs,
      cash: new Map([[account.currency, account.cash]]),
      balance: account.cash,
      equity: account.equity,
      currency: account.currency,
      buyingPower: power ?? account.buying_power,
      positions: new Map(
        positions.map((position) => {
          // The sign is told by the side, and by some versions also by the number.
          const quantity = Math.abs(position.qty) * (position.side === "short" ? -1 : 1);
          const averagePrice = position.avg_entry_price;
          const symbol = withSlash(position.symbol, position.asset_class);
          return [symbol, { quantity, averagePrice, paid: quantity * averagePrice }];
        }),
      ),
    };
  }

  async instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]> {
    return Promise.all(symbols.map((symbol) => this.instrument(symbol)));
  }

  async timeMs(): Promise<number> {
    const { timestamp } = await this.calls.ask("its time", "/v2/clock", clockSchema);
    const timeMs = timeOf(timestamp);
    if (timeMs === 0) throw questionRefused("Alpaca", "its time", timestamp);
    return timeMs;
  }

  async isMarketOpen(symbol: string): Promise<boolean> {
    const { isTradable } = await this.instrument(symbol);
    if (!isTradable || this.market === "crypto") return isTradable;
    return (await this.calls.ask("whether the market is open", "/v2/clock", clockSchema)).is_open;
  }

  private async instrument(symbol: string): Promise<VenueInstrument> {
    const path = `/v2/assets/${encodeURIComponent(symbol)}`;
    const asset = await this.calls.askMaybe(`the rules of ${symbol}`, path, assetSchema);
    const isCrypto = this.market === "crypto";
    if (asset === null || (asset.class === "crypto") !== isCrypto)
      throw brokerSymbolUnknown("Alpaca", symbol, `it is none of its ${this.market}`);
    const [base = symbol, quote = "USD"] = isCrypto ? asset.symbol.split("/") : [symbol];
    const lot = positiveOrNull(asset.min_trade_increment) ?? 1e-9;
    const shareLot = this.isFractional && asset.fractionable === true ? 1e-9 : 1;
    return {
      symbol,
      // Regulation NMS rule 612: a cent from one dollar up.
      tickSize: isCrypto ? (positiveOrNull(asset.price_increment) ?? 1e-9) : 0.01,
      lotSize: isCrypto ? lot : shareLot,
      quantityMin: isCrypto ? (positiveOrNull(asset.min_order_size) ?? lot) : shareLot,
      notionalMin: isCrypto ? cryptoNotionalMin : shareLot === 1 ? 0 : 1,
      contractMultiplier: 1,
      baseCurrency: base,
      quoteCurrency: quote,
      isTradable: asset.status === "active" && asset.tradable,
      canShort: !isCrypto && asset.shortable === true && asset.easy_to_borrow === true,
    };
  }

  /** Fills name the order by the venue's id only. */
  private async clientIdOf(venueOrderId: string): Promise<string | null> {
    const known = this.ids.clientIdOf(venueOrderId);
    if (known !== undefined) return known;
    const path = `/v2/orders/${encodeURIComponent(venueOrderId)}`;
    const order = await this.calls.askMaybe(`the order ${venueOrderId}`, path, orderSchema);
    if (order === null) return null;
    this.note(order);
    return order.client_order_id === "" ? null : order.client_order_id;
  }

  private note({ id, client_order_id: clientOrderId }: AlpacaOrder): void {
    if (clientOrderId !== "") this.ids.note(clientOrderId, id);
  }
}
