import { floorToStep } from "../../base/numbers.ts";
import type { Instrument, InstrumentIndex } from "../../domain/instrument.ts";
import type { ApprovedOrder, ExecutionReport, OrderId, VenueCode } from "../../domain/order.ts";
import type {
  BrokerCapabilities,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueOrderRequest,
} from "../../ports/broker-connection.ts";
import type { ErrandKind } from "../../ports/journal-store.ts";
import type { Market } from "../../ports/market.ts";
import type { Incident } from "../robot-types.ts";

/** How an order at the venue ended. */
export type TicketEnd = {
  readonly kind: "filled" | "canceled" | "rejected" | "expired";
  readonly code: VenueCode;
  readonly reason: string;
};

/** What the venue has made of a ticket: one order as a rule, two when a change of it went wrong. */
export type VenueSide = { filled: number; end: TicketEnd | null };

/** One name at the venue, and the order that goes by it. */
export type Ticket = {
  readonly clientOrderId: string;
  readonly orderId: OrderId;
  readonly instrument: InstrumentIndex;
  /** The change that it brings to the venue in place of the ticket before. */
  carries: ApprovedOrder | null;
  /** As the venue has it, or will have it at first. */
  request: VenueOrderRequest;
  /** What it should become: the venue owes an answer. */
  asked: VenueOrderRequest | null;
  askedAtMs: number;
  /** How often the venue has told of the order since then without showing the change. */
  unshown: number;
  /** `sent`: it may have arrived. `working`: it has. `over`: nothing can come of it, and all its fills are booked. */
  phase: "unsent" | "sent" | "working" | "over";
  /** What the courier is to do about it. */
  errand: ErrandKind | null;
  isCancelAsked: boolean;
  /** It is withdrawn to make room for the next part. */
  isReplaced: boolean;
  /** The venue did not change it: it is withdrawn and sent anew instead. */
  isUnchangeable: boolean;
  /** What a change that nobody answered, and that did not show, may still make of it: a message can be very late. */
  mayHave: number;
  /** By the venue's own name. */
  readonly sides: Map<string, VenueSide>;
  filled: number;
  /** Of it, what was booked without having seen the fill. */
  inferred: number;
  readonly fills: VenueFill[];
  end: TicketEnd | null;
  createdMs: number;
  /** When something was sent or heard of it last, by the robot's clock. */
  touchedMs: number;
  /** By the venue's clock, the newest that it has told; NaN before the first. */
  toldMs: number;
};

/** An order of the session, and the tickets that carried it so far: at most the last one lives. */
export type Work = {
  order: ApprovedOrder;
  /** The order as the session wants it from now on; the venue has not confirmed it. */
  change: ApprovedOrder | null;
  isCancelAsked: boolean;
  readonly tickets: Ticket[];
  filled: number;
  isOver: boolean;
  /** When it was over; NaN before. */
  endedMs: number;
  /** Why it ended without having been filled. */
  endCode: VenueCode | null;
  /** Whether the session has heard the fill that completes it. */
  isToldWhole: boolean;
  isAccepted: boolean;
  isTriggered: boolean;
  /** Of a reversal the closing half, which goes first where the venue would not see that it only reduces. */
  readonly elder: Work | null;
  /** Best price of a trailing stop that is trailed here, for the venue has none; NaN before it works. */
  trailBest: number;
  /** How often the venue had something else of it than was asked for, and it was brought back. */
  strays: number;
  /** A target without a place at the venue: its price has come, and it goes before the stop. */
  isTouched: boolean;
};

/** An order that works on the account and that this session has not sent. */
export type Stranger = {
  /** As it was when it was heard of first. */
  readonly order: VenueOrder;
  readonly instrument: InstrumentIndex;
  readonly sinceMs: number;
  /** The session that sent it, where that is over and was one on this account: its orders may be withdrawn. */
  readonly earlierSession: string | null;
  /** What has filled since then, as far as the holding has it. */
  filled: number;
  /** What had filled of it in the end, and since when that is known; null while it works. It is forgotten when the holding has all of that. */
  ended: { readonly filledQuantity: number; readonly heardMs: number } | null;
};

/** Everything that the keeper of the orders knows. */
export type DeskState = {
  readonly sessionTag: string;
  readonly market: Market;
  readonly capabilities: BrokerCapabilities;
  readonly indexOf: ReadonlyMap<string, InstrumentIndex>;
  readonly rules: Map<string, VenueInstrument>;
  readonly works: Map<OrderId, Work>;
  /** By instrument: orders that are not over, oldest first. */
  readonly openBy: readonly Work[][];
  readonly tickets: Map<string, Ticket>;
  readonly ticketByVenueId: Map<string, Ticket>;
  /** Tickets with an errand. */
  readonly pending: Set<Ticket>;
  /** Signed, by instrument, as the venue has it by what it told. */
  readonly position: Float64Array;
  /** By instrument, the venue's time up to which a holding that was adopted holds everything. */
  readonly adoptedMs: Float64Array;
  /** Why nothing is opened; null while it may be. */
  readonly blocked: (string | null)[];
  /** Orders that are over, as they ended. */
  readonly finished: Work[];
  /** When the fills happened that are known by their id, by the venue's clock. */
  readonly fillTimes: Map<string, number>;
  /** The newest fill that was forgotten: nothing that is not newer is booked again. */
  fillsForgottenMs: number;
  /** The engine's number of the last fill. */
  lastFillNumber: number;
  lastFillMs: number;
  /** By the venue's own name. */
  readonly strangers: Map<string, Stranger>;
  /** What orders of others have filled, by the venue's id: a fill may be told before anybody has told of its order. */
  readonly strangersFills: Map<string, Pick<VenueFill, "quantity" | "venueTimeMs">[]>;
  /** The venue's ids of those that are over: older news of them may come yet. */
  readonly strangersOver: Set<string>;
  /** Whether a session with this tag has traded on this account and does not run any more. */
  isEarlierSession: (tag: string) => boolean;
  /** What the session has not heard yet. */
  inbox: ExecutionReport[];
  /** The newest time of all: of bars and of events. */
  timeMs: number;
  /** When the event that is being heard was written, by the robot's clock: bars may be far from it. */
  heardMs: number;
  say: (incident: Omit<Incident, "atMs">) => void;
  /** What a unit of a currency is worth in the session's money, or null: fees may be taken in anything. */
  /** What the session's costs expect a fill to cost, in quote currency, where the venue does not tell it. */
  expectedFee: (quantity: number, notional: number, liquidity: VenueFill["liquidity"]) => number;
  rateOfMoney: (currency: string, instrument: InstrumentIndex, price: number) => number | null;
};

/** A desk on which nothing lies. */
export function deskState(sessionTag: string, market: Market, capabilities: BrokerCapabilities): DeskState {
  const { instruments } = market;
  return {
    sessionTag,
    market,
    capabilities,
    indexOf: new Map(instruments.map(({ symbol, index }) => [symbol, index])),
    rules: new Map(),
    works: new Map(),
    openBy: instruments.map(() => []),
    tickets: new Map(),
    ticketByVenueId: new Map(),
    pending: new Set(),
    position: new Float64Array(instruments.length),
    adoptedMs: new Float64Array(instruments.length).fill(-Infinity),
    blocked: instruments.map(() => null),
    finished: [],
    fillTimes: new Map(),
    fillsForgottenMs: -Infinity,
    lastFillNumber: 0,
    lastFillMs: Number.NaN,
    strangers: new Map(),
    strangersFills: new Map(),
    strangersOver: new Set(),
    isEarlierSession: () => false,
    inbox: [],
    timeMs: Number.NaN,
    heardMs: Number.NaN,
    say: () => {},
    expectedFee: () => 0,
    rateOfMoney: () => null,
  };
}

/** The ticket that lives, or null. */
export function liveTicket({ tickets }: Work): Ticket | null {
  const last = tickets.at(-1);
  return last === undefined || last.phase === "over" ? null : last;
}

/** From now on nothing is opened in it. */
export function block(state: DeskState, instrument: InstrumentIndex, reason: string): void {
  state.blocked[instrument] ??= reason;
}

/** What may still fill of a ticket. */
export function leftOfTicket({ request, asked, mayHave, filled, phase }: Ticket): number {
  if (phase === "over") return 0;
  return Math.max(0, Math.max(request.quantity, asked?.quantity ?? 0, mayHave) - filled);
}

/** Steps of quantity: the venue's where it has told them, else those of the run. */
export function lotOf({ rules }: DeskState, { symbol, lotSize }: Instrument): number {
  return rules.get(symbol)?.lotSize ?? lotSize;
}

/** The largest order that the venue takes, in whole lots; Infinity where it has not told of one. */
export function largestOf(state: DeskState, instrument: Instrument): number {
  const quantityMax = state.rules.get(instrument.symbol)?.quantityMax ?? Infinity;
  return quantityMax === Infinity ? Infinity : floorToStep(quantityMax, lotOf(state, instrument));
}

/** Sets or takes away what the courier is to do. */
export function setErrand({ pending }: DeskState, ticket: Ticket, errand: ErrandKind | null): void {
  ticket.errand = errand;
  if (errand === null) pending.delete(ticket);
  else pending.add(ticket);
}
