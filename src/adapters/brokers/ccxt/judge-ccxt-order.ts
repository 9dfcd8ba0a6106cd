import type { VenueCode } from "../../../domain/order.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import type { HttpAnswer } from "../../shared/http-answer.ts";
import type { CcxtOutcome } from "../../sources/ccxt/ccxt-calls.ts";
import type { Ccxt } from "../../sources/ccxt/load-ccxt.ts";
import { brokerKeyRefused } from "../shared/broker-errors.ts";
import { refusal, textOf, tooOften, type SendVerdict } from "../shared/order-caller.ts";
import type { CcxtOrder } from "./ccxt-trader.ts";

/** What is needed to read an answer of ccxt. */
export type CcxtJudging = {
  readonly venue: string;
  readonly mode: TradingMode;
  readonly errors: Ccxt["errors"];
};

/**
 * What an order or a cancel came to. A plain no is an error of ccxt that says what is wrong with the order; everything
 * else, an answer without the id of an order among it (ccxt makes one of a page of HTML), leaves the matter open.
 */
export function judgeCcxtOrder(answer: HttpAnswer, judging: CcxtJudging): SendVerdict | null {
  if (answer.status === 429) return tooOften(answer, "HTTP 429", null);
  // A plain "done" without a word is how some answer a cancel.
  if (answer.status >= 500 || (answer.unreadable !== null && answer.status !== 204)) return null;
  const outcome = answer.body as CcxtOutcome;
  if (outcome.kind === "value") {
    const { id, timestamp } = (outcome.value ?? {}) as Partial<CcxtOrder>;
    return typeof id !== "string" || id === ""
      ? null
      : { kind: "accepted", venueOrderId: id, venueTimeMs: timestamp ?? answer.receivedMs };
  }
  return judgeError(outcome.error, outcome.wire === undefined ? null : answer.status, judging);
}

/** `status` is what the exchange answered with; null where ccxt refused before it asked anybody. */
function judgeError(
  error: unknown,
  status: number | null,
  { venue, mode, errors }: CcxtJudging,
): SendVerdict {
  const said = textOf(error).slice(0, 300);
  if (error instanceof errors.AuthenticationError)
    return { kind: "key-refused", error: brokerKeyRefused(venue, said, mode) };
  if (error instanceof errors.DuplicateOrderId || /duplicat|must be unique/i.test(said))
    return { kind: "id-taken", reason: said };
  const code = codeOf(error, errors);
  if (code !== null) return refusal(code, status === null ? `not sent: ${said}` : said);
  if (status === null) return refusal("unsupported", `not sent: ${said}`);
  // A status of the 400s with words of the exchange is a no, also where ccxt has no word for it.
  const isPlainNo = status >= 400 && status < 500 && status !== 408;
  if (!isPlainNo) return { kind: "unknown", reason: said };
  return refusal(/insufficient/i.test(said) ? "buying_power" : "other", said);
}

/** The narrower errors first. */
function codeOf(error: unknown, errors: Ccxt["errors"]): VenueCode | null {
  if (error instanceof errors.InsufficientFunds) return "buying_power";
  if (error instanceof errors.OrderNotFound) return "unknown_order";
  if (error instanceof errors.BadSymbol) return "unknown_symbol";
  if (error instanceof errors.MarketClosed) return "session_closed";
  return error instanceof errors.InvalidOrder ? "other" : null;
}
