import { minuteMs } from "../../../base/time.ts";
import type { VenueCode } from "../../../domain/order.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import { numberIn, type HttpAnswer } from "../../shared/http-answer.ts";
import { envelopeSchema } from "../../sources/bybit/bybit-messages.ts";
import { isRegionText, keyCodes, resetSpanMs } from "../../sources/bybit/judge-bybit.ts";
import { brokerKeyRefused } from "../shared/broker-errors.ts";
import { refusal, tooOften, type SendVerdict } from "../shared/order-caller.ts";
import { takenSchema } from "./bybit-trading-messages.ts";

/** Refusals by number, in our words. Source: docs/v5/error. */
const codes: ReadonlyMap<number, VenueCode> = new Map<number, VenueCode>([
  ...each("unknown_order", 110_001, 170_213, 170_143),
  ...each("already_over", 110_008, 110_010, 170_139, 170_142),
  ...each(
    "buying_power",
    110_004,
    110_006,
    110_007,
    110_012,
    110_014,
    110_044,
    110_045,
    110_051,
    110_052,
    110_053,
    170_033,
    170_131,
  ),
  ...each("bad_number", 110_003, 170_130, 170_132, 170_133),
  ...each("nothing_to_reduce", 110_017),
  ...each("notional_min", 110_094, 170_136, 170_140),
  ...each("tick_size", 170_134),
  ...each("lot_size", 170_124, 170_137, 170_341, 170_381, 170_382),
  ...each("unknown_symbol", 10_029, 170_121),
  ...each("halted", 110_023, 110_074, 170_360),
  ...each("unavailable", 10_027, 110_009, 110_020, 110_028, 110_061, 110_064),
  ...each("would_trigger", 110_092, 110_093),
  ...each("other", 110_090),
]);

/**
 * After these the order may have been taken: server timeout (10000), server error (10016), "processing" (110079) and
 * their likes on spot. NautilusTrader keeps the same list.
 */
const ambiguous = new Set([
  10_000, 10_014, 10_016, 10_019, 10_403, 10_429, 110_079, 170_001, 170_005, 170_007, 170_032, 20_003, 20_006,
  500_000,
]);
const takenIds = new Set([110_072, 170_141]);

function each(code: VenueCode, ...numbers: readonly number[]): (readonly [number, VenueCode])[] {
  return numbers.map((number) => [number, code] as const);
}

/** What an answer to `create`, `amend` or `cancel` means. Null: it has no form that the venue answers in. */
export function judgeOrder(answer: HttpAnswer, mode: TradingMode): SendVerdict | null {
  const verdict = judgeRefusal(answer, mode);
  if (verdict !== "yes") return verdict;
  const taken = takenSchema.safeParse(answer.body).data;
  if (taken === undefined) return null;
  return { kind: "accepted", venueOrderId: taken.result.orderId, venueTimeMs: taken.time };
}

/** The same for what names no single order. */
export function judgeDone(answer: HttpAnswer, mode: TradingMode): SendVerdict | null {
  const verdict = judgeRefusal(answer, mode);
  if (verdict !== "yes") return verdict;
  return { kind: "accepted", venueOrderId: "", venueTimeMs: answer.receivedMs };
}

function judgeRefusal(answer: HttpAnswer, mode: TradingMode): SendVerdict | "yes" | null {
  if (answer.status === 403) return judgeForbidden(answer, mode);
  const envelope = envelopeSchema.safeParse(answer.body).data;
  if (answer.status !== 200 || envelope === undefined) return null;
  const { retCode, retMsg } = envelope;
  const said = `${retMsg} (${retCode})`;
  if (retCode === 0) return "yes";
  if (retCode === 10_002) return { kind: "stale-stamp", reason: said };
  if (takenIds.has(retCode)) return { kind: "id-taken", reason: said };
  if (keyCodes.has(retCode)) return { kind: "key-refused", error: brokerKeyRefused("Bybit", said, mode) };
  if (retCode === 10_006 || retCode === 10_018) return judgeTooOften(answer, said);
  if (ambiguous.has(retCode)) return { kind: "unknown", reason: said };
  if (retCode === 10_001) return judgeParameters(said);
  const code = codes.get(retCode);
  if (code !== undefined) return refusal(code, said);
  // The numbers of order handling are refusals even where we have no word for them; others may be anything.
  const isOfOrders = (retCode >= 110_001 && retCode < 111_000) || (retCode >= 170_100 && retCode < 171_000);
  return isOfOrders ? refusal("other", said) : { kind: "unknown", reason: said };
}

/** The limiter stands before everything else, and says itself that nothing is left; without that word it may be another. */
function judgeTooOften(answer: HttpAnswer, said: string): SendVerdict {
  if (numberIn(answer.headers, "x-bapi-limit-status") !== 0) return { kind: "unknown", reason: said };
  return tooOften(answer, said, resetSpanMs(answer));
}

function judgeParameters(said: string): SendVerdict {
  // Nothing is to be changed: it is as it was asked for.
  if (/unchanged|not modified/i.test(said)) return refusal("at_target", said);
  if (/symbol/i.test(said)) return refusal("unknown_symbol", said);
  if (/qty|quantity/i.test(said)) return refusal("lot_size", said);
  return refusal(/price/i.test(said) ? "tick_size" : "bad_number", said);
}

/** A country's block, or the limit of an address: after the second, ten minutes of silence are asked for. */
function judgeForbidden({ body, unreadable }: HttpAnswer, mode: TradingMode): SendVerdict | null {
  const said = unreadable ?? JSON.stringify(body);
  if (/access too frequent/i.test(said))
    return { kind: "shut-out", reason: said, spanMs: 10 * minuteMs, isBan: true };
  return isRegionText(said)
    ? { kind: "key-refused", error: brokerKeyRefused("Bybit", `not served from here: ${said}`, mode) }
    : null;
}
