import type { Calendar } from "../domain/calendar/calendar.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { ExecutionReport, OrderId, VenueCode } from "../domain/order.ts";
import { timeframeMs } from "../domain/timeframe.ts";
import type { Market } from "../ports/market.ts";
import { VenueBar } from "./venue-bar.ts";
import { costsToHold, type VenueOptions } from "./venue-options.ts";
import type { WorkingOrder } from "./working-order.ts";

/** Everything that one account at the venue consists of. The files beside this one are what happens to it. */
export type AccountState = {
  readonly market: Market;
  readonly calendars: readonly Calendar[];
  /** The venue's own books of the account; the owner keeps others, and both must agree. */
  readonly ledger: Ledger;
  readonly options: VenueOptions;
  /** Orders that are not over, by instrument, in the order in which they arrived. */
  readonly books: readonly WorkingOrder[][];
  /** The last bar of each instrument that mattered to the account. */
  readonly bars: readonly VenueBar[];
  readonly barLengthsMs: readonly number[];
  /** By order number: 1 for every number that an order has had. Grows with them. */
  seen: Uint8Array;
  /** Where reports go: into those of the present slice, or between two slices into the answers for the next. */
  out: ExecutionReport[];
  timeMs: number;
  openCount: number;
  lastSequence: number;
  lastFillId: number;
  lastChargeId: number;
  lastLiquidationId: number;
  /** Whether an order has an end in time, so that time alone can end it. */
  hasTimers: boolean;
  /** Whether holding a position can cost anything. */
  readonly hasFinancing: boolean;
  /** Through which moment each instrument's position has paid for being held. */
  readonly chargedToMs: Float64Array;
  /** By instrument, the prices between which nothing happens to its orders; NaN where any bar may do something. */
  readonly floors: Float64Array;
  readonly ceilings: Float64Array;
  /** Instruments in the present slice that have orders or a position. Reused. */
  readonly active: number[];
  /** Those of them whose orders the present bar may touch. Reused. */
  readonly touched: number[];
  /** Orders that something happens to in the present bar. Reused. */
  readonly due: WorkingOrder[];
  readonly dueUpward: WorkingOrder[];
  readonly dueDownward: WorkingOrder[];
  /**
   * Money (cash account) or exposure (margin account) that came free inside the bars of this slice, in all and by
   * instrument: what comes free later in a bar cannot pay for what another instrument buys in it.
   */
  late: number;
  readonly lateBy: Float64Array;
  /** Whether something has filled inside a bar of this slice: what is held since then has the rest of it before it. */
  hasFilledInside: boolean;
  /** The trailing stop that was taken off last, and when: what takes its place at that moment goes on from its best price. */
  lastTrail: { readonly order: WorkingOrder; readonly timeMs: number } | null;
};

/** A new account over a market. */
export function accountState(
  market: Market,
  calendars: readonly Calendar[],
  ledger: Ledger,
  options: VenueOptions,
): AccountState {
  const count = market.instruments.length;
  return {
    market,
    calendars,
    ledger,
    options,
    books: market.instruments.map(() => []),
    bars: market.instruments.map(() => new VenueBar()),
    barLengthsMs: market.bars.map((bars) => timeframeMs(bars.timeframe)),
    seen: new Uint8Array(64),
    out: [],
    timeMs: -Infinity,
    openCount: 0,
    lastSequence: 0,
    lastFillId: 0,
    lastChargeId: 0,
    lastLiquidationId: 0,
    hasTimers: false,
    hasFinancing: costsToHold(options),
    chargedToMs: new Float64Array(count),
    floors: new Float64Array(count).fill(-Infinity),
    ceilings: new Float64Array(count).fill(Infinity),
    active: [],
    touched: [],
    due: [],
    dueUpward: [],
    dueDownward: [],
    late: 0,
    lateBy: new Float64Array(count),
    hasFilledInside: false,
    lastTrail: null,
  };
}

/** Ends an order and says so. Children of an order that ends have nothing more to wait for. */
export function finish(
  state: AccountState,
  order: WorkingOrder,
  kind: "canceled" | "rejected" | "expired",
  code: VenueCode,
  reason: string,
): void {
  if (order.state === "done") return;
  order.state = "done";
  state.out.push({
    kind,
    orderId: order.request.id,
    timeMs: state.timeMs,
    cumulativeQuantity: order.filled,
    code,
    reason,
  });
  endSleepers(state, order, "parent_ended", "its parent did not fill");
}

/** Ends the children of an order that is over which still sleep. */
export function endSleepers(
  state: AccountState,
  parent: WorkingOrder,
  code: VenueCode,
  reason: string,
): void {
  const book = state.books[parent.request.instrument]!;
  for (let k = 0; k < book.length; k++) {
    const child = book[k]!;
    if (child.request.parentId === parent.request.id && child.state === "sleeping")
      finish(state, child, "canceled", code, reason);
  }
}

/** Takes an order off that hangs on something that is gone; while its parent may still fill, it sleeps instead. */
export function retire(state: AccountState, order: WorkingOrder, code: VenueCode, reason: string): void {
  if (isParentAlive(state, order) && order.filled < order.request.quantity) {
    order.state = "sleeping";
    order.remaining = 0;
  } else finish(state, order, "canceled", code, reason);
}

/** Whether the order that an order waits for may still fill. */
export function isParentAlive(state: AccountState, { request }: WorkingOrder): boolean {
  return orderIn(state.books[request.instrument]!, request.parentId) !== null;
}

/** The order of that number on a book; null when it is not there, or over, or nobody's number is asked for. */
export function orderIn(book: readonly WorkingOrder[], orderId: OrderId | null): WorkingOrder | null {
  for (let k = 0; k < book.length; k++) {
    const order = book[k]!;
    if (order.request.id === orderId) return order.state === "done" ? null : order;
  }
  return null;
}

/** Notes that an order has had this number. */
export function see(state: AccountState, orderId: OrderId): void {
  if (orderId >= state.seen.length) {
    const larger = new Uint8Array(Math.max(orderId + 1, state.seen.length * 2));
    larger.set(state.seen);
    state.seen = larger;
  }
  state.seen[orderId] = 1;
}

/** Whether an order can close something of the present position. */
export function hasPositionFor(state: AccountState, order: WorkingOrder): boolean {
  return order.sign * state.ledger.quantity[order.request.instrument]! < 0;
}
