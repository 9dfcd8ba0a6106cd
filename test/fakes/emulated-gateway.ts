import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { FrameReader, framedText } from "../../src/base/framed-text.ts";
import type { Fill, OrderId } from "../../src/domain/order.ts";
import type { Ledger } from "../../src/domain/ledger.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import { accountOptions, venueOptions } from "../../src/emulator/exchange/account-options.ts";
import { Exchange } from "../../src/emulator/exchange/exchange.ts";
import type { ExchangeAccount } from "../../src/emulator/exchange/exchange-account.ts";
import { orderTicket, type ExchangeOrder } from "../../src/emulator/exchange/exchange-types.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import { FaultPlan } from "../../src/emulator/faults/fault-plan.ts";
import { frame } from "../../src/emulator/ib/frames.ts";
import { IbFace } from "../../src/emulator/ib/ib-face.ts";
import type { RawSocket } from "../../src/emulator/wire/face.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { VenueBook, VenueHost } from "../broker-subject.ts";
import type { BookFill, BookOrder } from "./fake-book.ts";
import type { FakeRequest, Fault } from "./fake-host.ts";

/** Where the permanent numbers of orders begin. */
const firstPermId = 1_800_000_001;
const hourMs = 3_600_000;

/** The emulator of a gateway on a port of its own, that misbehaves message by message and remembers what it was told. */
export type EmulatedGateway = {
  readonly host: VenueHost & { readonly port: number };
  readonly book: VenueBook;
  readonly exchange: Exchange;
  readonly account: ExchangeAccount;
};

/** Starts one: its market stands in the hour that the clock shows. */
export async function startEmulatedGateway(clock: Clock): Promise<EmulatedGateway> {
  const listing = listingOf("AAPL", {
    assetClass: "equity",
    baseCurrency: "AAPL",
    quoteCurrency: "USD",
    lotSize: 1e-9,
    quantityMin: 1e-9,
    calendarName: "us-equity",
  });
  const bars = new BarTable("AAPL", "1h");
  const openMs = Math.floor(clock.nowMs() / hourMs) * hourMs;
  for (let hour = 0; hour < 3; hour++) bars.append(openMs + hour * hourMs, 100, 101, 99, 100, 1_000);
  const exchange = new Exchange({ listings: [listing], bars: [bars], hasHedgeMode: false, seed: 1 });
  const venue = venueOptions("margin", { maker: 0, taker: 0 });
  const account = exchange.openAccount(accountOptions({ venue, cash: 1e9 }));
  exchange.advance();
  const face = new IbFace({ exchange, faults: new FaultPlan(), clock, watch() {} }, { rateScale: 1_000 });
  const book = new ExchangeBook(exchange, account, clock);
  const host = new GatewayHost(face, clock, book);
  await host.listen();
  return { host, book, exchange, account };
}

/** The books of the exchange, as the contract of brokers reads and moves them. */
class ExchangeBook implements VenueBook {
  isSilent = false;
  readonly fills: BookFill[] = [];
  private readonly exchange: Exchange;
  private readonly account: ExchangeAccount;
  private readonly clock: Clock;

  constructor(exchange: Exchange, account: ExchangeAccount, clock: Clock) {
    this.exchange = exchange;
    this.account = account;
    this.clock = clock;
  }

  get orders(): BookOrder[] {
    return this.account.orders.history().map((order) => this.seen(order));
  }

  add(wanted: Parameters<VenueBook["add"]>[0]): BookOrder {
    const { clientId = "", side, quantity, symbol } = wanted;
    const answer = this.account.submit(
      orderTicket({
        symbol,
        side,
        quantity,
        terms: { type: "limit", limitPrice: side === "buy" ? 90 : 110 },
        clientOrderId: clientId === "" ? null : clientId,
        labels: { orderRef: clientId },
      }),
    );
    if (answer.kind === "rejected") throw new Error(answer.reason);
    return this.seen(answer.order);
  }

  byClientId(clientId: string): BookOrder | undefined {
    const order = this.account.orders.byClientId(clientId);
    return order === null ? undefined : this.seen(order);
  }

  /** Fills a part of an order at any price, as no tape would. */
  fill({ venueId }: BookOrder, quantity: number, price: number): BookFill {
    const order = this.real(venueId);
    this.exchange.tellTime(this.clock.nowMs());
    const cumulative = Number((order.filledQuantity + quantity).toFixed(9));
    const fill: Fill = {
      fillId: this.fills.length + 1,
      orderId: this.numberOf(order),
      instrument: this.exchange.instrumentIndex(order.symbol, "net"),
      side: order.side,
      quantity,
      cumulativeQuantity: cumulative,
      price,
      fee: 0,
      slippageCost: 0,
      liquidity: "maker",
      timeMs: this.exchange.timeMs,
    };
    (this.account as unknown as { readonly venue: { readonly ledger: Ledger } }).venue.ledger.book(fill);
    this.account.hear([{ kind: "filled", fill, isComplete: cumulative >= order.quantity }]);
    const told = { id: String(fill.fillId), order: this.seen(order), quantity, price, cumulative };
    const made: BookFill = { ...told, timeMs: fill.timeMs };
    this.fills.push(made);
    return made;
  }

  end({ venueId }: BookOrder, kind: "canceled" | "rejected", reason: string): void {
    const code = kind === "canceled" ? "on_request" : "other";
    const timeMs = this.exchange.timeMs;
    const order = this.real(venueId);
    const cumulativeQuantity = order.filledQuantity;
    this.account.hear([{ kind, orderId: this.numberOf(order), cumulativeQuantity, code, reason, timeMs }]);
  }

  private real(venueId: string): ExchangeOrder {
    return this.account.orders.history()[Number(venueId) - firstPermId - 1]!;
  }

  private numberOf({ venueOrderId }: ExchangeOrder): OrderId {
    return this.account.orders.numberOf(venueOrderId)!;
  }

  /** An order that shows how it stands whenever it is looked at. */
  private seen({ venueOrderId, sequence }: ExchangeOrder): BookOrder {
    const now = (): ExchangeOrder => this.account.orders.byId(venueOrderId)!;
    const terms = (): Readonly<Record<string, number | undefined>> =>
      now().terms as unknown as Readonly<Record<string, number | undefined>>;
    return {
      venueId: String(firstPermId + sequence),
      get clientId() {
        return now().clientOrderId ?? "";
      },
      symbol: now().symbol,
      side: now().side,
      get quantity() {
        return now().quantity;
      },
      get filled() {
        return now().filledQuantity;
      },
      get state() {
        const { status } = now();
        return status === "filled" || status === "canceled" || status === "rejected" ? status : "working";
      },
      kind: kinds[now().terms.type],
      get limitPrice() {
        return terms()["limitPrice"] ?? null;
      },
      get triggerPrice() {
        return terms()["stopPrice"] ?? terms()["triggerPrice"] ?? null;
      },
      timeInForce: now().timeInForce,
      reduceOnly: false,
      get reason() {
        return now().reason;
      },
      submittedMs: now().createdMs,
      get changedMs() {
        return now().updatedMs;
      },
    } as BookOrder;
  }
}

const kinds = {
  market: "market",
  limit: "limit",
  stop_market: "stop",
  stop_limit: "stop_limit",
  market_if_touched: "touch",
  limit_if_touched: "touch_limit",
  trailing_stop_market: "trail",
} as const;

/** Takes messages apart, so that a fault can be put in front of any of them. */
class GatewayHost implements VenueHost {
  readonly requests: FakeRequest[] = [];
  readonly faults: Fault[] = [];
  isFaulty: (request: FakeRequest) => boolean = () => true;
  /** Whether a new connection is taken and left without a word. */
  isRefusing = false;
  isPongless = false;
  socketHandler = {};
  socketCount = 0;
  private readonly face: IbFace;
  private readonly clock: Clock;
  private readonly book: ExchangeBook;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(face: IbFace, clock: Clock, book: ExchangeBook) {
    this.face = face;
    this.clock = clock;
    this.book = book;
    this.server = createServer((socket) => this.greet(socket));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  send(message: unknown): void {
    for (const socket of this.sockets) socket.write(String(message));
  }

  cutSockets(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutSockets();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private greet(socket: Socket): void {
    this.socketCount += 1;
    this.sockets.add(socket);
    socket.on("error", () => socket.destroy());
    if (this.isRefusing) {
      socket.on("close", () => this.sockets.delete(socket));
      return void socket.resume();
    }
    const raw = new FaultableSocket(socket, this.book);
    const handler = this.face.raw.connect(raw);
    const reader = new FrameReader(1_000_000);
    let isGreeted = false;
    socket.on("close", () => {
      this.sockets.delete(socket);
      handler.closed();
    });
    socket.on("data", (data) => {
      const greeting = isGreeted ? Buffer.alloc(0) : data.subarray(0, 4);
      const texts = reader.take(isGreeted ? data : data.subarray(4));
      for (const text of texts ?? []) {
        if (isGreeted) raw.fault = this.noteRequest(text);
        handler.message(isGreeted ? framedText(text) : Buffer.concat([greeting, framedText(text)]));
        isGreeted = true;
      }
    });
  }

  /** What goes wrong with a message; undefined where nothing does. */
  private noteRequest(text: string): {
    readonly fault: Fault | undefined;
    readonly fields: readonly string[];
  } {
    const fields = text.split("\0").slice(0, -1);
    const asked: FakeRequest = {
      atMs: this.clock.nowMs(),
      method: "IB",
      path: fields[0]!,
      rawQuery: "",
      body: JSON.stringify(fields),
      query: new URLSearchParams(),
      headers: {},
    };
    this.requests.push(asked);
    if (this.isPongless) return { fault: { kind: "hang" }, fields };
    return { fault: this.isFaulty(asked) ? this.faults.shift() : undefined, fields };
  }
}

class FaultableSocket implements RawSocket {
  /** What goes wrong with the message that comes next. */
  fault: { readonly fault: Fault | undefined; readonly fields: readonly string[] } = {
    fault: undefined,
    fields: [],
  };
  private readonly socket: Socket;
  private readonly book: ExchangeBook;
  private answering: Uint8Array[] | null = null;

  constructor(socket: Socket, book: ExchangeBook) {
    this.socket = socket;
    this.book = book;
  }

  answer(data: Uint8Array): void {
    if (this.answering === null) this.socket.write(data);
    else this.answering.push(data);
  }

  tell(data: Uint8Array): void {
    if (this.answering !== null) this.answering.push(data);
    else if (!this.book.isSilent) this.socket.write(data);
  }

  close(): void {
    this.socket.end();
  }

  carryOut(handle: () => void): void {
    const { fault, fields } = this.fault;
    const answer: Uint8Array[] = [];
    this.answering = answer;
    if (fault === undefined || ["lost", "lost-page", "half"].includes(fault.kind)) handle();
    this.answering = null;
    const { socket } = this;
    const whole = Buffer.concat(answer);
    switch (fault?.kind) {
      case undefined:
        return void socket.write(whole);
      case "hang":
        return;
      case "html":
      case "lost-page":
        return void socket.write("<html><body>maintenance</body></html>");
      case "half":
        return void socket.end(whole.subarray(0, whole.length >> 1));
      case "cut":
        return void socket.end(Buffer.from([0, 0, 1, 0, 51]));
      case "lost":
      case "drop":
        return void socket.destroy();
      case "reply":
        for (const said of Array.isArray(fault.body)
          ? (fault.body as readonly string[][])
          : [["999", "surprise"]])
          socket.write(frame(said.map((field) => (field === "ID" ? fields[1]! : field))));
    }
  }
}
