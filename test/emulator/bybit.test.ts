import { RestClientV5, WebsocketAPIClient, WebsocketClient, type OrderParamsV5 } from "bybit-api";
import ccxt from "ccxt";
import { afterEach, expect, test } from "vitest";
import { BybitFace } from "../../src/emulator/bybit/bybit-face.ts";
import { spotSuffix } from "../../src/emulator/bybit/bybit-symbols.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import {
  clientsPython,
  runPython,
  startLab,
  type EmulatorLab,
  type LabOptions,
  type TapeQuad,
} from "../emulator-lab.ts";
import { settle, until } from "../fakes/manual-clock.ts";

/* Official clients and ccxt, unmodified, against the emulator. Prices are worked out by hand from the bars. */

const startMs = Date.parse("2024-03-05T15:00:00Z");
const flat: TapeQuad = [100, 101, 99, 100];
const still: TapeQuad = [100, 100, 100, 100];
const contract = listingOf("BTCUSDT", { quoteCurrency: "USDT", notionalMin: 5 });
const coin = { ...contract, symbol: `BTCUSDT${spotSuffix}`, canShort: false };

const quiet = { trace() {}, info() {}, error() {} };

const labs: EmulatorLab[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

async function lab(quads: readonly TapeQuad[], more: Partial<LabOptions> = {}): Promise<EmulatorLab> {
  const made = await startLab({
    listings: [contract, coin],
    timeframe: "1m",
    startMs,
    quads,
    hasHedgeMode: true,
    face: (tools) => new BybitFace(tools, { rateScale: 1_000 }),
    ...more,
  });
  labs.push(made);
  return made;
}

function client({ url }: EmulatorLab): RestClientV5 {
  return new RestClientV5({ key: "KEY", secret: "SECRET", baseUrl: url });
}

const buy: OrderParamsV5 = {
  category: "linear",
  symbol: "BTCUSDT",
  side: "Buy",
  orderType: "Market",
  qty: "1",
};

test("an order goes from new to filled, and wallet, position and executions say the same", async () => {
  const made = await lab([flat, [102, 103, 101, 102]]);
  const bybit = client(made);
  const sent = await bybit.submitOrder({ ...buy, orderLinkId: "a" });
  expect(sent).toMatchObject({ retCode: 0, result: { orderLinkId: "a" } });
  const open = await bybit.getActiveOrders({ category: "linear", symbol: "BTCUSDT" });
  expect(open.result.list).toMatchObject([{ orderLinkId: "a", orderStatus: "New", timeInForce: "IOC" }]);
  made.exchange.advance();
  const after = await bybit.getActiveOrders({ category: "linear", orderLinkId: "a" });
  expect(after.result.list).toMatchObject([{ orderStatus: "Filled", avgPrice: "102", cumExecQty: "1" }]);
  const position = await bybit.getPositionInfo({ category: "linear", symbol: "BTCUSDT" });
  expect(position.result.list).toMatchObject([{ side: "Buy", size: "1", avgPrice: "102", positionIdx: 0 }]);
  const fills = await bybit.getExecutionList({ category: "linear", symbol: "BTCUSDT", startTime: startMs });
  expect(fills.result.list).toMatchObject([{ execPrice: "102", execQty: "1", orderLinkId: "a" }]);
  const wallet = await bybit.getWalletBalance({ accountType: "UNIFIED" });
  expect(wallet.result.list[0]).toMatchObject({ totalEquity: "100000", totalWalletBalance: "100000" });
});

test("exits that hang on an entry are born with its fill, close the position and go with it", async () => {
  const made = await lab([flat, flat, [100, 112, 100, 111]]);
  const bybit = client(made);
  await bybit.submitOrder({ ...buy, takeProfit: "110", stopLoss: "90" });
  const query = { category: "linear", symbol: "BTCUSDT" } as const;
  expect((await bybit.getActiveOrders(query)).result.list).toHaveLength(1);
  made.exchange.advance();
  const exits = (await bybit.getActiveOrders(query)).result.list;
  expect(exits.map(({ stopOrderType, orderStatus }) => `${stopOrderType} ${orderStatus}`).toSorted()).toEqual(
    ["StopLoss Untriggered", "TakeProfit Untriggered"],
  );
  const [position] = (await bybit.getPositionInfo(query)).result.list;
  expect(position).toMatchObject({ takeProfit: "110", stopLoss: "90" });
  made.exchange.advance();
  const history = (await bybit.getHistoricOrders(query)).result.list;
  expect(history.map(({ orderStatus, avgPrice }) => `${orderStatus} ${avgPrice}`)).toEqual([
    "Deactivated ",
    "Filled 110",
    "Filled 100",
  ]);
  const closed = await bybit.getClosedPnL({ category: "linear" });
  expect(closed.result.list).toMatchObject([{ closedPnl: "10", avgEntryPrice: "100", avgExitPrice: "110" }]);
});

test("open orders of every kind are found over pages, and the cursor reads the same encoded or not", async () => {
  const made = await lab([flat, flat]);
  const bybit = client(made);
  for (let k = 0; k < 12; k++)
    await bybit.submitOrder({ ...buy, orderType: "Limit", price: String(50 + k), orderLinkId: `limit${k}` });
  await bybit.submitOrder({ ...buy, triggerPrice: "120", triggerDirection: 1, orderLinkId: "stop" });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bybit.getActiveOrders({
      category: "linear",
      settleCoin: "USDT",
      limit: 5,
      ...(cursor === undefined ? {} : { cursor }),
    });
    seen.push(...page.result.list.map(({ orderLinkId }) => orderLinkId));
    cursor = page.result.nextPageCursor || undefined;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(13);
  const stops = await bybit.getActiveOrders({
    category: "linear",
    symbol: "BTCUSDT",
    orderFilter: "StopOrder",
  });
  expect(stops.result.list.map(({ orderLinkId }) => orderLinkId)).toEqual(["stop"]);
});

test("two legs of hedge mode are two rows, and neither is flat", async () => {
  const made = await lab([flat, flat]);
  const bybit = client(made);
  const switched = await bybit.switchPositionMode({ category: "linear", symbol: "BTCUSDT", mode: 3 });
  expect(switched.retCode).toBe(0);
  expect((await bybit.submitOrder(buy)).retCode).toBe(10001);
  await bybit.submitOrder({ ...buy, positionIdx: 1 });
  await bybit.submitOrder({ ...buy, side: "Sell", positionIdx: 2 });
  made.exchange.advance();
  const rows = (await bybit.getPositionInfo({ category: "linear", settleCoin: "USDT" })).result.list;
  expect(rows.map(({ side, size, positionIdx }) => `${side} ${size} ${positionIdx}`)).toEqual([
    "Buy 1 1",
    "Sell 1 2",
  ]);
  expect((await bybit.switchPositionMode({ category: "linear", mode: 0 })).retCode).toBe(110024);
});

test("leverage left from before is read, set once, and the second time not modified", async () => {
  const made = await lab([flat], { account: { leverageBySymbol: { BTCUSDT: 25 } } });
  const bybit = client(made);
  const query = { category: "linear", symbol: "BTCUSDT" } as const;
  expect((await bybit.getPositionInfo(query)).result.list[0]).toMatchObject({ leverage: "25" });
  const set = { ...query, buyLeverage: "5", sellLeverage: "5" };
  expect((await bybit.setLeverage(set)).retCode).toBe(0);
  expect((await bybit.setLeverage(set)).retCode).toBe(110043);
});

test.each([
  ["a link id that was used before", 110072, [{ orderLinkId: "a" }, { orderLinkId: "a" }]],
  ["reduce-only without a position", 110017, [{ reduceOnly: true }]],
  ["a trigger on the wrong side", 110092, [{ triggerPrice: "90", triggerDirection: 1 }]],
  ["too small an order", 110094, [{ qty: "0.001" }]],
  ["more than the account can carry", 110007, [{ qty: "100000" }]],
  ["coins that are not there", 170131, [{ category: "spot", side: "Sell" }]],
  ["an unknown symbol", 10001, [{ symbol: "NOPEUSDT" }]],
] as const)("%s is refused in Bybit's numbers", async (_what, code, orders) => {
  const bybit = client(await lab([flat, flat]));
  const replies = [];
  for (const order of orders) replies.push(await bybit.submitOrder({ ...buy, ...order } as OrderParamsV5));
  expect(replies.at(-1)!.retCode).toBe(code);
});

test("a cancel that comes after the fill is refused, and the fill is told a second time", async () => {
  const made = await lab([flat, flat]);
  const bybit = client(made);
  const { orders, ws } = await listen(made);
  await bybit.submitOrder({ ...buy, orderLinkId: "a" });
  made.exchange.advance();
  const late = await bybit.cancelOrder({ category: "linear", symbol: "BTCUSDT", orderLinkId: "a" });
  expect(late.retCode).toBe(110001);
  await until(() => orders.length === 3, "three messages about the order");
  expect(orders).toEqual(["New EC_NoError", "Filled EC_NoError", "Filled EC_OrigClOrdIDDoesNotExist"]);
  ws.closeAll(true);
});

async function listen(made: EmulatorLab): Promise<{ orders: string[]; ws: WebsocketClient }> {
  const ws = new WebsocketClient(
    { market: "v5", key: "KEY", secret: "SECRET", wsUrl: `${made.wsUrl}/v5/private` },
    quiet,
  );
  const orders: string[] = [];
  let isSubscribed = false;
  ws.on(
    "update",
    ({ topic, data }: { topic: string; data: { orderStatus: string; rejectReason: string }[] }) => {
      if (topic === "order")
        for (const { orderStatus, rejectReason } of data) orders.push(`${orderStatus} ${rejectReason}`);
    },
  );
  ws.on("response", () => {
    isSubscribed = true;
  });
  void ws.subscribeV5(["order", "execution", "position", "wallet"], "linear");
  await until(() => isSubscribed, "the private topics are subscribed");
  await settle(20);
  return { orders, ws };
}

test("orders go over the trading socket as they go over HTTP", async () => {
  const made = await lab([flat, flat]);
  const client = new WebsocketAPIClient(
    { key: "KEY", secret: "SECRET", wsUrl: `${made.wsUrl}/v5/trade`, attachEventListeners: false },
    quiet,
  );
  const sent = await client.submitNewOrder({ ...buy, orderType: "Limit", price: "90", orderLinkId: "a" });
  expect(sent).toMatchObject({ retCode: 0, data: { orderLinkId: "a" } });
  const order = { category: "linear", symbol: "BTCUSDT", orderLinkId: "a" } as const;
  await client.amendOrder({ ...order, price: "91" });
  expect(made.account.orders.byClientId("a")!.terms).toEqual({ type: "limit", limitPrice: 91 });
  await client.cancelOrder(order);
  expect(made.account.orders.byClientId("a")!.status).toBe("canceled");
  const again = await client.submitNewOrder({ ...buy, orderLinkId: "a" }).catch((thrown: unknown) => thrown);
  expect(again).toMatchObject({ retCode: 110072 });
  client.getWSClient().closeAll(true);
});

test("ccxt watches candles and orders", { timeout: 30_000 }, async () => {
  const made = await lab([flat, flat, flat, flat, flat, flat]);
  const { url, wsUrl } = made;
  const channel = (path: string): string => `${wsUrl}/v5/${path}`;
  const sockets = {
    public: { spot: channel("public/spot"), linear: channel("public/linear") },
    private: {
      spot: { unified: channel("private"), nonUnified: channel("private") },
      contract: channel("private"),
      usdc: channel("private"),
      trade: channel("trade"),
    },
  };
  const exchange = new ccxt.pro.bybit({
    apiKey: "KEY",
    secret: "SECRET",
    enableRateLimit: false,
    options: { enableUnifiedAccount: true, enableUnifiedMargin: false },
    urls: { api: { spot: url, futures: url, v2: url, public: url, private: url, ws: sockets } },
  });
  exchange.has["fetchCurrencies"] = false;
  await exchange.loadHttpProxyAgent();
  await exchange.loadMarkets();
  const symbol = "BTC/USDT:USDT";
  const playing = setInterval(() => made.exchange.advance(), 150);
  try {
    const candles = await exchange.watchOHLCV(symbol, "1m");
    expect(candles[0]!.slice(1, 5)).toEqual([100, 101, 99, 100]);
    const watched = exchange.watchOrders(symbol);
    await new Promise((resolve) => setTimeout(resolve, 200));
    clearInterval(playing);
    const sent = await exchange.createOrder(symbol, "limit", "buy", 1, 90);
    expect((await watched)[0]).toMatchObject({ id: sent.id, status: "open" });
  } finally {
    clearInterval(playing);
    await exchange.close();
  }
});

test("candles of the public socket end with confirm, and REST has the same", async () => {
  const made = await lab([flat, [100, 105, 95, 104], flat]);
  const ws = new WebsocketClient({ market: "v5", wsUrl: `${made.wsUrl}/v5/public/linear` }, quiet);
  const bars: string[] = [];
  let isSubscribed = false;
  ws.on("update", ({ data }: { data: { start: number; close: string; confirm: boolean }[] }) => {
    for (const { start, close, confirm } of data) bars.push(`${start} ${close} ${confirm}`);
  });
  ws.on("response", () => {
    isSubscribed = true;
  });
  void ws.subscribeV5("kline.1.BTCUSDT", "linear");
  await until(() => isSubscribed, "the topic is subscribed");
  while (made.exchange.advance());
  await until(() => bars.length === 2, "two candles");
  ws.closeAll(true);
  expect(bars).toEqual([`${startMs + 60_000} 104 true`, `${startMs + 120_000} 100 true`]);
  const rest = await client(made).getKline({ category: "linear", symbol: "BTCUSDT", interval: "1" });
  expect(rest.result.list.map(([start, , , , close]) => `${start} ${close}`)).toEqual([
    `${startMs + 120_000} 100`,
    `${startMs + 60_000} 104`,
    `${startMs} 100`,
  ]);
});

test(
  "ccxt loads markets, trades coins and contracts, and sees its balance",
  { timeout: 30_000 },
  async () => {
    const made = await lab([flat, flat, flat, flat, flat]);
    const exchange = new ccxt.bybit({
      apiKey: "KEY",
      secret: "SECRET",
      enableRateLimit: false,
      options: { enableUnifiedAccount: true, enableUnifiedMargin: false },
      urls: {
        api: { spot: made.url, futures: made.url, v2: made.url, public: made.url, private: made.url },
      },
    });
    exchange.has["fetchCurrencies"] = false;
    await exchange.loadMarkets();
    expect(exchange.symbols.toSorted()).toEqual(["BTC/USDT", "BTC/USDT:USDT"]);
    const swap = await exchange.createOrder("BTC/USDT:USDT", "market", "buy", 1);
    const coins = await exchange.createOrder("BTC/USDT", "limit", "buy", 2, 120);
    made.exchange.advance();
    expect((await exchange.fetchPositions(["BTC/USDT:USDT"]))[0]).toMatchObject({
      contracts: 1,
      side: "long",
    });
    expect(await exchange.fetchOrder(coins.id!, "BTC/USDT", { acknowledged: true })).toMatchObject({
      status: "closed",
      filled: 2,
    });
    expect((await exchange.fetchBalance())["BTC"]).toMatchObject({ total: 2 });
    expect((await exchange.fetchMyTrades("BTC/USDT:USDT", startMs)).map(({ order }) => order)).toEqual([
      swap.id,
    ]);
    const ticker = await exchange.fetchTicker("BTC/USDT:USDT");
    expect(ticker.last).toBe(100);
  },
);

const python = clientsPython();

test.skipIf(python === null)(
  "pybit and ccxt of Python trade and hear of it",
  { timeout: 90_000 },
  async () => {
    const made = await lab(
      Array.from({ length: 500 }, () => still),
      { pace: { kind: "real", speed: 240 } },
    );
    const told = await runPython(
      python!,
      `
import time
from pybit.unified_trading import HTTP, WebSocket
import pybit._websocket_stream as stream
session = HTTP(api_key="KEY", api_secret="SECRET")
session.endpoint = "${made.url}"
events = []
original = stream._WebSocketManager._connect
def connect(self, url):
    return original(self, "${made.wsUrl}/v5/private")
stream._WebSocketManager._connect = connect
socket = WebSocket(testnet=False, channel_type="private", api_key="KEY", api_secret="SECRET")
socket.order_stream(callback=lambda message: events.extend(order["orderStatus"] for order in message["data"]))
time.sleep(0.5)
def wait(link, status):
    for _ in range(200):
        found = session.get_open_orders(category="linear", symbol="BTCUSDT", orderLinkId=link)["result"]["list"]
        if found and found[0]["orderStatus"] == status:
            return found[0]
        time.sleep(0.05)
    raise Exception("never " + status)
session.place_order(category="linear", symbol="BTCUSDT", side="Buy", orderType="Market", qty="1", orderLinkId="py1")
print(wait("py1", "Filled")["avgPrice"])
print(session.get_positions(category="linear", symbol="BTCUSDT")["result"]["list"][0]["size"])
session.place_order(category="linear", symbol="BTCUSDT", side="Sell", orderType="Market", qty="1", reduceOnly=True, orderLinkId="py2")
wait("py2", "Filled")
print(session.get_positions(category="linear", symbol="BTCUSDT")["result"]["list"][0]["size"])
print(len(session.get_kline(category="linear", symbol="BTCUSDT", interval="1")["result"]["list"]) > 1)
time.sleep(0.3)
print(" ".join(events))
import ccxt
exchange = ccxt.bybit({"apiKey": "KEY", "secret": "SECRET", "options": {"enableUnifiedAccount": True, "enableUnifiedMargin": False}})
for name in ["spot", "futures", "v2", "public", "private"]:
    exchange.urls["api"][name] = "${made.url}"
exchange.has["fetchCurrencies"] = False
exchange.load_markets()
order = exchange.create_order("BTC/USDT", "market", "buy", 0.5, 100)
for _ in range(100):
    if exchange.fetch_order(order["id"], "BTC/USDT", {"acknowledged": True})["status"] == "closed":
        break
    time.sleep(0.05)
print(exchange.fetch_balance()["BTC"]["total"])
import os
os._exit(0) if not __import__("sys").stdout.flush() else None
`,
      80_000,
    );
    expect(told.split("\n")).toEqual(["100", "1", "0", "True", "New Filled New Filled", "0.5"]);
  },
);
