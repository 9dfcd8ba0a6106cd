import { roundToTick } from "../base/numbers.ts";
import type { OrderRequest, OrderTerms } from "../domain/order.ts";
import { finish, orderIn, see, type AccountState } from "./account-state.ts";
import { disturb } from "./calm-range.ts";
import type { Letter } from "./letter.ts";
import { sweep } from "./margin-call.ts";
import type { WorkingOrder } from "./working-order.ts";

/** Why an order ends that a split leaves without a meaning: its quantity was counted in old shares. */
const withdrawn = "withdrawn by the split";

/**
 * What a split of `ratio` new shares for one old makes of the orders of an instrument, at once, whatever the latency:
 * stops, targets and trailing stops of the position go on at the new prices, everything else is withdrawn. The ledger
 * holds the new shares already. Nobody is told of new prices: who sent the order reckons with them.
 */
export function splitOrders(state: AccountState, mail: Letter[], index: number, ratio: number): void {
  const { tickSize } = state.market.instruments[index]!;
  const book = state.books[index]!;
  for (const order of book)
    if (!order.request.closePosition) finish(state, order, "canceled", "on_request", withdrawn);
  for (const order of book) if (order.state !== "done") scale(state, order, ratio, tickSize);
  sweep(state, index);
  disturb(state, index);
  splitLetters(state, mail, index, ratio, tickSize);
}

function scale(state: AccountState, order: WorkingOrder, ratio: number, tickSize: number): void {
  const isTriggered = order.terms.type !== order.request.terms.type;
  order.request = inNewShares(order.request, ratio, tickSize);
  if (!isTriggered) order.terms = order.request.terms;
  if (order.change !== null) order.change = inNewShares(order.change, ratio, tickSize);
  if (order.state === "working") order.remaining = Math.abs(state.ledger.quantity[order.request.instrument]!);
  order.trailBest /= ratio;
  order.birthPrice /= ratio;
}

/** What is on its way was written before the split as well. */
function splitLetters(
  state: AccountState,
  mail: Letter[],
  index: number,
  ratio: number,
  tickSize: number,
): void {
  let kept = 0;
  for (const letter of mail) {
    if (letter.kind === "cancel" || letter.order.instrument !== index) mail[kept++] = letter;
    else if (letter.kind === "modify" || protects(state, letter.order))
      mail[kept++] = { ...letter, order: inNewShares(letter.order, ratio, tickSize) };
    else withdraw(state, letter.order);
  }
  mail.length = kept;
}

/** Whether an order closes the position, and not one that a withdrawn order would have opened. */
function protects(state: AccountState, { closePosition, parentId, instrument }: OrderRequest): boolean {
  if (!closePosition) return false;
  return parentId === null || orderIn(state.books[instrument]!, parentId) !== null;
}

function withdraw(state: AccountState, { id: orderId }: OrderRequest): void {
  const { timeMs } = state;
  see(state, orderId);
  state.out.push({
    kind: "canceled",
    orderId,
    timeMs,
    cumulativeQuantity: 0,
    code: "on_request",
    reason: withdrawn,
  });
}

function inNewShares(order: OrderRequest, ratio: number, tickSize: number): OrderRequest {
  return {
    ...order,
    terms: atNewPrices(order.terms, ratio, tickSize),
    quantity: order.quantity * ratio,
  };
}

/** The terms of an order in the prices after a split. */
function atNewPrices(terms: OrderTerms, ratio: number, tickSize: number): OrderTerms {
  if (terms.type === "trailing_stop_market") {
    const { trail } = terms;
    return trail.kind === "fraction"
      ? terms
      : { ...terms, trail: { ...trail, amount: trail.amount / ratio } };
  }
  const scaled = Object.entries(terms).map(([name, value]) => [
    name,
    name.endsWith("Price") ? roundToTick((value as number) / ratio, tickSize) : value,
  ]);
  return Object.fromEntries(scaled) as OrderTerms;
}
