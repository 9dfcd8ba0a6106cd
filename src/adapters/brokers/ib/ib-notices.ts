import type { VenueCode } from "../../../domain/order.ts";
import type { IbNotice } from "./ib-client.ts";

/** What a notice about an order means for it. Source: the message codes in the documentation of the TWS API. */
export type NoticeMeaning =
  /** It was not taken, or is over. */
  | { readonly kind: "ends"; readonly code: VenueCode }
  /** The id was used: nothing was taken. */
  | { readonly kind: "id-used" }
  /** The server failed: nobody knows what became of the order. */
  | { readonly kind: "doubt" }
  /** It says something about an order that lives on. */
  | { readonly kind: "remark" };

/**
 * Only these end an order. All others are remarks, whatever they sound like: 399 (it waits for the open), 404 (it waits for
 * shares to borrow), 10349 (another time in force was set), the warnings from 2100 on.
 */
const endings: Readonly<Record<number, VenueCode>> = {
  105: "bad_number",
  106: "bad_number",
  107: "bad_number",
  109: "bad_number",
  110: "tick_size",
  111: "unsupported",
  113: "unsupported",
  114: "unsupported",
  115: "unsupported",
  116: "unavailable",
  117: "lot_size",
  118: "unsupported",
  133: "unavailable",
  144: "lot_size",
  152: "halted",
  154: "halted",
  157: "unsupported",
  163: "bad_number",
  200: "unknown_symbol",
  201: "other",
  202: "on_request",
  203: "other",
  321: "other",
  329: "unsupported",
  383: "lot_size",
  387: "unsupported",
  388: "lot_size",
  391: "bad_number",
  434: "lot_size",
  478: "unknown_symbol",
  10052: "unsupported",
  10187: "unsupported",
  10243: "lot_size",
  10268: "unsupported",
  10289: "bad_number",
};

/** What the text of a refusal is about. */
const reasons: readonly (readonly [RegExp, VenueCode])[] = [
  [/minimum price variation/i, "tick_size"],
  [
    /equity with loan|margin|buying power|available funds|insufficient (?:funds|cash|settled)/i,
    "buying_power",
  ],
  [/short|no position|not available for (?:short|sale)/i, "long_only"],
  [/size increment|minimum size|fractional|order size/i, "lot_size"],
  [/value .* below the minimum|minimum order value/i, "notional_min"],
  [/halted/i, "halted"],
  [/(?:exchange|market) is closed|outside .*(?:hours|session)/i, "session_closed"],
];

/** What a notice means for an order that was just sent. */
export function meaningOf({ code, text }: IbNotice): NoticeMeaning {
  if (code === 103) return { kind: "id-used" };
  if (code === 320 || code === 322) return { kind: "doubt" };
  const known = endings[code];
  if (known === undefined) return { kind: "remark" };
  return { kind: "ends", code: known === "other" ? codeOf(text) : known };
}

function codeOf(text: string): VenueCode {
  return reasons.find(([pattern]) => pattern.test(text))?.[1] ?? "other";
}

/** Whether it says that we send too fast: what was sent last may not have been taken, whatever it was. */
export function isTooFast({ code }: IbNotice): boolean {
  return code === 100;
}

/** Whether it says that a cancel found nothing that could be canceled. */
export function refusesCancel({ code }: IbNotice): boolean {
  return code === 10147 || code === 10148 || code === 161 || code === 135 || code === 136;
}

/** Why an order has ended that was taken: the text says whose doing it was, where anybody says it. */
export function endCodeOf(timeInForce: string, text: string): VenueCode {
  if (timeInForce === "IOC" || timeInForce === "FOK") return "not_at_once";
  if (/sibling|oca/i.test(text)) return "sibling_filled";
  if (/parent/i.test(text)) return "parent_ended";
  if (/expired|session|end of day/i.test(text))
    return timeInForce === "DAY" ? "session_ended" : "date_passed";
  return "on_request";
}
