import { RestClientV5 } from "bybit-api";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { AlpacaFace } from "../../src/emulator/alpaca/alpaca-face.ts";
import { BinanceFace } from "../../src/emulator/binance/binance-face.ts";
import { BybitFace } from "../../src/emulator/bybit/bybit-face.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import type { RequestFate } from "../../src/emulator/faults/fault-plan.ts";
import type { Face } from "../../src/emulator/wire/face.ts";
import type { FaceTools } from "../../src/emulator/wire/face-tools.ts";
import { startLab, type EmulatorLab, type LabOptions, type TapeQuad } from "../emulator-lab.ts";
import { settle, until } from "../fakes/manual-clock.ts";

/* Every fault on its face: what the client sees, and what the exchange has done. Numbers are those of scenarios. */

const startMs = Date.parse("2024-03-05T15:00:00Z");
const flat: TapeQuad = [100, 101, 99, 100];

const labs: EmulatorLab[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

async function lab(face: (tools: FaceTools) => Face, more: Partial<LabOptions> = {}): Promise<EmulatorLab> {
  const made = await startLab({
    listings: [listingOf("BTCUSDT"), listingOf("BTC/USD")],
    timeframe: "1m",
    startMs,
    quads: Array.from({ length: 10 }, () => flat),
    face,
    ...more,
  });
  labs.push(made);
  return made;
}

const bybit = (tools: FaceTools): Face => new BybitFace(tools, { rateScale: 1_000 });
const alpaca = (tools: FaceTools): Face => new AlpacaFace(tools, { requestsPerMinute: 100_000 });

type Seen = { readonly status: number; readonly body: string } | "broken" | "silence";

/** What a plain client sees of one order within a moment. */
async function sendToAlpaca({ url }: EmulatorLab, clientOrderId: string): Promise<Seen> {
  const order = { symbol: "BTC/USD", qty: "1", side: "buy", type: "market", time_in_force: "gtc" };
  try {
    const response = await fetch(`${url}/v2/orders`, {
      method: "POST",
      headers: { "apca-api-key-id": "KEY", "apca-api-secret-key": "SECRET" },
      body: JSON.stringify({ ...order, client_order_id: clientOrderId }),
      signal: AbortSignal.timeout(300),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return (error as Error).name === "TimeoutError" ? "silence" : "broken";
  }
}

test.each([
  ["lost", "broken", false],
  ["reset", "broken", true],
  ["unanswered", "silence", true],
  ["server_error", 500, false],
  ["server_error_after", 500, true],
  ["html", 200, true],
  ["truncated", 200, true],
  ["rate_limited", 429, false],
] as const satisfies readonly (readonly [RequestFate, unknown, boolean])[])(
  "a request that is %s looks like %s, and whether the order lives is %s",
  async (fate, wanted, lives) => {
    const made = await lab(alpaca);
    made.faults.forceRequests(fate);
    const seen = await sendToAlpaca(made, "a");
    expect(typeof seen === "string" ? seen : seen.status).toBe(wanted);
    if (typeof seen === "object" && seen.status === 200) expect(() => JSON.parse(seen.body)).toThrow();
    expect(made.account.orders.byClientId("a") !== null).toBe(lives);
    // Scenario 5: sent again under the same id, an order that lives is refused as a double.
    const again = await sendToAlpaca(made, "a");
    expect(again).toMatchObject({ status: lives ? 422 : 200 });
  },
);

test("venues say in their own words that they fail or have had enough", async () => {
  const made = await lab(bybit);
  const client = new RestClientV5({ key: "KEY", secret: "SECRET", baseUrl: made.url });
  made.faults.forceRequests("rate_limited");
  expect((await client.getServerTime()).retCode).toBe(10006);
  const binance = await lab((tools) => new BinanceFace(tools));
  binance.faults.forceRequests("server_error", "rate_limited");
  const [failed, refused] = [
    await fetch(`${binance.url}/api/v3/time`),
    await fetch(`${binance.url}/api/v3/time`),
  ];
  expect(await failed.json()).toMatchObject({ code: -1007 });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
});

test("a new order is not found for a while, and then it is", async () => {
  const made = await lab(alpaca, { faults: "eventualVisibility=150" });
  await sendToAlpaca(made, "a");
  const headers = { "apca-api-key-id": "KEY", "apca-api-secret-key": "SECRET" };
  const find = (): Promise<Response> =>
    fetch(`${made.url}/v2/orders:by_client_order_id?client_order_id=a`, { headers });
  expect((await find()).status).toBe(404);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await find()).status).toBe(200);
});

test("a clock that is ahead refuses what was signed in time", async () => {
  const made = await lab(bybit, { faults: "skew=8000" });
  const client = new RestClientV5({ key: "KEY", secret: "SECRET", baseUrl: made.url });
  expect((await client.getWalletBalance({ accountType: "UNIFIED" })).retCode).toBe(10002);
  const behind = await lab(bybit, { faults: "skew=-1500" });
  const other = new RestClientV5({ key: "KEY", secret: "SECRET", baseUrl: behind.url });
  expect((await other.getWalletBalance({ accountType: "UNIFIED" })).retCode).toBe(10002);
});

test("an order that was taken is rejected later, and a cancel that was taken stays undone", async () => {
  const made = await lab(bybit, { faults: "rejectLater=1" });
  const client = new RestClientV5({ key: "KEY", secret: "SECRET", baseUrl: made.url });
  const order = {
    category: "linear",
    symbol: "BTCUSDT",
    side: "Buy",
    orderType: "Limit",
    price: "90",
    qty: "1",
  } as const;
  expect((await client.submitOrder({ ...order, orderLinkId: "a" })).retCode).toBe(0);
  made.exchange.advance();
  const query = { category: "linear", symbol: "BTCUSDT" } as const;
  const [rejected] = (await client.getActiveOrders({ ...query, orderLinkId: "a" })).result.list;
  expect(rejected).toMatchObject({ orderStatus: "Rejected", rejectReason: "EC_RiskCheckFailed" });
  const stuck = await lab(bybit, { faults: "stuckCancel=1" });
  const other = new RestClientV5({ key: "KEY", secret: "SECRET", baseUrl: stuck.url });
  await other.submitOrder({ ...order, orderLinkId: "b" });
  expect((await other.cancelOrder({ ...query, orderLinkId: "b" })).retCode).toBe(0);
  expect((await other.getActiveOrders(query)).result.list).toHaveLength(1);
});

test("the first page comes and the second fails", async () => {
  const made = await lab(bybit, { faults: "pageFail=1" });
  const client = new RestClientV5({ key: "KEY", secret: "SECRET", baseUrl: made.url });
  for (let k = 0; k < 3; k++)
    await client.submitOrder({
      category: "linear",
      symbol: "BTCUSDT",
      side: "Buy",
      orderType: "Limit",
      price: String(80 + k),
      qty: "1",
    });
  const query = { category: "linear", symbol: "BTCUSDT", limit: 2 } as const;
  const first = await client.getActiveOrders(query);
  expect(first.result.list).toHaveLength(2);
  const second = await client.getActiveOrders({ ...query, cursor: first.result.nextPageCursor! });
  expect(second.retCode).toBe(10016);
});

test("mark and last are two prices, and the ticker tells both", async () => {
  const made = await lab(bybit, { marks: Array.from({ length: 10 }, (): TapeQuad => [97, 97, 97, 97]) });
  made.exchange.advance();
  const client = new RestClientV5({ baseUrl: made.url });
  const { result } = await client.getTickers({ category: "linear", symbol: "BTCUSDT" });
  expect(result.list[0]).toMatchObject({ lastPrice: "100", markPrice: "97" });
});

/** A stream of closes, with nothing between it and the socket. */
async function closes(made: EmulatorLab): Promise<{ heard: string[]; socket: WebSocket }> {
  const socket = new WebSocket(`${made.wsUrl}/v5/public/linear`);
  const heard: string[] = [];
  let isSubscribed = false;
  socket.on("message", (data: Buffer) => {
    const told = JSON.parse(data.toString()) as { op?: string; data?: { end: number }[] };
    if (told.op === "subscribe") isSubscribed = true;
    for (const { end } of told.data ?? []) heard.push(String((end + 1 - startMs) / 60_000));
  });
  socket.on("open", () => socket.send(JSON.stringify({ op: "subscribe", args: ["kline.1.BTCUSDT"] })));
  await until(() => isSubscribed, "the topic is subscribed");
  return { heard, socket };
}

test("news is lost, doubled and out of order", async () => {
  const made = await lab(bybit);
  const { heard, socket } = await closes(made);
  made.faults.forceMessages("told", "lost", "twice", "late", "told");
  for (let k = 0; k < 5; k++) made.exchange.advance();
  await until(() => heard.length === 5, "five candles");
  socket.terminate();
  // Minutes 2 to 6: the third is lost, the fourth comes twice, the fifth after the sixth.
  expect(heard).toEqual(["2", "4", "4", "6", "5"]);
});

test("a silent stream is open and dead, and one that breaks is closed", async () => {
  const made = await lab(bybit);
  const { heard, socket } = await closes(made);
  let pongs = 0;
  socket.on("pong", () => (pongs += 1));
  socket.ping();
  await until(() => pongs === 1, "a pong");
  made.faults.forceMessages("silenced");
  made.exchange.advance();
  made.exchange.advance();
  socket.ping();
  socket.send(JSON.stringify({ op: "ping" }));
  await settle(30);
  expect([heard, pongs, socket.readyState]).toEqual([[], 1, WebSocket.OPEN]);
  socket.terminate();
  const other = await closes(made);
  made.faults.forceMessages("disconnected");
  made.exchange.advance();
  await until(() => other.socket.readyState === WebSocket.CLOSED, "the stream is closed");
});

test("what moves the market by hand is not for pages in a browser", async () => {
  const made = await lab(bybit);
  const ask = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${made.url}/emulator/advance`, { method: "POST", headers, body: '{"slices":2}' });
  expect((await ask({ origin: "https://example.com" })).status).toBe(403);
  expect(await (await ask({})).json()).toMatchObject({ played: 2 });
  const wrong = await fetch(`${made.url}/emulator/faults`, { method: "POST", body: '{"plan":"drop=2"}' });
  expect(wrong.status).toBe(400);
  const trade = await fetch(`${made.url}/emulator/trade`, {
    method: "POST",
    body: '{"symbol":"BTCUSDT","side":"buy","quantity":2}',
  });
  expect(trade.status).toBe(200);
  made.exchange.advance();
  expect(made.account.heldOf("BTCUSDT", "net")).toBe(2);
});
