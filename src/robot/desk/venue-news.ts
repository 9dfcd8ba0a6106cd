import type { DeskEvent } from "../../ports/journal-store.ts";
import type { OrderDesk } from "./order-desk.ts";

/** What a venue tells by itself. */
export type VenueNews = Extract<DeskEvent, { readonly kind: "told" | "fill" }>;

/** Whether the desk has not heard of it. */
export function isNews(desk: OrderDesk, event: VenueNews): boolean {
  return event.kind === "fill" ? desk.isNewFill(event.fill) : desk.isNews(event.order);
}

/** Our name of the order that an event is about; null for none. */
export function nameIn(event: DeskEvent): string | null {
  if ("clientOrderId" in event) return event.clientOrderId;
  if (event.kind === "told") return event.order.clientOrderId;
  return event.kind === "fill" ? event.fill.clientOrderId : null;
}
