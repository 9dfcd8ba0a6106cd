import type { VenueCode } from "../../domain/order.ts";
import type { WireReply } from "../wire/face.ts";

/** Alpaca's way to say no: a status, a number and a text. */
export function alpacaError(
  status: number,
  code: number,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): WireReply {
  return { status, body: { code, message, ...more } };
}

/** The refusals that many endpoints share. */
export const unauthorized = alpacaError(401, 40110000, "request is not authorized");
export const forbidden = alpacaError(403, 40310000, "this key may look and not trade");
export const orderNotFound = alpacaError(404, 40410000, "order not found");
export const badRequest = (message: string): WireReply => alpacaError(422, 40010001, message);
export const brokenRule = (message: string): WireReply => alpacaError(422, 42210000, message);

/** A refusal of the exchange in Alpaca's words. */
export function refusal(
  code: VenueCode,
  reason: string,
  details: Readonly<Record<string, string>> = {},
): WireReply {
  switch (code) {
    case "doubled_id":
      return badRequest("client_order_id must be unique");
    case "buying_power":
      return alpacaError(403, 40310000, "insufficient buying power", details);
    case "long_only":
    case "nothing_to_reduce":
      return alpacaError(403, 40310000, `insufficient qty available for order (${reason})`, details);
    case "notional_min":
      return alpacaError(403, 40310000, `cost basis must be >= minimal amount of order (${reason})`, details);
    case "unknown_order":
      return orderNotFound;
    case "unknown_symbol":
      return brokenRule(`asset not found: ${reason}`);
    case "halted":
      return alpacaError(403, 40310000, reason);
    default:
      return brokenRule(reason);
  }
}
