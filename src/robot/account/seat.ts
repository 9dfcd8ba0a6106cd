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
  Urgency,
  VenueOrderRequest,
  VenuePosition,
} from "../../ports/broker-connection.ts";
import { sessionOf } from "../client-order-id.ts";
import type { Robot } from "../robot-parts.ts";

/** A session on an account that it shares. */
export type SeatPlan = {
  /** Begins the names of its orders. */
  readonly tag: string;
  /** Of the equity that the account has when the session is new, from 0 to 1. */
  readonly share: number;
  readonly symbols: readonly string[];
};

/** What a seat asks of the account that it belongs to. */
export type AccountOfSeats = {
  readonly connection: BrokerConnection;
  /** Opens the line once. */
  open(): Promise<void>;
  /** The account as it was when it was told first. */
  begun(): Promise<AccountSnapshot>;
  ask(): Promise<AccountSnapshot>;
  fillsFor(seat: Seat, sinceMs: number): Promise<readonly VenueFill[]>;
  isFor(seat: Seat, order: VenueOrder): boolean;
  noteOrder(seat: Seat, venueOrderId: string): void;
  noteBegun(seat: Seat): void;
};

/**
 * The line of one session to an account that it shares: its own orders, fills and money, and nothing of the others.
 * Money and holdings are those of its books: the account sees to it that together they are what the venue has.
 */
export class Seat implements BrokerConnection {
  readonly plan: SeatPlan;
  listener: BrokerListener | null = null;
  private readonly shared: AccountOfSeats;
  private readonly isCrowded: boolean;
  private robot: Robot | null = null;

  /** `isCrowded`: another session trades one of its symbols. */
  constructor(account: AccountOfSeats, plan: SeatPlan, isCrowded: boolean) {
    this.shared = account;
    this.plan = plan;
    this.isCrowded = isCrowded;
  }

  /** From now on its books are those of the robot. */
  begin(robot: Robot): void {
    this.robot = robot;
    this.shared.noteBegun(this);
  }

  get hasBegun(): boolean {
    return this.robot !== null;
  }

  /** What the session holds of a symbol by its own fills, signed. */
  holding(symbol: string): number {
    return this.robot?.holding(symbol) ?? 0;
  }

  /** Of its newest bar; NaN where it neither holds nor wants the symbol. */
  lastPrice(symbol: string): number {
    const line = this.robot?.status().positions.find((position) => position.symbol === symbol);
    return line?.lastPrice ?? Number.NaN;
  }

  get accountName(): string {
    return this.shared.connection.accountName;
  }

  get line(): LineState {
    return this.shared.connection.line;
  }

  /** To the venue an exit of one session is no exit while another holds the other side: exits are held within here. */
  get capabilities(): BrokerCapabilities {
    const { capabilities } = this.shared.connection;
    return this.isCrowded ? { ...capabilities, reduceOnly: false } : capabilities;
  }

  async open(listener: BrokerListener): Promise<void> {
    this.listener = listener;
    await this.shared.open();
    listener.onLine(this.line);
  }

  submit(order: VenueOrderRequest, urgency?: Urgency): Promise<Acknowledgement> {
    return this.noted(this.shared.connection.submit(order, urgency));
  }

  cancel(clientOrderId: string, symbol: string): Promise<Acknowledgement> {
    return this.shared.connection.cancel(clientOrderId, symbol);
  }

  modify(order: VenueOrderRequest, urgency?: Urgency): Promise<Acknowledgement> {
    return this.noted(this.shared.connection.modify(order, urgency));
  }

  /** A session has no right to the orders of the others. */
  async cancelAll(): Promise<Acknowledgement> {
    const open = await this.openOrders();
    if (open.kind === "unknown") return open;
    for (const { clientOrderId, symbol } of open.orders)
      if (clientOrderId !== null && sessionOf(clientOrderId) === this.plan.tag)
        await this.cancel(clientOrderId, symbol);
    return { kind: "accepted", venueOrderId: "", venueTimeMs: await this.timeMs() };
  }

  async account(): Promise<AccountSnapshot> {
    const { robot, shared } = this;
    if (robot === null) {
      const whole = await shared.begun();
      const money = whole.equity * this.plan.share;
      const cash = new Map([[whole.currency, money]]);
      return { ...whole, cash, balance: money, equity: money, positions: new Map() };
    }
    const whole = await shared.ask();
    const { cash, equity } = robot.status();
    const positions = new Map<string, VenuePosition>();
    for (const symbol of this.plan.symbols) {
      const quantity = this.holding(symbol);
      const all = whole.positions.get(symbol) ?? { quantity: 1, averagePrice: 0, paid: 0 };
      const paid = (all.paid / all.quantity) * quantity;
      if (quantity !== 0) positions.set(symbol, { quantity, averagePrice: all.averagePrice, paid });
    }
    return { ...whole, cash: new Map([[whole.currency, cash]]), balance: cash, equity, positions };
  }

  async openOrders(): Promise<OpenOrders> {
    const open = await this.shared.connection.openOrders();
    if (open.kind === "unknown") return open;
    return { kind: "whole", orders: open.orders.filter((order) => this.shared.isFor(this, order)) };
  }

  async order(clientOrderId: string, symbol: string): Promise<VenueOrder | null> {
    return this.shared.connection.order(clientOrderId, symbol);
  }

  fillsSince(sinceMs: number): Promise<readonly VenueFill[]> {
    return this.shared.fillsFor(this, sinceMs);
  }

  instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]> {
    return this.shared.connection.instruments(symbols);
  }

  timeMs(): Promise<number> {
    return this.shared.connection.timeMs();
  }

  isMarketOpen(symbol: string): Promise<boolean> {
    return this.shared.connection.isMarketOpen(symbol);
  }

  /** Listens no more; the line is the account's and stays. */
  close(): Promise<void> {
    this.listener = null;
    return Promise.resolve();
  }

  private async noted(sending: Promise<Acknowledgement>): Promise<Acknowledgement> {
    const answer = await sending;
    if (answer.kind === "accepted") this.shared.noteOrder(this, answer.venueOrderId);
    return answer;
  }
}
