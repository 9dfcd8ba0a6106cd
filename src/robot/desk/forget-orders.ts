import { hourMs, dayMs } from "../../base/time.ts";
import type { VenueFill } from "../../ports/broker-connection.ts";
import type { DeskState, Work } from "./desk-state.ts";

/** So many orders that are over are remembered, and all of the last hour. */
const ordersKept = 256;
const orderKeptMs = hourMs;
/** So many fills are known by their id, and all of the last day. */
const fillsKept = 1_024;
const fillKeptMs = dayMs;
/** Looked at with every new order: an order that may not be forgotten yet goes to the end of the line. */
const looksAtOnce = 2;

/**
 * Forgets orders that were over long ago, so that a session of months holds no more than one of days. What the venue still
 * tells of one counts as a stranger's: booked, and said to a person.
 */
export function forgetOrders(state: DeskState): void {
  const { finished } = state;
  for (let looks = 0; looks < looksAtOnce && finished.length > ordersKept; looks++) {
    const work = finished[0]!;
    if (state.timeMs - work.endedMs < orderKeptMs) return;
    finished.shift();
    if (isNeeded(state, work)) finished.push(work);
    else forget(state, work);
  }
}

/** Notes a fill by its id; false when it was known. */
export function knowFill(state: DeskState, fillId: string, venueTimeMs: number): boolean {
  const { fillTimes } = state;
  if (fillTimes.has(fillId)) return false;
  fillTimes.set(fillId, venueTimeMs);
  if (fillTimes.size <= fillsKept) return true;
  for (const [oldest, timeMs] of fillTimes) {
    if (state.timeMs - timeMs >= fillKeptMs) {
      fillTimes.delete(oldest);
      state.fillsForgottenMs = Math.max(state.fillsForgottenMs, timeMs);
    }
    break;
  }
  return true;
}

/** Whether a fill may be one that was booked: by its id, or as old as those that were forgotten. What takes one back is news at any age. */
export function isKnownFill(
  { fillTimes, fillsForgottenMs }: DeskState,
  { fillId, venueTimeMs, takesBack }: Pick<VenueFill, "fillId" | "venueTimeMs" | "takesBack">,
): boolean {
  return fillTimes.has(fillId) || (takesBack === undefined && venueTimeMs <= fillsForgottenMs);
}

/** An order that lives may ask for its parent, its other half, its siblings; and what is not over at the venue stays. */
function isNeeded({ openBy }: DeskState, work: Work): boolean {
  const { id, instrument, ocoGroup } = work.order;
  if (work.tickets.some(({ phase, errand }) => phase !== "over" || errand !== null)) return true;
  return openBy[instrument]!.some(
    ({ order, elder }) =>
      order.parentId === id || elder === work || (ocoGroup !== 0 && order.ocoGroup === ocoGroup),
  );
}

function forget(state: DeskState, { order, tickets }: Work): void {
  state.works.delete(order.id);
  for (const ticket of tickets) {
    state.tickets.delete(ticket.clientOrderId);
    for (const venueOrderId of ticket.sides.keys())
      if (state.ticketByVenueId.get(venueOrderId) === ticket) state.ticketByVenueId.delete(venueOrderId);
  }
}
