import { signOf, type ApprovedOrder, type OrderTerms } from "../domain/order.ts";

/** An order as the venue keeps it. */
export type WorkingOrder = {
  request: ApprovedOrder;
  readonly sign: 1 | -1;
  /** What makes it fill now: a triggered stop-limit has become a limit. */
  terms: OrderTerms;
  remaining: number;
  /** All that it has filled. */
  filled: number;
  /** `sleeping` waits for its parent; `working` may fill; `done` leaves the book at the end of the bar. */
  state: "sleeping" | "working" | "done";
  isAccepted: boolean;
  /** Whether it has been through a bar while working: from then on it is a resting order and makes liquidity. */
  isResting: boolean;
  /** Woken in the middle of the present bar: what happened earlier in the bar cannot fill it. */
  isNewborn: boolean;
  activeFromMs: number;
  /** When a cancel reaches the venue; Infinity while none is on its way. */
  cancelAtMs: number;
  /** Trading day on which a `day` order lives. */
  session: number;
  /** Best price since a trailing stop began to work. */
  trailBest: number;
};

/** Puts an approved order on the book. */
export function workingOrder(request: ApprovedOrder, activeFromMs: number, session: number): WorkingOrder {
  return {
    request,
    sign: signOf(request.side),
    terms: request.terms,
    remaining: request.quantity,
    filled: 0,
    state: request.parentId === null ? "working" : "sleeping",
    isAccepted: false,
    isResting: false,
    isNewborn: false,
    activeFromMs,
    cancelAtMs: Infinity,
    session,
    trailBest: Number.NaN,
  };
}

/** Whether an order closes at a loss when the price runs against it: such orders come first inside a bar. */
export function isStop(terms: OrderTerms): boolean {
  return terms.type === "stop_market" || terms.type === "stop_limit" || terms.type === "trailing_stop_market";
}
