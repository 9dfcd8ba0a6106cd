import type { OrderId, OrderRequest } from "../domain/order.ts";

/** Something that was sent and has not reached the venue yet. */
export type Letter =
  | { readonly kind: "submit"; readonly order: OrderRequest; readonly atMs: number }
  | { readonly kind: "modify"; readonly order: OrderRequest; readonly atMs: number }
  | { readonly kind: "cancel"; readonly orderId: OrderId; readonly atMs: number };
