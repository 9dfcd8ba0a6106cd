import type { AccountState } from "./account-state.ts";
import { movesUp, triggerPrice } from "./match.ts";
import type { WorkingOrder } from "./working-order.ts";

/**
 * Notes between which prices nothing happens to the orders of an instrument: above the highest price that a falling
 * market must reach for one, below the lowest that a rising one must. An order with something else ahead of it, such
 * as its first bar, a trail that follows or an end in time, leaves no such range.
 */
export function noteCalmRange({ books, floors, ceilings, ledger }: AccountState, index: number): void {
  let floor = -Infinity;
  let ceiling = Infinity;
  const book = books[index]!;
  const isHeld = ledger.quantity[index] !== 0;
  for (let k = 0; k < book.length; k++) {
    const order = book[k]!;
    if (!isPatient(order, isHeld)) return disturb({ floors, ceilings }, index);
    if (order.state === "sleeping") continue;
    const price = triggerPrice(order);
    if (movesUp(order)) ceiling = Math.min(ceiling, price);
    else floor = Math.max(floor, price);
  }
  floors[index] = floor;
  ceilings[index] = ceiling;
}

/** From now on every bar of an instrument must be gone through, until a calm range has been noted again. */
export function disturb(
  { floors, ceilings }: Pick<AccountState, "floors" | "ceilings">,
  index: number,
): void {
  floors[index] = Number.NaN;
  ceilings[index] = Number.NaN;
}

/** Whether the bar in `row` leaves all orders of an instrument as they are. */
export function isCalm({ floors, ceilings, market }: AccountState, index: number, row: number): boolean {
  const { open, high, low } = market.bars[index]!;
  const floor = floors[index]!;
  const ceiling = ceilings[index]!;
  return high[row]! < ceiling && open[row]! < ceiling && low[row]! > floor && open[row]! > floor;
}

/** Of the rows `from` to `to - 1` of the only instrument, the first whose bar may touch an order, or `to`. */
export function calmUntil(state: AccountState, from: number, to: number): number {
  let row = from;
  while (row < to && isCalm(state, 0, row)) row += 1;
  return row;
}

/** Whether only its price, or its parent's fill, can move an order. */
function isPatient(order: WorkingOrder, isHeld: boolean): boolean {
  const { state, terms, request } = order;
  if (order.cancelAtMs < Infinity || order.changeAtMs < Infinity || request.timeInForce !== "gtc")
    return false;
  if (state === "sleeping") return true;
  if (!order.isResting || (request.reduceOnly && !isHeld)) return false;
  return terms.type !== "market" && terms.type !== "trailing_stop_market";
}
