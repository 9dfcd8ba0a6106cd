import { formatDuration } from "../../base/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { readBody, TransportError, type HttpAnswer } from "./http-answer.ts";

const decoder = new TextDecoder();

/** Sends one request and keeps the whole answer. Redirects are refused: they would carry keys to another host. */
export async function captureFetch(
  clock: Clock,
  url: string,
  init: RequestInit,
  timeoutMs: number,
): Promise<HttpAnswer> {
  const { bytes, ...answer } = await fetchBytes(clock, url, init, timeoutMs);
  return { ...answer, ...readBody(decoder.decode(bytes)) };
}

/** The same for an answer that is no text: its body is a `Uint8Array`. */
export async function captureBytes(
  clock: Clock,
  url: string,
  init: RequestInit,
  timeoutMs: number,
): Promise<HttpAnswer> {
  const { bytes, ...answer } = await fetchBytes(clock, url, init, timeoutMs);
  return { ...answer, body: bytes, unreadable: null };
}

/**
 * A `fetch` for clients that take one. What it saw is in `answer` afterwards, so that the caller judges the wire and
 * not what a client makes of it.
 */
export class RecordingFetch {
  answer: HttpAnswer | null = null;
  failure: TransportError | null = null;
  private readonly clock: Clock;
  private readonly timeoutMs: number;

  constructor(clock: Clock, timeoutMs: number) {
    this.clock = clock;
    this.timeoutMs = timeoutMs;
  }

  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    try {
      const { bytes, ...answer } = await fetchBytes(this.clock, url, init ?? {}, this.timeoutMs);
      this.answer = { ...answer, ...readBody(decoder.decode(bytes)) };
      // The body is unpacked and of another length now: headers about its packing would be wrong.
      const { "content-encoding": _encoding, "content-length": _length, ...headers } = answer.headers;
      const isBodyless = answer.status === 204 || answer.status === 205 || answer.status === 304;
      return new Response(isBodyless ? null : bytes, { status: answer.status, headers });
    } catch (error) {
      if (error instanceof TransportError) this.failure = error;
      throw error;
    }
  };
}

type Fetched = Omit<HttpAnswer, "body" | "unreadable"> & { readonly bytes: Uint8Array<ArrayBuffer> };

async function fetchBytes(clock: Clock, url: string, init: RequestInit, timeoutMs: number): Promise<Fetched> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  const sentMs = clock.nowMs();
  try {
    const response = await fetch(url, { ...init, redirect: "error", signal });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const headers = Object.fromEntries(response.headers);
    return { status: response.status, headers, bytes, sentMs, receivedMs: clock.nowMs() };
  } catch (cause) {
    throw new TransportError(
      timeout.aborted ? `no answer within ${formatDuration(timeoutMs)}` : reasonOf(cause),
    );
  }
}

/** The code of the innermost error (ECONNREFUSED, UND_ERR_SOCKET): its message may quote the request. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (inner as { code?: unknown } | null)?.code;
  if (typeof code === "string") return `the connection failed (${code})`;
  return inner instanceof Error ? `the connection failed (${inner.name})` : "the connection failed";
}
