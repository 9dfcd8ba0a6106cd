import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { OrderId, OrderRequest } from "../../domain/order.ts";
import type { JournalRecord } from "../../ports/journal-store.ts";
import { orderSpans } from "./order-spans.ts";
import { sendTraces } from "./send-traces.ts";

type Received = { readonly path: string; readonly key: string; readonly spans: readonly OtlpSpan[] };
type OtlpSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number; readonly message?: string };
};

const received: Received[] = [];
let answer = { status: 200, body: "{}" };
// A collector: takes OTLP documents over HTTP.
const collector = createServer((request, response) => {
  let text = "";
  request.on("data", (part: Buffer) => (text += part.toString()));
  request.on("end", () => {
    const document = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] };
    const spans = document.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans));
    received.push({ path: request.url!, key: String(request.headers["x-key"]), spans });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => void collector.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
});
afterAll(async () => {
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
});

const barMs = Date.UTC(2026, 0, 2, 3, 4);
const orderOf = (id: number): OrderRequest =>
  ({
    id: id as OrderId,
    instrument: 0 as InstrumentIndex,
    side: "buy",
    quantity: 1.5,
    terms: { type: "market" },
    requestedMs: barMs + id * 60_000,
    reason: "fast above slow",
  }) as OrderRequest;

/** One order that fills in two parts, and one that the venue refuses. */
function* journal(count = 1): Generator<JournalRecord> {
  const session = { sessionId: "s1", symbols: ["BTC/USD"], historyRows: [0], strategy: "sma-cross" };
  yield { kind: "session", ...session, settingsHash: "", accountName: "A", cash: 1, venueTimeMs: 0 };
  for (let id = 1; id <= 2 * count; id += 2)
    for (const one of [id, id + 1]) {
      const [order, clientOrderId] = [orderOf(one), `s1-${one}`];
      const atMs = order.requestedMs + 12;
      yield { kind: "order", order };
      const request = { clientOrderId } as Extract<JournalRecord, { kind: "intent" }>["request"];
      yield { kind: "intent", atMs, errand: "submit", orderId: order.id, request };
      const answered = { kind: "answered", atMs: atMs + 80, clientOrderId, errand: "submit" } as const;
      if (one === id + 1) {
        yield {
          ...answered,
          answer: { kind: "rejected", code: "buying_power" as never, reason: "no money" },
        };
        continue;
      }
      yield { ...answered, answer: { kind: "accepted", venueOrderId: "v", venueTimeMs: atMs } };
      for (const part of [1, 2])
        yield {
          kind: "fill",
          atMs: atMs + 90 * part,
          fill: {
            fillId: `f${one}.${part}`,
            clientOrderId,
            venueOrderId: "v",
            symbol: "BTC/USD",
            side: "buy",
            quantity: 0.75,
            price: 100.25,
            fee: 0.1,
            feeCurrency: "USD",
            liquidity: "taker",
            venueTimeMs: atMs,
            receivedAtMs: atMs,
          },
        };
    }
}

const resource = { session: "s1", mode: "paper", strategy: "sma-cross" };

test("a collector receives the way of each order from its bar to its last fill", async () => {
  expect(await sendTraces(orderSpans(journal()), resource, url, { "x-key": "k1" })).toBe(0);
  const { path, key, spans } = received.at(-1)!;
  expect([path, key]).toEqual(["/v1/traces", "k1"]);
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
  expect(roots).toHaveLength(2);
  const [filled, refused] = roots;
  const partsOf = (root: OtlpSpan) => spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
  expect(partsOf(filled!).map(({ name }) => name)).toEqual([
    "decide and write down",
    "submit",
    "fill",
    "fill",
  ]);
  // The close of the bar, and the second fill 192 ms later.
  expect(filled!.startTimeUnixNano).toBe(`${barMs + 60_000}000000`);
  expect(filled!.endTimeUnixNano).toBe(`${barMs + 60_000 + 192}000000`);
  expect(filled!.attributes).toContainEqual({ key: "orderId", value: { intValue: "1" } });
  expect(filled!.attributes).toContainEqual({ key: "quantity", value: { doubleValue: 1.5 } });
  expect(partsOf(filled!)[1]!.attributes).toEqual([{ key: "clientOrderId", value: { stringValue: "s1-1" } }]);
  expect(refused!.status).toEqual({ code: 2, message: "buying_power: no money" });
  for (const { traceId, spanId, startTimeUnixNano, endTimeUnixNano } of spans) {
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
  }
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  expect(orderSpans(journal())).toEqual(orderSpans(journal()));
});

test("many go in several messages, from the moment that was asked for, and what is refused is said", async () => {
  received.length = 0;
  const all = orderSpans(journal(120));
  answer = { status: 200, body: '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}' };
  expect(await sendTraces(all, resource, url, {})).toBe(6);
  expect(received.map(({ spans }) => spans.length)).toEqual([500, all.length - 500]);
  expect(orderSpans(journal(120), barMs + 240 * 60_000).length).toBe(3);
  answer = { status: 401, body: "who are you" };
  await expect(sendTraces(all, resource, url, {})).rejects.toMatchObject({
    parts: { code: "COLLECTOR_REFUSED", why: "it answered 401: who are you" },
  });
});
