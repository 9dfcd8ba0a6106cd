import { Alpaca, streaming } from "@alpacahq/alpaca-trade-api";
import ccxt from "ccxt";
import { afterEach, expect, test } from "vitest";
import { AlpacaFace } from "../../src/emulator/alpaca/alpaca-face.ts";
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

/*
 * The official client, unmodified, against the emulator: only its addresses are others. Prices are worked out by hand from
 * the bars: a market order fills at the next open, a limit inside a bar at its limit (docs/reference/fills.md).
 */

// 2024-03-05 was a Tuesday: trading began at 14:30 UTC.
const startMs = Date.parse("2024-03-05T15:00:00Z");
const flat: TapeQuad = [100, 101, 99, 100];
const aapl = listingOf("AAPL", {
  assetClass: "equity",
  baseCurrency: "AAPL",
  quoteCurrency: "USD",
  lotSize: 1,
  quantityMin: 1,
  calendarName: "us-equity",
});
const bitcoin = listingOf("BTC/USD", { quoteCurrency: "USD", lotSize: 0.0001, quantityMin: 0.0001 });

const labs: EmulatorLab[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

async function lab(quads: readonly TapeQuad[], more: Partial<LabOptions> = {}): Promise<EmulatorLab> {
  const made = await startLab({
    listings: [aapl, bitcoin],
    timeframe: "1m",
    startMs,
    quads,
    face: (tools) => new AlpacaFace(tools, { requestsPerMinute: 100_000 }),
    ...more,
  });
  labs.push(made);
  return made;
}

function client({ url }: EmulatorLab, secret = "SECRET"): Alpaca {
  return new Alpaca({
    keyId: "KEY",
    secret,
    maxRetries: 0,
    fetchApi: (input: string | URL | Request, init?: RequestInit) => {
      const asked = new URL(input instanceof Request ? input.url : String(input));
      return fetch(url + asked.pathname + asked.search, init);
    },
  } as ConstructorParameters<typeof Alpaca>[0]);
}

test("an order goes from new to filled, and account, position and activity say the same", async () => {
  const made = await lab([flat, [102, 103, 101, 102], flat]);
  const alpaca = client(made);
  const sent = await alpaca.trading.orders.market({
    symbol: "AAPL",
    qty: 10,
    side: "buy",
    clientOrderId: "a",
  });
  expect(sent.status).toBe("pending_new");
  const working = await alpaca.trading.orders.getOrderByOrderID({ orderId: sent.id! });
  expect(working).toMatchObject({ status: "new", clientOrderId: "a", filledQty: "0" });
  made.exchange.advance();
  const filled = await alpaca.trading.orders.getOrderByClientOrderId({ clientOrderId: "a" });
  expect(filled).toMatchObject({ status: "filled", filledQty: "10", filledAvgPrice: "102" });
  const [position] = await alpaca.trading.positions.getAllOpenPositions();
  expect(position).toMatchObject({ symbol: "AAPL", qty: "10", avgEntryPrice: "102", side: "long" });
  // 100,000 less 10 shares at 102 and no fee.
  expect((await alpaca.trading.account.getAccount()).cash).toBe("98980");
  const activities = (await alpaca.trading.accountActivities.getAccountActivities({})) as unknown as {
    qty: string;
    price: string;
  }[];
  expect(activities.map(({ qty, price }) => `${qty}@${price}`)).toEqual(["10@102"]);
});

test("a bracket sleeps until its entry has filled, and one exit takes the other with it", async () => {
  const made = await lab([flat, flat, [100, 112, 100, 111], flat]);
  const alpaca = client(made);
  const bracket = await alpaca.trading.orders.bracket({
    symbol: "AAPL",
    qty: 10,
    side: "buy",
    timeInForce: "gtc",
    takeProfit: { limitPrice: 110 },
    stopLoss: { stopPrice: 90 },
  } as Parameters<typeof alpaca.trading.orders.bracket>[0]);
  const legs = bracket.legs!;
  expect(legs.map(({ type, status }) => `${type} ${status}`)).toEqual(["limit held", "stop held"]);
  expect((await alpaca.trading.orders.getAllOrders({})).map(({ status }) => status)).toEqual(["new"]);
  made.exchange.advance();
  expect((await alpaca.trading.orders.getAllOrders({})).map(({ type }) => type).toSorted()).toEqual([
    "limit",
    "stop",
  ]);
  made.exchange.advance();
  const states = made.account.orders.history().map(({ status, filledValue }) => `${status} ${filledValue}`);
  expect(states).toEqual(["filled 1000", "filled 1100", "canceled 0"]);
  expect(await alpaca.trading.positions.getAllOpenPositions()).toEqual([]);
});

test("an entry that is canceled with a part filled leaves that part without its legs", async () => {
  const venue = (await import("../../src/emulator/exchange/account-options.ts")).venueOptions(
    "margin",
    { maker: 0, taker: 0 },
    { volumeShareMax: 0.1 },
  );
  const thin: TapeQuad = [100, 101, 99, 100, 40];
  const made = await lab([thin, thin, thin], { account: { venue } });
  const alpaca = client(made);
  const entry = await alpaca.trading.orders.bracket({
    symbol: "AAPL",
    qty: 10,
    side: "buy",
    timeInForce: "gtc",
    takeProfit: { limitPrice: 110 },
    stopLoss: { stopPrice: 90 },
  } as Parameters<typeof alpaca.trading.orders.bracket>[0]);
  made.exchange.advance();
  expect(made.account.orders.byId(entry.id!)).toMatchObject({
    status: "partially_filled",
    filledQuantity: 4,
  });
  await alpaca.trading.orders.deleteOrderByOrderID({ orderId: entry.id! });
  expect(made.account.orders.open()).toEqual([]);
  expect(made.account.heldOf("AAPL", "net")).toBe(4);
});

test("a changed order has a new id, and the old one says by what it was replaced", async () => {
  const made = await lab([flat, flat]);
  const alpaca = client(made);
  const order = await alpaca.trading.orders.limit({
    symbol: "AAPL",
    qty: 10,
    side: "buy",
    limitPrice: 90,
    timeInForce: "gtc",
  });
  const next = await alpaca.trading.orders.patchOrderByOrderId({
    orderId: order.id!,
    patchOrderRequest: { limitPrice: "95", qty: "12" },
  });
  expect(next).toMatchObject({ limitPrice: "95", qty: "12", replaces: order.id, status: "new" });
  const old = await alpaca.trading.orders.getOrderByOrderID({ orderId: order.id! });
  expect(old).toMatchObject({ status: "replaced", replacedBy: next.id });
});

test.each([
  ["a doubled client order id", 422, 40010001, [{ clientOrderId: "a" }, { clientOrderId: "a" }]],
  ["a price between two cents", 422, 42210000, [{ type: "limit", limitPrice: 100.001 }]],
  ["more than the account can pay for", 403, 40310000, [{ qty: 100_000 }]],
  ["an unknown asset", 422, 42210000, [{ symbol: "NOPE" }]],
  ["a fraction of a share that lasts", 422, 42210000, [{ qty: 0.5, timeInForce: "gtc" }]],
  [
    "a bracket around crypto",
    422,
    42210000,
    [{ symbol: "BTC/USD", timeInForce: "gtc", orderClass: "bracket" }],
  ],
] as const)("%s is refused in Alpaca's words", async (_what, status, code, orders) => {
  const made = await lab([flat, flat]);
  const alpaca = client(made);
  const send = (change: object): Promise<unknown> =>
    alpaca.trading.orders.submit({
      symbol: "AAPL",
      qty: 1,
      side: "buy",
      type: "market",
      timeInForce: "day",
      ...change,
    } as unknown as Parameters<typeof alpaca.trading.orders.submit>[0]);
  for (const order of orders.slice(0, -1)) await send(order);
  const error = await send(orders.at(-1)!).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).toContain(String(code));
});

test("a wrong secret is nobody", async () => {
  const error = await client(await lab([flat]), "WRONG")
    .trading.account.getAccount()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status: 401 });
});

test("bars come in pages, and the client puts them together", async () => {
  const made = await lab(Array.from({ length: 50 }, () => flat));
  while (made.exchange.advance());
  const asked = { symbols: ["AAPL"], timeframe: "1Min", start: new Date(startMs), limit: 7 } as const;
  const before = made.host.requestCount;
  const bars = await client(made).marketData.collectStockBarsBySymbol(asked as never);
  expect(bars["AAPL"]).toHaveLength(50);
  expect(made.host.requestCount - before).toBe(8);
});

test("the trading stream tells of a whole life, in binary frames", async () => {
  const made = await lab([flat, [102, 103, 101, 102]]);
  const alpaca = client(made);
  const stream = alpaca.trading.stream({ url: `${made.wsUrl}/stream` });
  const events: string[] = [];
  stream.onTradeUpdate((update) => events.push(`${update.event} ${String(update.order["client_order_id"])}`));
  let isListening = false;
  stream.onConnect(() => stream.subscribeTradeUpdates());
  stream.onStateChange((state) => {
    isListening ||= state === streaming.STATE.AUTHENTICATED;
  });
  stream.connect();
  await until(() => isListening, "the stream is open");
  await settle(20);
  await alpaca.trading.orders.market({ symbol: "AAPL", qty: 10, side: "buy", clientOrderId: "a" });
  made.exchange.advance();
  await until(() => events.length >= 2, "both events came");
  stream.disconnect();
  expect(events).toEqual(["new a", "fill a"]);
});

test("the stream of bars moves a quiet market, in MessagePack", async () => {
  const made = await lab([flat, [100, 105, 95, 104], flat], { pace: { kind: "quiet", quietMs: 5 } });
  const stream = client(made).marketData.stockStream({ url: `${made.wsUrl}/v2/iex` });
  const closes: string[] = [];
  stream.onBar((bar) => closes.push(`${bar.timestamp.toISOString()} ${bar.close}`));
  stream.onConnect(() => stream.subscribeForBars(["AAPL"]));
  stream.connect();
  await until(() => closes.length >= 2, "two bars came");
  stream.disconnect();
  expect(closes).toEqual(["2024-03-05T15:01:00.000Z 104", "2024-03-05T15:02:00.000Z 100"]);
});

test("ccxt trades coins, and watches their candles", { timeout: 30_000 }, async () => {
  const made = await lab(Array.from({ length: 40 }, () => flat));
  const { url, wsUrl } = made;
  const ws = { crypto: `${wsUrl}/v1beta3/crypto/us`, trading: `${wsUrl}/stream` };
  const exchange = new ccxt.pro.alpaca({
    apiKey: "KEY",
    secret: "SECRET",
    enableRateLimit: false,
    urls: { api: { broker: url, trader: url, market: url, ws } },
  });
  await exchange.loadHttpProxyAgent();
  await exchange.loadMarkets();
  expect(exchange.symbols).toEqual(["BTC/USD"]);
  const sent = await exchange.createOrder("BTC/USD", "limit", "buy", 2, 120);
  made.exchange.advance();
  expect(await exchange.fetchOrder(sent.id!)).toMatchObject({ status: "closed", filled: 2 });
  const orders = await exchange.fetchClosedOrders("BTC/USD");
  expect(orders.map(({ id }) => id)).toEqual([sent.id]);
  const playing = setInterval(() => made.exchange.advance(), 100);
  try {
    const candles = await exchange.watchOHLCV("BTC/USD", "1m");
    expect(candles[0]!.slice(1, 5)).toEqual([100, 101, 99, 100]);
  } finally {
    clearInterval(playing);
    await exchange.close();
  }
});

const python = clientsPython();

test.skipIf(python === null)(
  "alpaca-py of Python trades, closes and hears of it",
  { timeout: 60_000 },
  async () => {
    // An order that comes inside a bar pays for what may have happened since: here the price stands still.
    const still = Array.from({ length: 200 }, (): TapeQuad => [100, 100, 100, 100]);
    const made = await lab(still, {
      pace: { kind: "real", speed: 120 },
    });
    const told = await runPython(
      python!,
      `
import threading, time
from alpaca.trading.client import TradingClient
from alpaca.trading.requests import MarketOrderRequest, LimitOrderRequest, TakeProfitRequest, StopLossRequest, GetOrdersRequest
from alpaca.trading.enums import OrderSide, TimeInForce, OrderClass, QueryOrderStatus
from alpaca.trading.stream import TradingStream
from alpaca.data.historical import StockHistoricalDataClient, CryptoHistoricalDataClient
from alpaca.data.requests import StockBarsRequest, CryptoBarsRequest, StockSnapshotRequest
from alpaca.data.timeframe import TimeFrame
from datetime import datetime, timezone
url = "${made.url}"
client = TradingClient("KEY", "SECRET", paper=True, url_override=url)
stream = TradingStream("KEY", "SECRET", paper=True, url_override="${made.wsUrl}/stream")
events = []
async def heard(data):
    events.append(str(data.event.value if hasattr(data.event, "value") else data.event))
stream.subscribe_trade_updates(heard)
threading.Thread(target=stream.run, daemon=True).start()
time.sleep(1)
def wait(order_id, status):
    for _ in range(200):
        order = client.get_order_by_id(order_id)
        if order.status.value == status:
            return order
        time.sleep(0.05)
    raise Exception("never " + status + ": " + str(order))
entry = client.submit_order(MarketOrderRequest(symbol="AAPL", qty=5, side=OrderSide.BUY, time_in_force=TimeInForce.DAY, client_order_id="py1"))
wait(entry.id, "filled")
print("position", client.get_open_position("AAPL").qty)
limit = client.submit_order(LimitOrderRequest(symbol="AAPL", qty=1, side=OrderSide.BUY, limit_price=50, time_in_force=TimeInForce.GTC))
print("open", len(client.get_orders(GetOrdersRequest(status=QueryOrderStatus.OPEN))))
client.cancel_order_by_id(limit.id)
wait(limit.id, "canceled")
closed = client.close_position("AAPL")
wait(closed.id, "filled")
print("positions", len(client.get_all_positions()))
print("open?", client.get_clock().is_open, "asset", client.get_asset("AAPL").symbol, "equity", client.get_account().equity)
bars = StockHistoricalDataClient("KEY", "SECRET", url_override=url).get_stock_bars(StockBarsRequest(symbol_or_symbols=["AAPL"], timeframe=TimeFrame.Minute, start=datetime(2024, 3, 5, 15, tzinfo=timezone.utc)))
print("bars", len(bars["AAPL"]) > 1)
coins = CryptoHistoricalDataClient(url_override=url).get_crypto_bars(CryptoBarsRequest(symbol_or_symbols="BTC/USD", timeframe=TimeFrame.Minute, start=datetime(2024, 3, 5, 15, tzinfo=timezone.utc)))
print("coins", len(coins["BTC/USD"]) > 1)
time.sleep(0.3)
print(" ".join(events))
`,
    );
    expect(told.split("\n")).toEqual([
      "position 5",
      "open 1",
      "positions 0",
      "open? True asset AAPL equity 100000",
      "bars True",
      "coins True",
      "new fill new canceled new fill",
    ]);
  },
);
