/** Names in lower case. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** An answer as it came over the wire, before anybody judges it. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Parsed JSON; undefined when the body is not JSON. */
  readonly body: unknown;
  /** What the body is when it is not JSON, for people; null when it is. */
  readonly unreadable: string | null;
  /** Our clock before the request and after the answer. */
  readonly sentMs: number;
  readonly receivedMs: number;
};

/** No answer came. */
export class TransportError extends Error {
  override readonly name = "TransportError";
}

/** Reads a body as JSON. */
export function readBody(text: string): Pick<HttpAnswer, "body" | "unreadable"> {
  try {
    return { body: JSON.parse(text) as unknown, unreadable: null };
  } catch {
    return { body: undefined, unreadable: describeBody(text) };
  }
}

function describeBody(text: string): string {
  const start = text.trim().replaceAll(/\s+/g, " ").slice(0, 160);
  if (start === "") return "an empty body";
  if (start.startsWith("<")) return `an HTML page: ${start}`;
  if (start.startsWith("{") || start.startsWith("[")) return `JSON that is cut off or damaged: ${start}`;
  return `text that is not JSON: ${start}`;
}

/** The venue's clock when it made the answer, from the Date header (whole seconds, rounded down), or null. */
export function dateOf(headers: HttpHeaders): number | null {
  const timeMs = Date.parse(headers["date"] ?? "");
  return Number.isNaN(timeMs) ? null : timeMs;
}

/**
 * How far our clock is ahead of (positive) or behind the venue's, at least; 0 when both can be right. The venue read
 * its clock between our sending and our receiving, and its stamp is exact to `resolutionMs`.
 */
export function clockSkewMs(
  { sentMs, receivedMs }: Pick<HttpAnswer, "sentMs" | "receivedMs">,
  venueMs: number,
  resolutionMs: number,
): number {
  if (venueMs + resolutionMs < sentMs) return sentMs - venueMs - resolutionMs;
  return venueMs > receivedMs ? receivedMs - venueMs : 0;
}

/** How long the venue asks us to wait: Retry-After in seconds or as a date; null without the header. */
export function retryAfterMs(answer: HttpAnswer): number | null {
  const text = answer.headers["retry-after"]?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const untilMs = Date.parse(text);
  return Number.isNaN(untilMs) ? null : Math.max(0, untilMs - (dateOf(answer.headers) ?? answer.receivedMs));
}

/** A header as a number, or null. */
export function numberIn(headers: HttpHeaders, name: string): number | null {
  const text = headers[name];
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
