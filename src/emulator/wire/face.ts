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

/** The exchange's end of a connection that carries no HTTP: messages one after the other, cut by the protocol itself. */
export interface RawSocket extends WireSocket {
  /**
   * Carries a message out, with the faults of a plan in between: what is answered or told to this client meanwhile is the
   * answer, and comes, comes in half, or never comes. `said` makes the venue's own words for a fault.
   */
  carryOut(handle: () => void, said: (kind: "server_error" | "rate_limited") => Uint8Array): void;
  close(): void;
}

/** A protocol that is no HTTP: it knows its clients by the first bytes they send. */
export interface RawProtocol {
  isMine(first: Buffer): boolean;
  connect(socket: RawSocket): SocketHandler;
  /** The line between this end and the market behind it is broken, or is back with or without what was told before. */
  announce(line: "down" | "back" | "back-with-losses"): void;
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
  /** What it speaks on the same port to those who speak no HTTP. */
  readonly raw?: RawProtocol;
}
