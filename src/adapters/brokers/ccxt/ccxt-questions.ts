import { z, type ZodType } from "zod";
import type {
  AccountSnapshot,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenuePosition,
} from "../../../ports/broker-connection.ts";
import { KiwiError } from "../../../base/errors.ts";
import type { CcxtMarket } from "../../sources/ccxt/load-ccxt.ts";
import { positiveOrNull } from "../../shared/numeric.ts";
import { brokerSymbolUnknown, questionRefused } from "../shared/broker-errors.ts";
import type { IdBook } from "../shared/id-book.ts";
import type { CcxtLine } from "./ccxt-line.ts";
import type { CcxtBalance, CcxtOrder, CcxtPosition, CcxtTrade } from "./ccxt-trader.ts";
import { readCcxtMarket, readCcxtOrder, readCcxtTrade } from "./read-ccxt.ts";

const tradesPage = 100;

const list = <T>(): ZodType<readonly T[]> =>
  z.array(z.custom<T>((row) => typeof row === "object" && row !== null));

/** The questions of a broker, by ccxt's unified interface. */
export class CcxtQuestions {
  private readonly line: CcxtLine;
  private readonly ids: IdBook;
  /** Symbols that are traded: executions are asked for by symbol. */
  private readonly traded = new Set<string>();
  private lastFillMs: number | undefined;

  constructor(line: CcxtLine, ids: IdBook) {
    this.line = line;
    this.ids = ids;
  }

  async account(): Promise<AccountSnapshot> {
    // Before what it is the time of: of a fill in between nobody may think that it is in there already.
    const venueTimeMs = this.line.clock.nowMs();
    const told = await this.line.ask("the balance", z.custom<CcxtBalance>(hasTotals), (one) =>
      one.fetchBalance(),
    );
    const cash = new Map(
      Object.entries(told.total).filter((pair): pair is [string, number] => (pair[1] ?? 0) !== 0),
    );
    const positions = this.line.isSpot ? await this.coins(cash) : await this.contracts();
    const currency = this.line.currencyOf([...this.traded][0]) ?? [...cash.keys()][0] ?? "USDT";
    const balance = cash.get(currency) ?? 0;
    let paid = 0;
    for (const position of positions.values()) paid += position.paid;
    return {
      venueTimeMs,
      cash,
      balance,
      equity: balance + paid,
      currency,
      buyingPower: told.free[currency] ?? 0,
      positions,
    };
  }

  /** Plain orders, and where the exchange keeps those with a trigger apart, these too. */
  async openOrders(): Promise<readonly VenueOrder[]> {
    const found = new Map<string, CcxtOrder>();
    const lists = this.line.hasTriggerList ? [{}, { trigger: true }] : [{}];
    for (const params of lists) {
      const rows = await this.line.ask("the open orders", list<CcxtOrder>(), (one) =>
        one.fetchOpenOrders(undefined, undefined, undefined, params),
      );
      for (const row of rows) if (row.id !== undefined) found.set(row.id, row);
    }
    return [...found.values()].map((row) => this.read(row));
  }

  /** By our name, in every list that the exchange has; throws where none of them could say that it is not there. */
  async order(clientOrderId: string, symbol: string): Promise<VenueOrder | null> {
    const { has } = this.line.exchange;
    const isIt = (row: CcxtOrder): boolean =>
      row.clientOrderId === clientOrderId ||
      (row.id !== undefined && row.id === this.ids.venueIdOf(clientOrderId));
    const ask = async (fetch: () => Promise<readonly CcxtOrder[]>): Promise<VenueOrder | null> => {
      const rows = await this.line.ask(`the order ${clientOrderId}`, list<CcxtOrder>(), fetch);
      const row = rows.find(isIt);
      return row === undefined ? null : this.read(row);
    };
    const { exchange } = this.line;
    const open = await ask(() => exchange.fetchOpenOrders(symbol));
    if (open !== null) return open;
    const lists = [
      ...(has["fetchClosedOrders"] === true ? [() => exchange.fetchClosedOrders(symbol)] : []),
      ...(has["fetchCanceledOrders"] === true ? [() => exchange.fetchCanceledOrders(symbol)] : []),
      ...(has["fetchOrders"] === true && has["fetchClosedOrders"] !== true
        ? [() => exchange.fetchOrders(symbol)]
        : []),
    ];
    if (lists.length === 0)
      throw questionRefused(exchange.name, `the order ${clientOrderId}`, "it lists no orders that are over");
    for (const fetch of lists) {
      const found = await ask(fetch);
      if (found !== null) return found;
    }
    return null;
  }

  async fillsSince(sinceMs: number): Promise<readonly VenueFill[]> {
    const fills: VenueFill[] = [];
    for (const symbol of this.traded) fills.push(...(await this.tradesOf(symbol, sinceMs)));
    return fills.sort((a, b) => a.venueTimeMs - b.venueTimeMs);
  }

  /** Those since the last that was seen, that one again among them; the first time, only where that is. */
  async newFills(): Promise<readonly VenueFill[]> {
    const isFirst = this.lastFillMs === undefined;
    const fills: VenueFill[] = [];
    for (const symbol of this.traded)
      fills.push(...(await this.tradesOf(symbol, this.lastFillMs === 0 ? undefined : this.lastFillMs)));
    this.lastFillMs = Math.max(this.lastFillMs ?? 0, ...fills.map(({ venueTimeMs }) => venueTimeMs));
    return isFirst ? [] : fills.sort((a, b) => a.venueTimeMs - b.venueTimeMs);
  }

  async instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]> {
    const markets = await this.line.markets();
    const found = symbols.map((symbol) =>
      readCcxtMarket(this.marketIn(markets, symbol), this.line.exchange.precisionMode, false),
    );
    for (const symbol of symbols) this.traded.add(symbol);
    return found;
  }

  async isMarketOpen(symbol: string): Promise<boolean> {
    return this.marketIn(await this.line.markets(), symbol).active !== false;
  }

  private marketIn(markets: Readonly<Record<string, CcxtMarket>>, symbol: string): CcxtMarket {
    const { name } = this.line.exchange;
    const market = markets[symbol];
    if (market === undefined)
      throw brokerSymbolUnknown(
        name,
        symbol,
        "ccxt writes BTC/USDT for coins and BTC/USDT:USDT for contracts",
      );
    if (market.inverse === true)
      throw questionRefused(
        name,
        symbol,
        "contracts that are settled in the coin itself are not traded here",
      );
    return market;
  }

  private read(row: CcxtOrder): VenueOrder {
    if (row.id !== undefined && row.clientOrderId != null) this.ids.note(row.clientOrderId, row.id);
    return readCcxtOrder(row, (id) => this.ids.clientIdOf(id));
  }

  private async tradesOf(symbol: string, sinceMs: number | undefined): Promise<readonly VenueFill[]> {
    const found = new Map<string, CcxtTrade>();
    for (let since = sinceMs; ;) {
      const rows = await this.line.ask(`the fills of ${symbol}`, list<CcxtTrade>(), (one) =>
        one.fetchMyTrades(symbol, since, tradesPage),
      );
      const before = found.size;
      for (const row of rows) found.set(row.id, row);
      const newestMs = Math.max(...rows.map(({ timestamp }) => timestamp));
      if (rows.length < tradesPage || found.size === before || newestMs === since || since === undefined)
        break;
      since = newestMs;
    }
    const nowMs = this.line.clock.nowMs();
    const quote = this.line.currencyOf(symbol) ?? "";
    return [...found.values()].map((trade) =>
      readCcxtTrade(trade, this.ids.clientIdOf(trade.order ?? "") ?? null, quote, nowMs),
    );
  }

  /**
   * On a spot market what is held of a coin is the position in what is traded for it. What it cost the exchange does not
   * say: it counts at what it is worth, or money would be made of nothing, or no number.
   */
  private async coins(cash: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, VenuePosition>> {
    const positions = new Map<string, VenuePosition>();
    for (const symbol of this.traded) {
      const quantity = cash.get(symbol.split("/")[0]!) ?? 0;
      if (quantity === 0) continue;
      const averagePrice = await this.priceOf(symbol);
      positions.set(symbol, { quantity, averagePrice, paid: quantity * averagePrice });
    }
    return positions;
  }

  private async contracts(): Promise<ReadonlyMap<string, VenuePosition>> {
    const rows = await this.line.ask("the positions", list<CcxtPosition>(), (one) => one.fetchPositions());
    const positions = new Map<string, VenuePosition>();
    for (const { symbol, side, contracts, entryPrice } of rows) {
      // A row with a price and without a size is a position of which nobody knows how large it is.
      const size = contracts ?? (positiveOrNull(entryPrice) === null ? 0 : Number.NaN);
      const quantity = (side === "short" ? -1 : 1) * size;
      const before = positions.get(symbol)?.quantity ?? 0;
      if (quantity === 0) continue;
      const averagePrice = positiveOrNull(entryPrice) ?? (await this.priceOf(symbol));
      positions.set(symbol, { quantity: before + quantity, averagePrice, paid: 0 });
    }
    return positions;
  }

  private async priceOf(symbol: string): Promise<number> {
    const { last } = await this.line.ask(
      `the price of ${symbol}`,
      z.custom<{ readonly last?: number | null }>((row) => typeof row === "object" && row !== null),
      (one) => one.fetchTicker(symbol),
    );
    const price = positiveOrNull(last);
    if (price === null) throw noPrice(this.line.exchange.name, symbol);
    return price;
  }
}

function hasTotals(value: unknown): boolean {
  return typeof (value as Partial<CcxtBalance> | null)?.total === "object";
}

function noPrice(venue: string, symbol: string): KiwiError {
  return questionRefused(venue, `the price of ${symbol}`, "there is none");
}
