import type { ApprovedOrder, OrderRequest } from "../../domain/order.ts";

/** An order, or the opening part of one, that a rule did not let through. */
export type Refusal = {
  readonly order: OrderRequest;
  readonly ruleName: string;
  readonly reason: string;
  readonly limit: number;
  readonly value: number;
  /** How much of the order the rule would let through, where it is about a size. */
  readonly quantityMax?: number;
};

/** Why less of an order passes: a limit, and how many orders of one instant share what it leaves; 1 where it is the order's own. */
export type Shortfall = Refusal & { readonly sharedBy: number };

/** An order that a limit let through in part: `order` is as large as it was wanted, `quantity` what passed. */
export type Trim = Shortfall & { readonly quantity: number };

/** What the gate decided about a plan. The arrays are reused: read them before the next bar. */
export type Review = {
  readonly approved: ApprovedOrder[];
  /** Changes of orders that work already. */
  readonly changed: ApprovedOrder[];
  readonly refused: Refusal[];
  readonly trimmed: Trim[];
};
