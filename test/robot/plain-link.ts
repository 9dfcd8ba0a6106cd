import type {
  AccountSnapshot,
  Acknowledgement,
  BrokerCapabilities,
  BrokerConnection,
  BrokerListener,
  LineState,
  OpenOrders,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueOrderRequest,
} from "../../src/ports/broker-connection.ts";
import type { ExchangeSide } from "../simulation/execution/exchange-side.ts";

/** What a venue takes that takes everything. */
export const everything: BrokerCapabilities = {
  orderTypes: [
    "market",
    "limit",
    "stop_market",
    "stop_limit",
    "trailing_stop_market",
    "market_if_touched",
    "limit_if_touched",
  ],
  timesInForce: ["gtc", "ioc", "fok", "gtd", "day"],
  postOnly: true,
  reduceOnly: true,
  modify: true,
  clientOrderId: { lengthMax: 36, pattern: /^[a-zA-Z0-9_-]+$/ },
};

/** A line to the exchange in memory on which nothing goes wrong; a test may stand in the way of what is sent. */
export class PlainLink implements BrokerConnection {
  readonly accountName = "PLAIN-1";
  readonly capabilities: BrokerCapabilities;
  line: LineState = { kind: "closed", atMs: 0 };
  readonly sent: VenueOrderRequest[] = [];
  readonly canceled: string[] = [];
  readonly modified: VenueOrderRequest[] = [];
  listener: BrokerListener | null = null;
  /** Looks well, and tells nothing of what happens. */
  isSilent = false;
  /** What a test answers in place of the venue; null lets it through. */
  interfere: (order: VenueOrderRequest) => Acknowledgement | null = () => null;
  private readonly side: ExchangeSide;
  private unlisten = () => {};

  constructor(side: ExchangeSide, capabilities: Partial<BrokerCapabilities> = {}) {
    this.side = side;
    this.capabilities = { ...everything, ...capabilities };
  }

  async open(listener: BrokerListener): Promise<void> {
    this.listener = listener;
    this.unlisten = this.side.listen({
      onOrder: (order) => !this.isSilent && listener.onOrder(order),
      onFill: (fill) => !this.isSilent && listener.onFill(fill),
    });
    this.line = { kind: "live", atMs: 0 };
  }

  async submit(order: VenueOrderRequest): Promise<Acknowledgement> {
    this.sent.push(order);
    await onTheRoad();
    return this.interfere(order) ?? this.side.submit(order);
  }

  async cancel(clientOrderId: string): Promise<Acknowledgement> {
    this.canceled.push(clientOrderId);
    await onTheRoad();
    return this.side.cancel(clientOrderId);
  }

  async modify(order: VenueOrderRequest): Promise<Acknowledgement> {
    this.modified.push(order);
    await onTheRoad();
    return this.side.modify(order);
  }

  async cancelAll(): Promise<Acknowledgement> {
    for (const { clientOrderId } of this.side.openOrders())
      if (clientOrderId !== null) this.side.cancel(clientOrderId);
    return { kind: "accepted", venueOrderId: "", venueTimeMs: 0 };
  }

  async account(): Promise<AccountSnapshot> {
    return this.side.account();
  }

  async openOrders(): Promise<OpenOrders> {
    return { kind: "whole", orders: this.side.openOrders() };
  }

  async order(clientOrderId: string): Promise<VenueOrder | null> {
    return this.side.order(clientOrderId);
  }

  async fillsSince(sinceMs: number): Promise<readonly VenueFill[]> {
    return this.side.fillsSince(sinceMs);
  }

  async instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]> {
    return this.side.instruments(symbols);
  }

  async timeMs(): Promise<number> {
    return this.side.account().venueTimeMs;
  }

  async isMarketOpen(symbol: string): Promise<boolean> {
    return this.side.isOpen(symbol);
  }

  async close(): Promise<void> {
    this.unlisten();
    this.line = { kind: "closed", atMs: 0 };
  }
}

/** Nothing that is sent arrives before whoever sent it has gone on. */
async function onTheRoad(): Promise<void> {
  await Promise.resolve();
}
