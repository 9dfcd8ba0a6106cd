import { empty } from "../../base/empty.ts";
import type { ApprovedOrder, OrderRequest } from "../../domain/order.ts";
import type { OrderTracker } from "./order-tracker.ts";
import type { Portfolio } from "./portfolio.ts";

/** Orders to withdraw, to change and to send. The arrays are reused: read them before the next bar. */
export type Plan = {
  readonly cancels: ApprovedOrder[];
  /** Orders that work, as they should be: the whole of each under its old number. */
  readonly changes: OrderRequest[];
  readonly orders: OrderRequest[];
  /** Targets that changed nothing because the holding is close enough. */
  unchanged: number;
};

/** How differences between target and holding are traded. */
export type PlanOptions = {
  /** Changes of an open position smaller than this share of it are not worth their costs. */
  readonly rebalanceBand: number;
  /** Let the venue compute the quantity at the fill price instead of at the last close. */
  readonly sizeAtFill: boolean;
};

/** What planning one instrument needs to know. */
export type PlanGround = {
  readonly plan: Plan;
  readonly portfolio: Portfolio;
  readonly tracker: OrderTracker;
  readonly timeMs: number;
  readonly options: PlanOptions;
};

/** A plan that does nothing. */
export function emptyPlan(): Plan {
  return { cancels: [], changes: [], orders: [], unchanged: 0 };
}

/** Makes a plan that does nothing again. */
export function clearPlan(plan: Plan): void {
  empty(plan.cancels);
  empty(plan.changes);
  empty(plan.orders);
  plan.unchanged = 0;
}
