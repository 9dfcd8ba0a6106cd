import type { IncomingHttpHeaders } from "node:http";

/** A request as it came: signatures are over the raw bytes, so nothing is tidied up. */
export type WireRequest = {
  readonly method: string;
  readonly path: string;
  /** What stands after the question mark, as it came. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** An answer; `body` is sent as JSON, undefined as nothing. */
export type WireReply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/** The exchange's end of a WebSocket. */
export interface WireSocket {
  /** Answers something that the client said. */
  answer(data: string | Uint8Array): void;
  /** Tells news: these are what gets lost, doubled and out of order where faults are planned. */
  tell(data: string | Uint8Array): void;
  close(code: number): void;
}

/** What a face does with one WebSocket. */
export interface SocketHandler {
  message(data: Buffer): void;
  closed(): void;
}

/**
 * The protocol of one venue over the exchange: a function from requests to answers, and streams. It needs no port, so
 * that tests and simulations can hold it in memory.
 */
export interface Face {
  readonly name: string;
  handle(request: WireRequest): WireReply;
  /** Opens a stream; null for a path where there is none. */
  connect(path: string, headers: IncomingHttpHeaders, socket: WireSocket): SocketHandler | null;
  /** The venue's own words for a fault of the venue. */
  faultReply(kind: "server_error" | "rate_limited"): WireReply;
}
