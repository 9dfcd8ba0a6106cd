import { sha256 } from "../../base/hash.ts";
import type { OrderRequest } from "../../domain/order.ts";
import type { JournalRecord } from "../../ports/journal-store.ts";

/** A piece of time in which something was done; times are milliseconds since 1970. */
export type Span = {
  /** 16 and 8 bytes in hexadecimal. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Why it failed; null where it did not. */
  readonly error: string | null;
};

type Draft = { -readonly [K in keyof Span]: Span[K] };
type Trace = {
  readonly root: Draft;
  readonly order: OrderRequest;
  readonly sends: Map<string, Draft>;
  sentMs: number;
};

/**
 * Reads a trace for every order off a journal: from the close of the bar it was decided on, over each sending and its
 * answer, to its last fill. Ids follow from session and order, so that the same journal gives the same traces, and carry
 * the names that the log ties its lines together with: `bar`, `orderId`, `clientOrderId`.
 */
export function orderSpans(records: Iterable<JournalRecord>, sinceMs = -Infinity): readonly Span[] {
  const reader = new SpanReader(sinceMs);
  for (const record of records) reader.read(record);
  return reader.spans;
}

class SpanReader {
  readonly spans: Draft[] = [];
  private readonly sinceMs: number;
  private readonly traces = new Map<number, Trace>();
  private readonly orderOf = new Map<string, number>();
  private session = "";
  private symbols: readonly string[] = [];

  constructor(sinceMs: number) {
    this.sinceMs = sinceMs;
  }

  read(record: JournalRecord): void {
    switch (record.kind) {
      case "session":
        this.session = record.sessionId;
        this.symbols = record.symbols;
        return;
      case "order":
        return this.begin(record.order);
      case "intent":
        this.orderOf.set(record.request.clientOrderId, record.orderId);
        return this.send(record);
      case "answered":
        return this.answered(record);
      case "denied":
        return this.fail(record.clientOrderId, "submit", record.atMs, `${record.code}: ${record.reason}`);
      case "lost":
        return this.fail(record.clientOrderId, "submit", record.atMs, "the venue does not know it");
      case "fill":
        return this.filled(record);
    }
  }

  private begin(order: OrderRequest): void {
    if (order.requestedMs < this.sinceMs) return;
    const symbol = this.symbols[order.instrument] ?? "";
    const traceId = sha256(`${this.session} ${order.id}`).slice(0, 32);
    const { id, side, quantity, terms, requestedMs, reason } = order;
    const attributes = { bar: requestedMs, orderId: id, symbol, side, quantity, type: terms.type, reason };
    const root = this.open(traceId, null, `order ${symbol}`, requestedMs, attributes);
    this.traces.set(id, { root, order, sends: new Map(), sentMs: Number.NaN });
  }

  private send({ atMs, errand, orderId, request }: Extract<JournalRecord, { kind: "intent" }>): void {
    const trace = this.traces.get(orderId);
    if (trace === undefined) return;
    const { clientOrderId } = request;
    if (Number.isNaN(trace.sentMs)) {
      trace.sentMs = atMs;
      const decided = this.open(
        trace.root.traceId,
        trace.root,
        "decide and write down",
        trace.root.startMs,
        {},
      );
      this.end(trace, decided, atMs);
    }
    const span = this.open(trace.root.traceId, trace.root, errand, atMs, { clientOrderId });
    trace.sends.set(`${errand} ${clientOrderId}`, span);
    this.end(trace, span, atMs);
  }

  private answered({
    clientOrderId,
    errand,
    answer,
    atMs,
  }: Extract<JournalRecord, { kind: "answered" }>): void {
    if (answer.kind === "rejected")
      return this.fail(clientOrderId, errand, atMs, `${answer.code}: ${answer.reason}`);
    const trace = this.traceOf(clientOrderId);
    const span = trace?.sends.get(`${errand} ${clientOrderId}`);
    if (trace !== undefined && span !== undefined) this.end(trace, span, atMs);
  }

  private fail(clientOrderId: string, errand: string, atMs: number, why: string): void {
    const trace = this.traceOf(clientOrderId);
    if (trace === undefined) return;
    const span = trace.sends.get(`${errand} ${clientOrderId}`) ?? trace.root;
    span.error = why;
    trace.root.error ??= why;
    this.end(trace, span, atMs);
  }

  private filled({ fill, atMs }: Extract<JournalRecord, { kind: "fill" }>): void {
    const { clientOrderId, price, quantity, liquidity, fee, feeCurrency, fillId } = fill;
    const trace = this.traceOf(clientOrderId ?? "");
    if (trace === undefined || clientOrderId === null) return;
    const from = trace.sends.get(`submit ${clientOrderId}`)?.startMs ?? trace.root.startMs;
    const attributes = { clientOrderId, fillId, price, quantity, liquidity, fee, feeCurrency };
    this.end(trace, this.open(trace.root.traceId, trace.root, "fill", from, attributes), atMs);
  }

  private traceOf(clientOrderId: string): Trace | undefined {
    return this.traces.get(this.orderOf.get(clientOrderId) ?? Number.NaN);
  }

  private open(
    traceId: string,
    parent: Span | null,
    name: string,
    startMs: number,
    attributes: Span["attributes"],
  ): Draft {
    const spanId = sha256(`${traceId} ${this.spans.length}`).slice(0, 16);
    const span = {
      traceId,
      spanId,
      parentSpanId: parent?.spanId ?? null,
      name,
      startMs,
      endMs: startMs,
      attributes,
      error: null,
    };
    this.spans.push(span);
    return span;
  }

  /** Nothing ends before it began, and an order lasts as long as what was done for it: the clock may have been set back. */
  private end({ root }: Trace, span: Draft, atMs: number): void {
    span.endMs = Math.max(span.startMs, span.endMs, atMs);
    root.endMs = Math.max(root.endMs, span.endMs);
  }
}
