import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import { isOver, orderTicket, type ExchangeOrder } from "../exchange/exchange-types.ts";
import { listingsFor } from "./ib-contracts.ts";
import { isError, refusalOf, type IbError } from "./ib-errors.ts";
import type { IbDesk } from "./ib-desk.ts";
import { termsOf, timeOf, type AskedOrder } from "./order-fields.ts";

/** Takes a new order to the exchange, or says why it does not go there. */
export function placeNew(asked: AskedOrder, clientId: number, desk: IbDesk): IbError | null {
  const { exchange, faults } = desk.tools;
  const [listing, other] = listingsFor(asked.contract, exchange);
  if (listing === undefined) return refusalOf("unknown_symbol", "");
  if (other !== undefined) return [200, "The contract description specified is ambiguous"];
  const terms = termsOf(asked);
  if (isError(terms)) return terms;
  const time = timeOf(asked);
  if (isError(time)) return time;
  if (asked.side === null) return [321, "Error validating request.-'bS' : cause - the side is BUY or SELL"];
  if (!(asked.quantity > 0)) return [434, "The order size cannot be zero."];
  const account = desk.accountNamed(asked.account);
  if (account === null) return [321, "Error validating request.-'bA' : cause - invalid account code"];
  const parent = asked.parentId === 0 ? null : desk.orderOf(clientId, asked.parentId);
  if (asked.parentId !== 0 && parent === null)
    return [201, `Order rejected - reason:parent order ${asked.parentId} is not there`];
  const answer = account.submit(
    orderTicket({
      symbol: listing.symbol,
      side: asked.side,
      quantity: asked.quantity,
      terms,
      ...time,
      // A gateway takes the same reference as often as it comes.
      clientOrderId: freeName(asked.orderRef, account),
      parentId: parent?.venueOrderId ?? null,
      ocoGroup: groupOf(asked, parent, desk),
      labels: {
        orderRef: asked.orderRef,
        orderId: String(asked.orderId),
        clientId: String(clientId),
        parentOrderId: String(asked.parentId),
        ocaGroup: asked.ocaGroup,
      },
    }),
  );
  if (answer.kind === "rejected") return refusalOf(answer.code, answer.reason);
  if (faults.isRejectedLater())
    account.rejectLater(answer.order.venueOrderId, "the order was rejected by the exchange");
  return null;
}

/** Gives an order that works other prices or another size. */
export function change(asked: AskedOrder, order: ExchangeOrder, account: ExchangeAccount): IbError | null {
  if (order.status === "filled") return [104, "Cannot modify a filled order."];
  if (isOver(order)) return [103, "Duplicate order id"];
  const terms = termsOf(asked);
  if (isError(terms)) return terms;
  if (terms.type !== order.terms.type) return [329, "Cannot change to the new order type."];
  const answer = account.modify(order.venueOrderId, { quantity: asked.quantity, terms });
  return answer.kind === "rejected" ? refusalOf(answer.code, answer.reason) : null;
}

function freeName(orderRef: string, account: ExchangeAccount): string | null {
  return orderRef === "" || account.orders.byClientId(orderRef) !== null ? null : orderRef;
}

function groupOf({ ocaGroup }: AskedOrder, parent: ExchangeOrder | null, desk: IbDesk): number {
  if (ocaGroup === "" && parent === null) return 0;
  return desk.groupNumber(ocaGroup, parent?.venueOrderId ?? null);
}
