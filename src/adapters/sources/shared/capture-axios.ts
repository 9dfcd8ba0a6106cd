import { formatDuration } from "../../../base/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import { readBody, TransportError, type HttpAnswer } from "../../shared/http-answer.ts";

/** The part of axios's configuration that is set here; the clients of Binance and Bybit pass it on. */
export type AxiosNetwork = {
  readonly timeout: number;
  readonly maxRedirects: number;
  readonly maxContentLength: number;
  readonly signal: AbortSignal;
  readonly transformResponse: (text: unknown, headers: unknown, status?: number) => unknown;
};

const bodyBytesMax = 64 * 1024 * 1024;

/**
 * Lets a client that is built on axios send one request, and keeps the whole answer. What the client returns or
 * throws is of no interest: it loses headers on success, and on failure it throws objects that hold the request.
 */
export async function captureAxios(
  clock: Clock,
  timeoutMs: number,
  send: (network: AxiosNetwork) => Promise<unknown>,
): Promise<HttpAnswer> {
  const sentMs = clock.nowMs();
  // Axios' own limit is one of silence: a host that sends a byte now and then would be waited for without end.
  const deadline = AbortSignal.timeout(timeoutMs);
  let answer: HttpAnswer | null = null;
  const sending = send({
    timeout: timeoutMs,
    signal: deadline,
    maxRedirects: 0,
    maxContentLength: bodyBytesMax,
    transformResponse(text, headers, status) {
      const read = readBody(typeof text === "string" ? text : "");
      answer = {
        status: status ?? 0,
        headers: lowerCased(headers),
        ...read,
        sentMs,
        receivedMs: clock.nowMs(),
      };
      return read.unreadable === null ? read.body : {};
    },
  }).then(
    () => null,
    (error: unknown) => error,
  );
  // Not every client hands the signal on.
  const failure = await Promise.race([sending, aborted(deadline)]);
  if (answer !== null) return answer;
  throw new TransportError(deadline.aborted ? noAnswer(timeoutMs) : reasonOf(failure, timeoutMs));
}

function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  });
}

function noAnswer(timeoutMs: number): string {
  return `no answer within ${formatDuration(timeoutMs)}`;
}

function lowerCased(headers: unknown): Record<string, string> {
  const entries = headers !== null && typeof headers === "object" ? Object.entries(headers) : [];
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === "ECONNABORTED" || code === "ETIMEDOUT") return noAnswer(timeoutMs);
  return typeof code === "string" ? `the connection failed (${code})` : "the connection failed";
}
