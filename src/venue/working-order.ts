import { signOf, type OrderRequest, type OrderTerms } from "../domain/order.ts";

/**
 * When an order began to work: `before` the present bar, or inside it. A parent that filled as the price came to meet
 * it (`proven`) has the whole way to the bar's worst price still before it. After any other fill inside the bar nobody
 * knows what came first (`unproven`).
 */
export type Birth = "before" | "proven" | "unproven";

/** An order as the venue keeps it. */
export type WorkingOrder = {
  request: OrderRequest;
  readonly sign: 1 | -1;
  /** Place among all orders of the account: who came first. */
  readonly sequence: number;
  /** What makes it fill now: a triggered stop-limit has become a limit, a triggered stop a market order. */
  terms: OrderTerms;
  remaining: number;
  filled: number;
  /** What its parent has filled so far: it may do as much, siblings included. Infinity for one without a parent. */
  woken: number;
  /** `sleeping` waits for its parent; `working` may fill; `done` leaves the book at the end of the bar. */
  state: "sleeping" | "working" | "done";
  isAccepted: boolean;
  /** Whether it has been through a bar while working: from then on it is a resting order and makes liquidity. */
  isResting: boolean;
  birth: Birth;
  /** Price at which its parent filled. */
  birthPrice: number;
  /** An assumption about the way of the price inside a bar has decided over it. */
  isAssumed: boolean;
  activeFromMs: number;
  /** When a cancel reaches the venue; Infinity while none is on its way. */
  cancelAtMs: number;
  /** What it is to become, from `changeAtMs` on; null while no change is on its way. */
  change: OrderRequest | null;
  changeAtMs: number;
  /** Trading day on which a `day` order lives. */
  session: number;
  /** Best price since a trailing stop began to work. */
  trailBest: number;
};

/** Puts an order on the book. */
export function workingOrder(
  request: OrderRequest,
  sequence: number,
  activeFromMs: number,
  session: number,
): WorkingOrder {
  return {
    request,
    sign: signOf(request.side),
    sequence,
    terms: request.terms,
    remaining: request.quantity,
    filled: 0,
    woken: request.parentId === null ? Infinity : 0,
    state: request.parentId === null ? "working" : "sleeping",
    isAccepted: false,
    isResting: false,
    birth: "before",
    birthPrice: Number.NaN,
    isAssumed: false,
    activeFromMs,
    cancelAtMs: Infinity,
    change: null,
    changeAtMs: Infinity,
    session,
    trailBest: Number.NaN,
  };
}

/** Whether an order takes part: awake, active by `timeMs`, and not born in the middle of this very bar. */
export function canMatch(order: WorkingOrder, timeMs: number): boolean {
  return order.state === "working" && order.activeFromMs <= timeMs && order.birth === "before";
}
