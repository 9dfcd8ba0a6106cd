import type { VenueCode } from "../../domain/order.ts";
import { frame } from "./frames.ts";

/** A number and what is said with it. Source: the message codes in the documentation of the TWS API. */
export type IbError = readonly [code: number, text: string];

/** A message of kind 4; `id` is that of the order or the request, -1 where it is about neither. */
export function errorFrame(id: number, [code, text]: IbError): Buffer {
  return frame([4, 2, id, code, text, ""]);
}

/** Why an order was refused, in words of the gateway. */
export function refusalOf(code: VenueCode, reason: string): IbError {
  switch (code) {
    case "tick_size":
      return [110, "The price does not conform to the minimum price variation for this contract."];
    case "unknown_symbol":
      return [200, "No security definition has been found for the request"];
    case "buying_power":
      return rejected(
        `YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED POSITION YOUR EQUITY WITH LOAN VALUE MUST EXCEED THE INITIAL MARGIN: ${reason}`,
      );
    case "long_only":
      return rejected(`This contract is not available for short sale: ${reason}`);
    case "lot_size":
      return rejected(
        `The size of the order is not a multiple of the size increment or below the minimum size: ${reason}`,
      );
    case "notional_min":
      return rejected(`The value of the order is below the minimum: ${reason}`);
    case "halted":
      return [154, "Orders cannot be transmitted for a halted security"];
    case "session_closed":
      return rejected(`The exchange is closed: ${reason}`);
    case "unsupported":
      return [387, "Unsupported order type for this exchange and security type."];
    default:
      return rejected(reason);
  }
}

function rejected(reason: string): IbError {
  return [201, `Order rejected - reason:${reason}`];
}

/** Why an order that worked is canceled. */
export function cancelOf(reason: string): IbError {
  return [202, `Order Canceled - reason:${reason}`];
}

/** Whether something is the number and text of an error. */
export function isError(value: object): value is IbError {
  return Array.isArray(value);
}
