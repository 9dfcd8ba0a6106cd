import { secondMs } from "../../base/time.ts";
import type { CandleBook } from "../candles/candle-book.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import { isOver, type ExchangeEvent, type ExchangeOrder } from "../exchange/exchange-types.ts";
import type { RawSocket } from "../wire/face.ts";
import type { RateLimit } from "../wire/rate-limit.ts";
import { accountValues, portfolioFrame, positionFrame, summaryFrames } from "./account-messages.ts";
import { errorFrame, type IbError } from "./ib-errors.ts";
import type { IbDesk } from "./ib-desk.ts";
import { IbMarket } from "./ib-market.ts";
import { midnightBefore, readTime, timeText } from "./ib-times.ts";
import { FieldReader, frame, type Field } from "./frames.ts";
import { readOrder, type AskedOrder } from "./order-fields.ts";
import {
  completedOrder,
  fillFrames,
  orderFrames,
  orderNews,
  originOf,
  type Teller,
} from "./order-messages.ts";
import { change, placeNew } from "./place-order.ts";

const readOnly: IbError = [
  321,
  "Error validating request.-'bZ' : cause - The API interface is currently in Read-Only mode.",
];
/** A client that goes on sending too fast is thrown out. */
const strikesMax = 3;

export type SessionTools = {
  readonly desk: IbDesk;
  readonly candles: CandleBook;
  readonly limit: RateLimit;
  /** Whether nothing reaches the market: clients sign in and tell the time, and nothing else is answered. */
  readonly isDown: () => boolean;
  /** Takes a number for this client; false where somebody has it. */
  readonly claim: (clientId: number) => boolean;
  readonly free: (clientId: number) => void;
};

/** A client that has signed in. */
export class IbSession {
  private readonly socket: RawSocket;
  private readonly tools: SessionTools;
  private readonly market: IbMarket;
  /** Its number; null before it has one. */
  private clientId: number | null = null;
  /** Orders that wait for one that says "now", oldest first. */
  private readonly heldBack: AskedOrder[] = [];
  private wantsPositions = false;
  private updatesOf: ExchangeAccount | null = null;
  private strikes = 0;

  constructor(socket: RawSocket, tools: SessionTools) {
    this.socket = socket;
    this.tools = tools;
    this.market = new IbMarket({
      exchange: tools.desk.tools.exchange,
      candles: tools.candles,
      answer: (data) => this.socket.answer(data),
      tell: (data) => this.socket.tell(data),
      watch: tools.desk.tools.watch,
    });
  }

  /** Carries a message out. */
  handle(text: string): void {
    const { desk, limit } = this.tools;
    const { isAllowed } = limit.take(String(this.clientId ?? "new"), desk.nowMs());
    const tooFast: IbError = [100, "Max rate of messages per second has been exceeded"];
    if (!isAllowed) {
      this.socket.answer(errorFrame(-1, tooFast));
      if (++this.strikes >= strikesMax) this.socket.close();
      return;
    }
    this.socket.carryOut(
      () => this.dispatch(new FieldReader(text)),
      (kind) => {
        const fields = new FieldReader(text);
        const isOrder = fields.whole() === 3;
        const id = isOrder ? fields.whole() : -1;
        const failed: IbError = [322, "Error processing request.-'bW' : cause - server error"];
        return kind === "rate_limited" ? errorFrame(-1, tooFast) : errorFrame(id, failed);
      },
    );
  }

  /** The connection is gone; its orders stay. */
  closed(): void {
    this.market.close();
    if (this.clientId !== null) this.tools.free(this.clientId);
    this.clientId = null;
  }

  /** Says something that is about no request. */
  announce(error: IbError): void {
    if (this.clientId !== null) this.socket.tell(errorFrame(-1, error));
  }

  /** Tells what happens to its own orders and in the market. */
  hear(event: ExchangeEvent): void {
    if (this.clientId === null) return;
    if (event.kind === "slice") return this.market.onSlice(event.symbols);
    if (event.kind === "charge") return;
    const { order, accountKey } = event;
    const teller = this.tellerOf(this.tools.desk.tools.exchange.account(accountKey)!);
    if (event.kind === "fill") this.tellPosition(order.symbol, teller);
    if (originOf(order).clientId !== this.clientId) return;
    switch (event.kind) {
      case "order":
        return this.tellAll(orderNews(order, teller));
      case "fill":
      case "bust":
        return this.tellAll(fillFrames(event.fill, teller, -1, event.kind === "bust"));
      case "cancel_rejected":
        return this.tellAll([
          errorFrame(originOf(order).orderId, [
            161,
            `Cancel attempted when order is not in a cancellable state: ${event.reason}`,
          ]),
        ]);
      case "modify_rejected":
        return this.tellAll([
          errorFrame(originOf(order).orderId, [201, `Order rejected - reason:${event.reason}`]),
        ]);
    }
  }

  private dispatch(fields: FieldReader): void {
    const kind = fields.whole();
    if (this.clientId === null) return this.start(kind, fields);
    if (this.tools.isDown() && kind !== 49) return;
    const { market, clientId } = this;
    switch (kind) {
      case 3:
        return this.place(readOrder(fields), clientId);
      case 4:
        fields.skip(1);
        return this.cancel(fields.whole(), clientId);
      case 5:
        return this.openOrders((order) => originOf(order).clientId === clientId);
      case 16:
        return this.openOrders(() => true);
      case 58:
        return this.cancelAll();
      case 99:
        return this.completedOrders(fields.isTrue());
      case 7:
        return this.executions(fields);
      case 1:
        fields.skip(1);
        return market.ticks(fields);
      case 9:
        fields.skip(1);
        return market.contracts(fields);
      case 20:
        return market.history(fields);
      case 50:
        fields.skip(1);
        return market.bars(fields);
      case 2:
      case 25:
      case 51:
        fields.skip(1);
        return market.unsubscribe(fields.whole());
      default:
        return this.askAccount(kind, fields);
    }
  }

  /** Questions about accounts, numbers and time. */
  private askAccount(kind: number, fields: FieldReader): void {
    const { desk } = this.tools;
    fields.skip(1);
    switch (kind) {
      case 6:
        return this.accountUpdates(fields.isTrue(), fields.text());
      case 8:
        return this.send(9, 1, desk.nextId(this.clientId!));
      case 17:
        return this.send(15, 1, desk.accountNames.join(","));
      case 49:
        return this.send(49, 1, Math.floor(desk.nowMs() / secondMs));
      case 61:
        return this.positions();
      case 62: {
        const reqId = fields.whole();
        fields.skip(1); // group
        const tags = fields.text();
        for (const teller of this.tellers()) this.answerAll(summaryFrames(teller, reqId, tags));
        return this.send(64, 1, reqId);
      }
      case 64:
        this.wantsPositions = false;
        return;
      case 76:
        return this.updatesMulti(fields.whole(), fields.text());
      // Log level, market data type, automatic open orders, the ends of subscriptions: nothing is answered to these.
      case 14:
      case 15:
      case 59:
      case 63:
      case 77:
        return;
      default:
        this.socket.answer(errorFrame(-1, [505, `Fatal Error: Unknown message id: ${kind}`]));
    }
  }

  private start(kind: number, fields: FieldReader): void {
    fields.skip(1);
    const clientId = fields.whole();
    if (kind !== 71 || !this.tools.claim(clientId)) {
      const taken: IbError = [
        326,
        "Unable to connect as the client id is already in use. Retry with a unique client id.",
      ];
      this.socket.answer(errorFrame(-1, kind === 71 ? taken : [504, "Not connected"]));
      return this.socket.close();
    }
    this.clientId = clientId;
    const { desk } = this.tools;
    this.send(15, 1, desk.accountNames.join(","));
    this.send(9, 1, desk.nextId(clientId));
    if (this.tools.isDown())
      return this.socket.answer(
        errorFrame(-1, [
          2110,
          "Connectivity between Trader Workstation and server is broken. It will be restored automatically.",
        ]),
      );
    this.socket.answer(errorFrame(-1, [2104, "Market data farm connection is OK:usfarm"]));
    this.socket.answer(errorFrame(-1, [2106, "HMDS data farm connection is OK:ushmds"]));
    this.socket.answer(errorFrame(-1, [2158, "Sec-def data farm connection is OK:secdefil"]));
  }

  private place(asked: AskedOrder, clientId: number): void {
    const { desk } = this.tools;
    const { orderId } = asked;
    const refuse = (error: IbError): void => this.socket.answer(errorFrame(orderId, error));
    if (desk.accountNamed(asked.account)?.options.isReadOnly === true) return refuse(readOnly);
    if (asked.isWhatIf)
      return refuse([321, "Error validating request.-'bW' : cause - what-if orders are not served here"]);
    const known = desk.orderOf(clientId, orderId);
    if (known !== null) {
      const error = change(asked, known, desk.accountOf(clientId, orderId)!);
      if (error !== null) return refuse(error);
      return;
    }
    if (orderId < desk.nextId(clientId)) return refuse([103, "Duplicate order id"]);
    desk.use(clientId, orderId);
    if (!asked.isTransmitted) {
      this.heldBack.push(asked);
      return;
    }
    // An order that is sent takes its parent along, and the other children that were kept back with it.
    const family = this.heldBack.filter(
      (other) =>
        asked.parentId !== 0 && (other.orderId === asked.parentId || other.parentId === asked.parentId),
    );
    for (const each of [...family, asked]) {
      if (each !== asked) this.heldBack.splice(this.heldBack.indexOf(each), 1);
      const error = placeNew(each, clientId, desk);
      if (error !== null) this.socket.answer(errorFrame(each.orderId, error));
    }
  }

  private cancel(orderId: number, clientId: number): void {
    const { desk } = this.tools;
    const order = desk.orderOf(clientId, orderId);
    if (order === null)
      return this.socket.answer(
        errorFrame(orderId, [10147, `OrderId ${orderId} that needs to be cancelled is not found.`]),
      );
    if (isOver(order)) {
      const state = order.status === "filled" ? "Filled" : "Cancelled";
      const text = `OrderId ${orderId} that needs to be cancelled can not be cancelled, state: ${state}.`;
      return this.socket.answer(errorFrame(orderId, [10148, text]));
    }
    this.take(order, desk.accountOf(clientId, orderId)!);
  }

  private cancelAll(): void {
    for (const account of this.tools.desk.tools.exchange.accounts)
      for (const order of account.orders.open()) this.take(order, account);
  }

  /** Takes an order off, or only says that it is going, where cancels are planned to fail. */
  private take({ venueOrderId }: ExchangeOrder, account: ExchangeAccount): void {
    if (this.tools.desk.tools.faults.isCancelStuck()) account.holdCancel(venueOrderId);
    else account.cancel(venueOrderId);
  }

  private openOrders(isAsked: (order: ExchangeOrder) => boolean): void {
    for (const teller of this.tellers()) {
      if (teller.account.options.isReadOnly) return this.socket.answer(errorFrame(-1, readOnly));
      for (const order of teller.account.orders.open())
        if (isAsked(order)) this.answerAll(orderFrames(order, teller));
    }
    this.send(53, 1);
  }

  private completedOrders(isOfClients: boolean): void {
    for (const teller of this.tellers())
      for (const order of teller.account.orders.history())
        if (isOver(order) && (!isOfClients || order.labels["clientId"] !== undefined))
          this.socket.answer(completedOrder(order, teller));
    this.send(102);
  }

  /** The executions of this day in New York: a gateway has forgotten those before midnight. */
  private executions(fields: FieldReader): void {
    fields.skip(1);
    const reqId = fields.whole();
    const clientId = fields.whole();
    const accountName = fields.text();
    const sinceMs = readTime(fields.text()) ?? 0;
    const { exchange } = this.tools.desk.tools;
    const fromMs = Math.max(sinceMs, midnightBefore(exchange.timeMs));
    for (const teller of this.tellers()) {
      if (accountName !== "" && accountName !== teller.accountName) continue;
      for (const fill of teller.account.fills) {
        const origin = originOf(teller.account.orders.byId(fill.venueOrderId)!);
        if (fill.timeMs < fromMs || (clientId !== 0 && origin.clientId !== clientId)) continue;
        this.answerAll(fillFrames(fill, teller, reqId));
      }
    }
    this.send(55, 1, reqId);
  }

  private positions(): void {
    this.wantsPositions = true;
    for (const teller of this.tellers())
      for (const position of teller.account.positions()) this.socket.answer(positionFrame(position, teller));
    this.send(62, 1);
  }

  private accountUpdates(isWanted: boolean, name: string): void {
    const { desk } = this.tools;
    const account = desk.accountNamed(name);
    this.updatesOf = isWanted ? account : null;
    if (!isWanted || account === null) return;
    const teller = this.tellerOf(account);
    for (const [key, value, currency] of accountValues(teller))
      this.send(6, 2, key, value, currency, teller.accountName);
    for (const position of account.positions()) this.socket.answer(portfolioFrame(position, teller));
    this.send(8, 1, timeText(desk.tools.exchange.timeMs).slice(9, 14));
    this.send(54, 1, teller.accountName);
  }

  private updatesMulti(reqId: number, name: string): void {
    const account = this.tools.desk.accountNamed(name);
    if (account !== null) {
      const teller = this.tellerOf(account);
      for (const [key, value, currency] of accountValues(teller))
        this.send(73, 1, reqId, teller.accountName, "", key, value, currency);
    }
    this.send(74, 1, reqId);
  }

  private tellPosition(symbol: string, teller: Teller): void {
    const position = teller.account.position(symbol, "net");
    if (this.wantsPositions) this.socket.tell(positionFrame(position, teller));
    if (this.updatesOf === teller.account) this.socket.tell(portfolioFrame(position, teller));
  }

  private tellers(): readonly Teller[] {
    return this.tools.desk.tools.exchange.accounts.map((account) => this.tellerOf(account));
  }

  private tellerOf(account: ExchangeAccount): Teller {
    const { desk } = this.tools;
    return { exchange: desk.tools.exchange, account, accountName: desk.nameOf(account) };
  }

  private send(...fields: readonly Field[]): void {
    this.socket.answer(frame(fields));
  }

  private answerAll(frames: readonly Buffer[]): void {
    for (const each of frames) this.socket.answer(each);
  }

  private tellAll(frames: readonly Buffer[]): void {
    for (const each of frames) this.socket.tell(each);
  }
}
