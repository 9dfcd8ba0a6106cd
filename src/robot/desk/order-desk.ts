import { assert } from "../../base/assert.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { ApprovedOrder, ExecutionReport } from "../../domain/order.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { Broker } from "../../ports/broker.ts";
import type { BrokerCapabilities, VenueOrder, VenueFill } from "../../ports/broker-connection.ts";
import type { DeskEvent, JournalRecord } from "../../ports/journal-store.ts";
import type { Market } from "../../ports/market.ts";
import type { Incident } from "../robot-types.ts";
import { block, deskState, setErrand, type DeskState, type Ticket, type Work } from "./desk-state.ts";
import { hearFill, hearHolding } from "./hear-fill.ts";
import { hearAnswer, hearDenied, hearLost, hearOrder, isStray } from "./hear-order.ts";
import { followPrice, forgetTouch } from "./follow-price.ts";
import { forgetOrders, isKnownFill } from "./forget-orders.ts";
import { isReadableFill, isReadableOrder } from "./readable.ts";
import { tendInstrument } from "./tend-orders.ts";
import { isExit } from "./wanted-quantity.ts";

/** An intent counts as sent from the moment it is written. */
type Intent = Extract<JournalRecord, { readonly kind: "intent" }>;

const notForDesk: ReadonlySet<JournalRecord["kind"]> = new Set([
  "session",
  "slice",
  "muted",
  "predicted",
  "order",
  "change",
  "cancel",
  "trading",
  "incident",
]);

/** Whether a record of a journal is one that the desk hears. */
export function isForDesk(record: JournalRecord): record is DeskEvent | Intent {
  return !notForDesk.has(record.kind);
}

/**
 * The orders of a session at a real venue, as a mailbox: what the session sends becomes tickets that a courier carries,
 * and what the venue tells becomes reports. It holds the legs that hang on an order, sizes them by what is filled, and
 * keeps exits within the holding. Nothing here waits or looks at a clock: its state follows from what the session sent,
 * the bars and the events it hears, so that a journal of these brings it back.
 */
export class OrderDesk implements Broker {
  readonly state: DeskState;
  private spare: ExecutionReport[] = [];

  constructor(sessionTag: string, market: Market, capabilities: BrokerCapabilities) {
    this.state = deskState(sessionTag, market, capabilities);
  }

  /** Who hears of what a person should know. */
  set onIncident(say: (incident: Omit<Incident, "atMs">) => void) {
    this.state.say = say;
  }

  /** Every bar is shown: reports may come at any time. */
  quietUntil(from: number): number {
    return from;
  }

  get hasAnswers(): boolean {
    return this.state.inbox.length > 0;
  }

  submit(order: ApprovedOrder): void {
    const { state } = this;
    const work: Work = {
      order,
      change: null,
      isCancelAsked: false,
      tickets: [],
      filled: 0,
      isOver: false,
      endedMs: Number.NaN,
      endCode: null,
      isToldWhole: false,
      isAccepted: false,
      isTriggered: false,
      strays: 0,
      isTouched: false,
      trailBest: Number.NaN,
      elder: elderOf(state, order),
    };
    assert(!state.works.has(order.id), "an order is sent once");
    this.at(order.requestedMs);
    state.works.set(order.id, work);
    state.openBy[order.instrument]!.push(work);
    forgetOrders(state);
    tendInstrument(state, order.instrument);
  }

  cancel({ id, instrument }: ApprovedOrder): void {
    const work = this.state.works.get(id);
    if (work === undefined || work.isOver) return;
    work.isCancelAsked = true;
    tendInstrument(this.state, instrument);
  }

  modify(order: ApprovedOrder): void {
    const { state } = this;
    const work = state.works.get(order.id);
    if (work === undefined || work.isOver) return;
    // Legs that sleep are only told to themselves.
    work.change = order;
    forgetTouch(state, work);
    if (work.tickets.length === 0) {
      work.order = order;
      work.change = null;
      const { id, terms, quantity } = order;
      state.inbox.push({ kind: "modified", orderId: id, timeMs: order.requestedMs, terms, quantity });
    }
    tendInstrument(state, order.instrument);
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    const { state, spare } = this;
    const { bars } = state.market;
    for (let k = 0; k < slice.count; k++) {
      const instrument = slice.instruments[k]! as InstrumentIndex;
      if (state.openBy[instrument]!.length > 0)
        followPrice(state, instrument, bars[instrument]!, slice.rows[k]!, slice.isStale === true);
    }
    const reports = state.inbox;
    spare.length = 0;
    state.inbox = spare;
    this.spare = reports;
    return reports;
  }

  /** Takes in an event of the venue, or that something is about to be sent. */
  hear(event: DeskEvent | Intent): void {
    const { state } = this;
    this.at(event.atMs);
    state.heardMs = event.atMs;
    switch (event.kind) {
      case "instruments":
        for (const rule of event.instruments) state.rules.set(rule.symbol, rule);
        return;
      case "intent":
        return this.hearIntent(event);
      case "told":
        return hearOrder(state, event.order);
      case "fill":
        return hearFill(state, event.fill, event.isInferred === true);
      case "holding":
        return hearHolding(state, event);
      case "blocked":
      case "unblocked": {
        const instrument = state.indexOf.get(event.symbol);
        if (instrument === undefined) return;
        if (event.kind === "unblocked") state.blocked[instrument] = null;
        else block(state, instrument, event.reason);
        return;
      }
      case "withdrawn":
        return this.withdrawEntries();
      default: {
        const ticket = state.tickets.get(event.clientOrderId);
        if (ticket === undefined) return;
        if (event.kind === "answered") hearAnswer(state, ticket, event.errand, event.answer);
        else if (event.kind === "denied") hearDenied(state, ticket, event);
        else hearLost(state, ticket);
      }
    }
  }

  /** Whether what the venue tells of an order says anything new. */
  isNews(order: VenueOrder): boolean {
    const { state } = this;
    if (!isReadableOrder(order)) return false;
    const { clientOrderId, venueOrderId, filledQuantity, status } = order;
    const ticket = this.ticketOf(clientOrderId) ?? state.ticketByVenueId.get(venueOrderId);
    const isEnd =
      status === "filled" || status === "canceled" || status === "rejected" || status === "expired";
    // Of an order of nobody that is over there is nothing to know: it may be one of ours that was forgotten.
    const stranger = state.strangers.get(venueOrderId);
    if (ticket === undefined)
      return isEnd
        ? stranger?.earlierSession != null
        : stranger === undefined && !state.strangersOver.has(venueOrderId);
    const side = ticket.sides.get(venueOrderId);
    if (side === undefined || ticket.phase === "sent" || ticket.asked !== null) return true;
    if (ticket.phase === "over") return !isEnd && side.end === null;
    const work = state.works.get(ticket.orderId)!;
    const isTriggered = status === "triggered" && !work.isTriggered;
    return (
      isTriggered ||
      isStray(work, ticket, order) ||
      filledQuantity > side.filled ||
      (isEnd && side.end === null)
    );
  }

  /** Whether a fill has not been heard of. */
  isNewFill(fill: VenueFill): boolean {
    return isReadableFill(fill) && this.state.indexOf.has(fill.symbol) && !isKnownFill(this.state, fill);
  }

  /** The ticket with a name, or null. */
  ticketOf(clientOrderId: string | null): Ticket | null {
    return clientOrderId === null ? null : (this.state.tickets.get(clientOrderId) ?? null);
  }

  /** Whether it can only make a holding smaller: its request says so at venues alone that know such orders. */
  isExit({ orderId }: Ticket): boolean {
    return isExit(this.state.works.get(orderId)!);
  }

  /** Tickets that are not over, oldest first. */
  livingTickets(): readonly Ticket[] {
    return this.state.openBy.flatMap((open) =>
      open.flatMap(({ tickets }) => tickets.filter(({ phase }) => phase !== "over")),
    );
  }

  /** Exits stay, and what hangs on a part that has filled. */
  private withdrawEntries(): void {
    const { state } = this;
    for (const { index } of state.market.instruments) {
      for (const work of state.openBy[index]!) if (!isExit(work)) work.isCancelAsked = true;
      tendInstrument(state, index);
    }
  }

  private hearIntent({ errand, request, atMs }: Intent): void {
    const ticket = this.state.tickets.get(request.clientOrderId);
    if (ticket === undefined) return;
    ticket.touchedMs = atMs;
    if (ticket.errand === errand) setErrand(this.state, ticket, null);
    if (errand === "submit") {
      ticket.request = request;
      if (ticket.phase === "unsent") ticket.phase = "sent";
    } else if (errand === "modify") ticket.askedAtMs = atMs;
  }

  private at(timeMs: number): void {
    if (!(this.state.timeMs >= timeMs)) this.state.timeMs = timeMs;
  }
}

/** The closing half that was decided together with an opening one. */
function elderOf(
  state: DeskState,
  { instrument, side, reduceOnly, requestedMs }: ApprovedOrder,
): Work | null {
  if (reduceOnly || state.capabilities.reduceOnly) return null;
  const elder = state.openBy[instrument]!.find(
    ({ order }) =>
      order.reduceOnly && !order.closePosition && order.side === side && order.requestedMs === requestedMs,
  );
  return elder ?? null;
}
