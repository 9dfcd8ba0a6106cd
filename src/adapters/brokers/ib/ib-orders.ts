import type { Contract, Order, OrderAction, OrderType, TimeInForce } from "@stoqey/ib";
import type {
  Acknowledgement,
  Urgency,
  VenueOrder,
  VenueOrderRequest,
} from "../../../ports/broker-connection.ts";
import type { Clock } from "../../../ports/clock.ts";
import { lookUpTaken } from "../shared/look-up-taken.ts";
import { refusal, type OrderCaller, type SendVerdict } from "../shared/order-caller.ts";
import type { IbLine } from "./ib-line.ts";
import { isTooFast, meaningOf, refusesCancel } from "./ib-notices.ts";
import type { IbOrderBook } from "./ib-order-book.ts";
import type { IbQuestions } from "./ib-questions.ts";
import type { Hearing, IbMessage, IbSession } from "./ib-session.ts";

type OrderParts = {
  readonly line: IbLine;
  readonly clock: Clock;
  readonly book: IbOrderBook;
  readonly questions: IbQuestions;
  readonly caller: OrderCaller;
  readonly accountName: () => string;
  readonly outsideRth: boolean;
};

/** So often a number is tried again that a gateway says it has seen: nothing was taken then. */
const numbersTried = 3;
const ends: ReadonlySet<string> = new Set(["filled", "canceled", "rejected", "expired"]);

/**
 * Sends orders. A gateway takes the same order as often as it comes, so that one that may have been sent before is asked for
 * first, and goes only where nobody has heard of it.
 */
export class IbOrders {
  private readonly parts: OrderParts;
  private readonly contracts = new Map<string, Contract>();
  private readonly sent = new Set<string>();

  constructor(parts: OrderParts) {
    this.parts = parts;
  }

  /** Finds out what a symbol is, once. */
  async prepare(symbol: string): Promise<void> {
    if (!this.contracts.has(symbol)) this.contracts.set(symbol, await this.parts.questions.contract(symbol));
  }

  async submit(order: VenueOrderRequest, urgency: Urgency): Promise<Acknowledgement> {
    const { book, caller, questions } = this.parts;
    const { clientOrderId } = order;
    if (this.sent.has(clientOrderId) || book.byRef(clientOrderId) !== null) {
      const found = await questions.order(clientOrderId);
      if (found !== null) return lookUpTaken(order, () => Promise.resolve(found));
    }
    return caller.converse({
      urgency,
      exchange: async () => {
        const session = await this.session();
        if ("kind" in session) return session;
        this.sent.add(clientOrderId);
        return this.place(order, session);
      },
    });
  }

  async modify(order: VenueOrderRequest, urgency: Urgency): Promise<Acknowledgement> {
    const known = await this.working(order.clientOrderId);
    if ("kind" in known) return known;
    return this.parts.caller.converse({
      urgency,
      exchange: async () => {
        const session = await this.session();
        if ("kind" in session) return session;
        const number = this.numberFor(order.clientOrderId, session);
        if (typeof number !== "number") return number;
        return session.ask<SendVerdict>(
          (encoder) => encoder.placeOrder(number, this.contracts.get(order.symbol)!, this.written(order)),
          this.changed(number, order, session),
        );
      },
    });
  }

  async cancel(clientOrderId: string): Promise<Acknowledgement> {
    const known = await this.working(clientOrderId);
    if ("kind" in known) return known;
    return this.parts.caller.converse({
      urgency: "urgent",
      exchange: async () => {
        const session = await this.session();
        if ("kind" in session) return session;
        const number = this.numberFor(clientOrderId, session);
        if (typeof number !== "number") return number;
        return session.ask<SendVerdict>(
          (encoder) => encoder.cancelOrder(number, {}),
          (message) => this.canceled(message, number, session, known.venueOrderId),
        );
      },
    });
  }

  /** Everything of every client and of hand; that it was heard is told by the answer to the question behind it. */
  cancelAll(): Promise<Acknowledgement> {
    const { caller, clock } = this.parts;
    return caller.converse({
      urgency: "urgent",
      exchange: async () => {
        const session = await this.session();
        if ("kind" in session) return session;
        return session.ask<SendVerdict>(
          (encoder) => {
            encoder.reqGlobalCancel({});
            encoder.reqCurrentTime();
          },
          (message) =>
            message.kind === "told" && message.name === "currentTime"
              ? { answer: { kind: "accepted", venueOrderId: "", venueTimeMs: clock.nowMs() } }
              : null,
        );
      },
    });
  }

  private async session(): Promise<IbSession | ReturnType<typeof refusal>> {
    try {
      return await this.parts.line.signedIn();
    } catch (error) {
      return refusal("unavailable", `not sent: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async place(order: VenueOrderRequest, session: IbSession): Promise<SendVerdict> {
    const { line } = this.parts;
    for (let tries = 1; ; tries++) {
      const number = line.nextOrderId();
      const verdict = await session.ask<SendVerdict | "id-used">(
        (encoder) => encoder.placeOrder(number, this.contracts.get(order.symbol)!, this.written(order)),
        this.acknowledged(number, session),
      );
      if (verdict !== "id-used") return verdict;
      if (tries >= numbersTried) return refusal("unavailable", `not taken: number ${number} was used before`);
      // A gateway that has forgotten which numbers were used is passed in ever larger steps.
      line.noteOrderId(number + 10 ** tries);
    }
  }

  /** The first thing that says what became of a new order. */
  private acknowledged(number: number, session: IbSession): Hearing<SendVerdict | "id-used"> {
    return (message) => {
      if (message.kind === "noticed" && isTooFast(message.notice))
        return { answer: { kind: "unknown", reason: message.notice.text } };
      if (message.kind === "noticed" && message.notice.id === number) {
        const { code, text } = message.notice;
        const meaning = meaningOf(message.notice);
        if (meaning.kind === "id-used") return { answer: "id-used" };
        if (meaning.kind === "doubt") return { answer: { kind: "unknown", reason: `${text} (${code})` } };
        return meaning.kind === "ends" ? { answer: refusal(meaning.code, `${text} (${code})`) } : null;
      }
      const state = stateIn(message, number, session.clientId);
      if (state === null || state.permId === 0) return null;
      return /^(PreSubmitted|Submitted|Filled|PendingCancel)$/.test(state.word)
        ? { answer: this.accepted(String(state.permId)) }
        : null;
    };
  }

  /** A change is there when the order is told with it. A refused one leaves the order as it was. */
  private changed(number: number, order: VenueOrderRequest, session: IbSession): Hearing<SendVerdict> {
    return (message) => {
      if (message.kind === "noticed" && message.notice.id === number) {
        const { code, text } = message.notice;
        const meaning = meaningOf(message.notice);
        if (meaning.kind === "doubt") return { answer: { kind: "unknown", reason: `${text} (${code})` } };
        if (code === 103 || code === 104) return { answer: refusal("already_over", `${text} (${code})`) };
        return meaning.kind === "ends" ? { answer: refusal(meaning.code, `${text} (${code})`) } : null;
      }
      if (stateIn(message, number, session.clientId) === null) return null;
      const now = this.parts.book.byRef(order.clientOrderId);
      if (now === null || now.quantity !== order.quantity) return null;
      return JSON.stringify(now.terms) === JSON.stringify(order.terms)
        ? { answer: this.accepted(now.venueOrderId) }
        : null;
    };
  }

  private canceled(
    message: IbMessage,
    number: number,
    session: IbSession,
    venueOrderId: string,
  ): { readonly answer: SendVerdict } | null {
    if (message.kind === "noticed" && message.notice.id === number) {
      const { code, text } = message.notice;
      if (code === 202) return { answer: this.accepted(venueOrderId) };
      if (refusesCancel(message.notice)) return { answer: refusal("already_over", `${text} (${code})`) };
      return meaningOf(message.notice).kind === "doubt"
        ? { answer: { kind: "unknown", reason: `${text} (${code})` } }
        : null;
    }
    const state = stateIn(message, number, session.clientId);
    return state !== null && /^(Cancelled|ApiCancelled|PendingCancel)$/.test(state.word)
      ? { answer: this.accepted(venueOrderId) }
      : null;
  }

  /** An order of ours that works, or why there is none to change or to cancel. */
  private async working(clientOrderId: string): Promise<VenueOrder | ReturnType<typeof refusal>> {
    const { book, questions } = this.parts;
    const known = book.byRef(clientOrderId);
    const order =
      known === null || book.numberOf(clientOrderId)!.orderId === 0
        ? await questions.order(clientOrderId)
        : known;
    if (order === null) return refusal("unknown_order", `${clientOrderId} is not known there`);
    return ends.has(order.status) ? refusal("already_over", `the order is ${order.status}`) : order;
  }

  /** The number of an order, which only the client that placed it may use. */
  private numberFor(clientOrderId: string, session: IbSession): number | ReturnType<typeof refusal> {
    const number = this.parts.book.numberOf(clientOrderId);
    if (number?.clientId === session.clientId) return number.orderId;
    return refusal(
      "other",
      `not sent: the order belongs to client ${number?.clientId}, and we are client ${session.clientId}: it can only be canceled with all others`,
    );
  }

  private accepted(venueOrderId: string): SendVerdict {
    return { kind: "accepted", venueOrderId, venueTimeMs: this.parts.clock.nowMs() };
  }

  private written(order: VenueOrderRequest): Order {
    const { accountName, outsideRth } = this.parts;
    return {
      action: order.side.toUpperCase() as OrderAction,
      totalQuantity: order.quantity,
      ...termFields(order.terms),
      tif: order.timeInForce.toUpperCase() as TimeInForce,
      account: accountName(),
      orderRef: order.clientOrderId,
      transmit: true,
      outsideRth,
    };
  }
}

/** Word of state and permanent number of an order, where a message tells them. */
function stateIn(
  message: IbMessage,
  number: number,
  clientId: number,
): { readonly word: string; readonly permId: number } | null {
  if (message.kind !== "told" || message.values[0] !== number) return null;
  const { name, values } = message;
  if (name === "orderStatus" && values[8] === clientId)
    return { word: String(values[1]), permId: Number(values[5]) };
  if (name !== "openOrder") return null;
  const [, , order, state] = values as [unknown, unknown, Partial<Order>, { readonly status?: string }];
  if (order.clientId !== clientId) return null;
  return { word: state.status ?? "", permId: order.permId ?? 0 };
}

function termFields(terms: VenueOrderRequest["terms"]): Partial<Order> & { orderType: OrderType } {
  const type = (name: string): { orderType: OrderType } => ({ orderType: name as OrderType });
  switch (terms.type) {
    case "market":
      return type("MKT");
    case "limit":
      return { ...type("LMT"), lmtPrice: terms.limitPrice };
    case "stop_market":
      return { ...type("STP"), auxPrice: terms.stopPrice };
    case "stop_limit":
      return { ...type("STP LMT"), auxPrice: terms.stopPrice, lmtPrice: terms.limitPrice };
    case "market_if_touched":
      return { ...type("MIT"), auxPrice: terms.triggerPrice };
    case "limit_if_touched":
      return { ...type("LIT"), auxPrice: terms.triggerPrice, lmtPrice: terms.limitPrice };
    case "trailing_stop_market":
      return terms.trail.kind === "amount"
        ? { ...type("TRAIL"), auxPrice: terms.trail.amount }
        : // 0.07 * 100 is 7.000000000000001.
          { ...type("TRAIL"), trailingPercent: Number((terms.trail.fraction * 100).toPrecision(12)) };
  }
}
