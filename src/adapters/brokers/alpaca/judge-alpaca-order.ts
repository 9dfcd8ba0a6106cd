import type { VenueCode } from "../../../domain/order.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import type { HttpAnswer } from "../../shared/http-answer.ts";
import { resetSpanMs } from "../../sources/alpaca/judge-alpaca.ts";
import { brokerKeyRefused } from "../shared/broker-errors.ts";
import { refusal, tooOften, type SendVerdict } from "../shared/order-caller.ts";
import { alpacaErrorSchema, canceledSchema, orderSchema } from "./alpaca-trading-messages.ts";
import { timeOf } from "./read-alpaca-order.ts";

/**
 * What a refusal says, in our words, the first that fits. The venue's numbers are shared by many reasons (40310000 is
 * too little money and too few shares), its texts are not.
 */
const words: readonly (readonly [RegExp, VenueCode])[] = [
  [/buying power|insufficient balance|insufficient funds/i, "buying_power"],
  [/insufficient qty|insufficient quantity/i, "nothing_to_reduce"],
  [/minimal amount|minimum.*(notional|amount|order)|notional/i, "notional_min"],
  [/sub-?penny|price increment|tick|decimal places.*price|price.*decimal places/i, "tick_size"],
  [/stop[ _]price must (not )?be (less|greater|lower|higher)/i, "would_trigger"],
  [/fractional|min_trade_increment|qty (increment|must)|invalid qty|quantity/i, "lot_size"],
  [/short/i, "long_only"],
  [/already in|not cancell?able|already (been )?(filled|cancell?ed|expired)/i, "already_over"],
  [/asset .*not found|could not find asset|invalid symbol|unknown symbol|symbol is/i, "unknown_symbol"],
  [/not active|not tradable|halt/i, "halted"],
  [/market hours|extended hours|market is closed|not open/i, "session_closed"],
  [/order not found|order_id/i, "unknown_order"],
  [/blocked|restricted|suspended|not eligible|not allowed/i, "unavailable"],
  [/price|invalid/i, "bad_number"],
];

function codeOf(said: string): VenueCode {
  return words.find(([pattern]) => pattern.test(said))?.[1] ?? "other";
}

/** What an answer to `POST /v2/orders` means. Null: it has no form that the venue answers in. */
export function judgeCreated(
  answer: HttpAnswer,
  mode: TradingMode,
  clientOrderId: string,
): SendVerdict | null {
  if (answer.status !== 200 && answer.status !== 201) return judgeRefusal(answer, mode, "other");
  const order = orderSchema.safeParse(answer.body).data;
  if (order?.client_order_id !== clientOrderId) return null;
  if (order.status === "rejected") return refusal("other", "rejected at once");
  return {
    kind: "accepted",
    venueOrderId: order.id,
    venueTimeMs: timeOf(order.submitted_at ?? order.created_at),
  };
}

/** What an answer to `DELETE /v2/orders/{id}` means. */
export function judgeCanceled(
  answer: HttpAnswer,
  mode: TradingMode,
  venueOrderId: string,
): SendVerdict | null {
  if (answer.status === 204 || answer.status === 200)
    return { kind: "accepted", venueOrderId, venueTimeMs: answer.receivedMs };
  const verdict = judgeRefusal(answer, mode, "unknown_order");
  // 422 to a cancel: it is in a state that nothing can be canceled in.
  return verdict?.kind === "rejected" && answer.status === 422
    ? { ...verdict, code: "already_over" }
    : verdict;
}

/** What an answer to `DELETE /v2/orders` means: each order has a status of its own. */
export function judgeCanceledAll(answer: HttpAnswer, mode: TradingMode): SendVerdict | null {
  if (answer.status !== 207 && answer.status !== 200) return judgeRefusal(answer, mode, "other");
  const rows = canceledSchema.safeParse(answer.body).data;
  if (rows === undefined) return null;
  // What is over or gone needs no cancel.
  const left = rows.filter(({ status }) => ![200, 204, 404, 422].includes(status));
  if (left.length === 0) return { kind: "accepted", venueOrderId: "", venueTimeMs: answer.receivedMs };
  const which = left.map(({ id, status }) => `${id} (${status})`).join(", ");
  return { kind: "unknown", reason: `not canceled: ${which}` };
}

function judgeRefusal(answer: HttpAnswer, mode: TradingMode, missing: VenueCode): SendVerdict | null {
  const said = alpacaErrorSchema.safeParse(answer.body).data;
  // A gateway's page has the same numbers and none of the venue's words.
  if (said === undefined) return null;
  const text = said.code === undefined ? said.message : `${said.message} (${said.code})`;
  switch (answer.status) {
    case 401:
      return { kind: "key-refused", error: brokerKeyRefused("Alpaca", text, mode) };
    case 404: {
      const code = codeOf(said.message);
      return refusal(code === "other" ? missing : code, text);
    }
    case 403:
      return /^forbidden|not authorized/i.test(said.message)
        ? { kind: "key-refused", error: brokerKeyRefused("Alpaca", text, mode) }
        : refusal(codeOf(said.message), text);
    case 400:
    case 422:
      return /client_order_id must be unique/i.test(said.message)
        ? { kind: "id-taken", reason: text }
        : refusal(codeOf(said.message), text);
    case 429:
      return tooOften(answer, text, resetSpanMs(answer));
    default:
      return null;
  }
}
