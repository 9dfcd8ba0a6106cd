import type { OrderTerms, VenueCode } from "../../../domain/order.ts";
import type { Acknowledgement } from "../../../ports/broker-connection.ts";
import { refusal } from "../shared/order-caller.ts";
import type { BridgeAnswer } from "./bridge-messages.ts";

/**
 * Refusals of the trade server by number, in our words. Source: MQL5 reference, "Return Codes of the Trade Server".
 * Requotes and moved prices come only after the bridge has tried again.
 */
const codes: ReadonlyMap<number, VenueCode> = new Map<number, VenueCode>([
  [10004, "unavailable"], // requote
  [10006, "other"], // rejected by the dealer
  [10007, "on_request"],
  [10013, "other"], // a request that cannot be
  [10014, "lot_size"],
  [10016, "would_trigger"], // stops
  [10017, "halted"],
  [10018, "session_closed"],
  [10019, "buying_power"],
  [10020, "unavailable"], // the price has changed
  [10021, "unavailable"], // there is no price
  [10022, "date_passed"],
  [10023, "other"], // the order has changed
  [10024, "rate_limited"],
  [10025, "at_target"],
  [10026, "unavailable"], // automated trading is off at the server
  [10027, "unavailable"], // and in the terminal
  [10029, "unavailable"], // frozen: too near to the market to be touched
  [10030, "unsupported"], // filling
  [10032, "unavailable"], // real accounts only
  [10033, "unavailable"], // too many pending orders
  [10034, "unavailable"], // too much of this symbol
  [10035, "unsupported"],
  [10036, "position_closed"],
  [10038, "lot_size"],
  [10040, "unavailable"], // too many positions
  [10042, "unsupported"], // long only, short only, close only
  [10043, "long_only"],
  [10044, "unavailable"],
  [10045, "unavailable"],
  [10046, "unavailable"],
]);

const taken = new Set([10008, 10009, 10010]);

/**
 * What the bridge's answer to something sent means. A number without a word here, and those for a server that took too
 * long, failed or was out of reach (10011, 10012, 10028, 10031), leave the matter open.
 */
export function judgeTrade(
  answer: BridgeAnswer,
  terms: OrderTerms | null,
  acceptedMs: number,
): Acknowledgement {
  const { outcome, retcode, text } = answer;
  const said = retcode === 0 ? text : `${text} (${retcode})`;
  if (outcome === "ok")
    return { kind: "accepted", venueOrderId: answer.ticket ?? "", venueTimeMs: acceptedMs };
  if (outcome === "late") return refusal("unavailable", `not sent: ${said}`);
  if (outcome === "not_found") return refusal("unknown_order", said);
  if (outcome === "over") return refusal("already_over", said);
  if (outcome === "malformed") return refusal("other", said);
  if (outcome !== "refused" || taken.has(retcode)) return { kind: "unknown", reason: said };
  if (retcode === 10015) return refusal(priceCode(terms), said);
  const code = codes.get(retcode);
  return code === undefined ? { kind: "unknown", reason: said } : refusal(code, said);
}

/** A pending order waits on its own side of the price: one on the other side would trade at once. */
function priceCode(terms: OrderTerms | null): VenueCode {
  if (terms?.type === "stop_market") return "would_trigger";
  return terms?.type === "limit" ? "would_take" : "tick_size";
}
