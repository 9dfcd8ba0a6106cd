import {
  BarSizeSetting,
  EventName,
  IBApi,
  OrderAction,
  OrderType,
  SecType,
  type Contract,
  type Order,
} from "@stoqey/ib";
import { afterEach, expect, test } from "vitest";
import { IbFace } from "../../src/emulator/ib/ib-face.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import { parseFaults } from "../../src/emulator/faults/parse-faults.ts";
import {
  clientsPython,
  runPython,
  startLab,
  type EmulatorLab,
  type LabOptions,
  type TapeQuad,
} from "../emulator-lab.ts";
import { until } from "../fakes/manual-clock.ts";

/*
 * Clients that others wrote, unmodified, against the emulator of a gateway. Prices are worked out by hand from the bars: a
 * market order fills at the next open, a limit inside a bar at its limit (docs/reference/fills.md).
 */

// 2024-03-05 was a Tuesday: trading began at 14:30 UTC.
const startMs = Date.parse("2024-03-05T15:00:00Z");
const flat: TapeQuad = [100, 101, 99, 100];
const shares = { assetClass: "equity", quoteCurrency: "USD", lotSize: 1, quantityMin: 1 } as const;
const aapl = listingOf("AAPL", { ...shares, baseCurrency: "AAPL", calendarName: "us-equity" });
const euro = listingOf("EURUSD", { assetClass: "forex", tickSize: 0.00005, calendarName: "24/5" });

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function lab(quads: readonly TapeQuad[], more: Partial<LabOptions> = {}): Promise<EmulatorLab> {
  const made = await startLab({
    listings: [aapl, euro],
    timeframe: "1m",
    startMs,
    quads,
    face: (tools) => new IbFace(tools),
    ...more,
  });
  ending.push(() => made.close());
  return made;
}

const portOf = ({ url }: EmulatorLab): number => Number(new URL(url).port);
const stock: Contract = { symbol: "AAPL", secType: SecType.STK, exchange: "SMART", currency: "USD" };

/** A client that has signed in, with everything that it was told. */
async function client(made: EmulatorLab, clientId = 1) {
  const api = new IBApi({ host: "127.0.0.1", port: portOf(made), clientId });
  const heard: (readonly [event: string, ...values: unknown[]])[] = [];
  let nextId = 0;
  api.on(EventName.all, (event, values) => void heard.push([event, ...values]));
  api.on(EventName.nextValidId, (id) => (nextId = id));
  api.on(EventName.error, () => {});
  const of = (event: string): readonly (readonly unknown[])[] =>
    heard.filter(([name]) => name === event).map(([, ...values]) => values);
  ending.push(() => api.disconnect());
  api.connect();
  await until(() => nextId > 0, "the first number");
  return { api, of, heard, next: () => nextId++ };
}

function order(action: "BUY" | "SELL", more: Partial<Order>): Order {
  return {
    action: OrderAction[action],
    totalQuantity: 10,
    orderType: OrderType.MKT,
    tif: "GTC",
    transmit: true,
    ...more,
  };
}

/** Status and filled quantity of an order, as they were told. */
function statesOf(of: (event: string) => readonly (readonly unknown[])[], id: number): readonly string[] {
  return of("orderStatus")
    .filter(([orderId]) => orderId === id)
    .map(([, status, filled]) => `${String(status)} ${String(filled)}`);
}

test("an order goes from submitted to filled, and execution, cost, position and money say the same", async () => {
  const made = await lab([flat, [102, 103, 101, 102], flat]);
  const { api, of, next } = await client(made);
  expect(of("managedAccounts")).toEqual([["DU1000001"]]);
  const id = next();
  api.placeOrder(id, stock, order("BUY", { orderRef: "mine" }));
  await until(() => statesOf(of, id).length > 0, "the order is told");
  expect(of("openOrder")[0]).toMatchObject([
    id,
    { symbol: "AAPL", secType: "STK", currency: "USD" },
    {
      action: "BUY",
      totalQuantity: 10,
      orderType: "MKT",
      orderRef: "mine",
      tif: "GTC",
      account: "DU1000001",
    },
    { status: "Submitted" },
  ]);
  made.exchange.advance();
  await until(() => statesOf(of, id).includes("Filled 10"), "the fill");
  const [[, , execution]] = of("execDetails") as [[unknown, unknown, { readonly execId: string }]];
  expect(execution).toMatchObject({
    side: "BOT",
    shares: 10,
    price: 102,
    cumQty: 10,
    avgPrice: 102,
    orderRef: "mine",
  });
  await until(() => of("commissionReport").length === 1, "what it cost");
  expect(of("commissionReport")[0]).toMatchObject([
    { execId: execution.execId, commission: 0, currency: "USD" },
  ]);
  api.reqPositions();
  await until(() => of("positionEnd").length === 1, "positions");
  expect(of("position")).toMatchObject([["DU1000001", { symbol: "AAPL" }, 10, 102]]);
  api.reqAccountSummary(7, "All", "NetLiquidation,TotalCashValue,BuyingPower");
  await until(() => of("accountSummaryEnd").length === 1, "money");
  expect(of("accountSummary").map(([, , tag, value]) => [tag, value])).toEqual([
    ["NetLiquidation", "100000.00"],
    ["TotalCashValue", "98980.00"],
    ["BuyingPower", "998980.00"],
  ]);
});

test("a bracket is sent with its last order; the stop protects what filled, and the target cancels it", async () => {
  const made = await lab([flat, flat, [100, 106, 99, 105], flat]);
  const { api, of, next } = await client(made);
  const [parentId, targetId, stopId] = [next(), next(), next()] as const;
  api.placeOrder(parentId, stock, order("BUY", { transmit: false }));
  api.placeOrder(
    targetId,
    stock,
    order("SELL", { orderType: OrderType.LMT, lmtPrice: 105, parentId, transmit: false }),
  );
  expect(made.account.orders.count).toBe(0);
  api.placeOrder(
    stopId,
    stock,
    order("SELL", { orderType: OrderType.STP, auxPrice: 95, parentId, transmit: true }),
  );
  await until(() => statesOf(of, stopId).length > 0, "the bracket stands");
  expect(statesOf(of, targetId)).toEqual(["PreSubmitted 0"]);
  made.exchange.advance();
  await until(() => statesOf(of, parentId).includes("Filled 10"), "the entry");
  made.exchange.advance();
  await until(() => statesOf(of, stopId).includes("Cancelled 0"), "the other exit goes");
  expect(statesOf(of, targetId).at(-1)).toBe("Filled 10");
  expect(made.account.heldOf("AAPL", "net")).toBe(0);
});

test("what cannot be is refused by the number of its reason, and ids are used once", async () => {
  const made = await lab([flat, flat]);
  const { api, of, next } = await client(made);
  const refusals: readonly (readonly [number, Contract, Partial<Order>])[] = [
    [200, { ...stock, symbol: "NOPE" }, {}],
    [201, stock, { totalQuantity: 1e6 }],
    [110, stock, { orderType: OrderType.LMT, lmtPrice: 99.0001 }],
    [387, stock, { orderType: OrderType.MOC }],
    [10052, stock, { tif: "OPG" }],
    [434, stock, { totalQuantity: 0 }],
  ];
  for (const [code, contract, more] of refusals) {
    const id = next();
    api.placeOrder(id, contract, order("BUY", more));
    await until(() => of("error").some(([, told, about]) => told === code && about === id), `error ${code}`);
  }
  const id = next();
  api.placeOrder(id, stock, order("BUY", { orderType: OrderType.LMT, lmtPrice: 90 }));
  await until(() => statesOf(of, id).length > 0, "the order stands");
  api.placeOrder(id, stock, order("BUY", { orderType: OrderType.LMT, lmtPrice: 91, totalQuantity: 5 }));
  await until(() => of("openOrder").some(([, , told]) => (told as Order).lmtPrice === 91), "the change");
  api.cancelOrder(id);
  await until(() => statesOf(of, id).includes("Cancelled 0"), "the cancel");
  expect(of("error").some(([, code, about]) => code === 202 && about === id)).toBe(true);
  api.cancelOrder(id);
  api.cancelOrder(4_711);
  await until(() => of("error").some(([, code]) => code === 10_147), "no such order");
  expect(of("error").some(([, code, about]) => code === 10_148 && about === id)).toBe(true);
  api.placeOrder(id, stock, order("BUY", {}));
  await until(
    () => of("error").some(([, code, about]) => code === 103 && about === id),
    "a number used twice",
  );
});

test("a client id has one owner; another sees the orders and cancels them all", async () => {
  const made = await lab([flat, flat]);
  const first = await client(made, 1);
  const taken = new IBApi({ host: "127.0.0.1", port: portOf(made), clientId: 1 });
  const told: number[] = [];
  taken.on(EventName.info, (_, code) => void told.push(code));
  taken.on(EventName.error, () => {});
  let isGone = false;
  taken.on(EventName.disconnected, () => (isGone = true));
  taken.connect();
  await until(() => isGone, "the second is thrown out");
  expect(told).toContain(326);
  first.api.placeOrder(first.next(), stock, order("BUY", { orderType: OrderType.LMT, lmtPrice: 90 }));
  const second = await client(made, 2);
  second.api.reqOpenOrders();
  await until(() => second.of("openOrderEnd").length === 1, "its own orders");
  expect(second.of("openOrder")).toEqual([]);
  second.api.reqAllOpenOrders();
  await until(() => second.of("openOrderEnd").length === 2, "all orders");
  expect(second.of("openOrder")).toMatchObject([[1, { symbol: "AAPL" }, { clientId: 1 }, {}]]);
  second.api.reqGlobalCancel();
  await until(() => made.account.orders.open().length === 0, "all canceled");
});

test("contracts, hours, history, prices and bars of the tape", async () => {
  const made = await lab([flat, [101, 104, 100, 103, 500], flat], { historyBars: 2 });
  const { api, of } = await client(made);
  api.reqContractDetails(1, stock);
  api.reqContractDetails(2, { symbol: "EUR", secType: SecType.CASH, currency: "USD", exchange: "IDEALPRO" });
  await until(() => of("contractDetailsEnd").length === 2, "contracts");
  expect(of("contractDetails").map(([, details]) => details)).toMatchObject([
    {
      contract: { symbol: "AAPL", localSymbol: "AAPL" },
      minTick: 0.01,
      sizeIncrement: 1,
      minSize: 1,
      timeZoneId: "US/Eastern",
    },
    { contract: { symbol: "EUR", localSymbol: "EUR.USD", currency: "USD" }, minTick: 0.00005 },
  ]);
  const [[, { liquidHours }]] = of("contractDetails") as [[number, { readonly liquidHours: string }]];
  expect(liquidHours.split(";").slice(0, 2)).toEqual([
    "20240305:0930-20240305:1600",
    "20240306:0930-20240306:1600",
  ]);
  expect(liquidHours).toContain("20240309:CLOSED");
  api.reqHistoricalData(3, stock, "", "3600 S", BarSizeSetting.MINUTES_ONE, "TRADES", 1, 2, true);
  api.reqMktData(4, stock, "", false, false);
  api.reqRealTimeBars(5, stock, 5, "TRADES", true);
  await until(() => of("tickPrice").length === 3, "prices");
  const history = of("historicalData").filter(([, time]) => !String(time).startsWith("finished"));
  expect(history.map(([, time, open, , , close, volume]) => [time, open, close, volume])).toEqual([
    [String(startMs / 1000), 100, 100, 1000],
    [String(startMs / 1000 + 60), 101, 103, 500],
  ]);
  expect(of("tickPrice").map(([, kind, price]) => [kind, price])).toEqual([
    [1, 102.99],
    [2, 103.01],
    [4, 103],
  ]);
  // The client sends its messages some at a time: this one comes last.
  api.reqCurrentTime();
  await until(() => of("currentTime").length === 1, "everything has arrived");
  made.exchange.advance();
  await until(() => of("realtimeBar").length === 1, "a bar");
  await until(() => of("historicalDataUpdate").length === 1, "history goes on");
  expect(of("historicalDataUpdate")[0]).toEqual([
    3,
    String(startMs / 1000 + 120),
    100,
    101,
    99,
    100,
    1000,
    1,
    100,
  ]);
});

test("a line that is lost, too many messages and faults look as they do at a gateway", async () => {
  const made = await lab([flat, flat, flat]);
  const { api, of, next } = await client(made);
  for (const line of ["down", "back", "back-with-losses"])
    await fetch(`${made.url}/emulator/line`, { method: "POST", body: JSON.stringify({ line }) });
  await until(() => of("info").some(([, code]) => code === 1101), "three announcements");
  expect(of("info").map(([, code]) => code)).toEqual([2104, 2106, 2158, 1100, 1102, 1101]);
  made.faults.spec = parseFaults("timeoutAfterAccept=1");
  api.placeOrder(next(), stock, order("BUY", {}));
  await until(() => made.account.orders.count === 1, "carried out");
  made.faults.spec = parseFaults("duplicate=1");
  made.exchange.advance();
  await until(() => of("execDetails").length === 2, "told twice");
  expect(made.account.fills).toHaveLength(1);
  made.faults.spec = parseFaults("reset=1");
  api.placeOrder(next(), stock, order("SELL", {}));
  await until(() => of("disconnected").length > 0, "the line breaks");
  expect(made.account.orders.count).toBe(2);
});

test("messages that come too fast are said to, and in the end the connection goes", async () => {
  const made = await lab([flat, flat]);
  const slow = await client(made);
  const fast = new IBApi({ host: "127.0.0.1", port: portOf(made), clientId: 2, maxReqPerSec: 2_000 });
  const told: number[] = [];
  let isGone = false;
  fast.on(EventName.info, (_, code) => void told.push(code));
  fast.on(EventName.error, () => {});
  fast.on(EventName.disconnected, () => (isGone = true));
  fast.on(EventName.nextValidId, () => {
    for (let k = 0; k < 120; k++) fast.reqCurrentTime();
  });
  fast.connect();
  await until(() => isGone, "thrown out");
  expect(told).toContain(100);
  slow.api.reqCurrentTime();
  await until(() => slow.of("currentTime").length === 1, "others are served");
});

const python = clientsPython("ib");
test.skipIf(python === null)(
  "ib_async opens and closes a position, a bracket and a pair, and reads it all back",
  async () => {
    const made = await lab([flat, [102, 103, 101, 102], [102, 108, 101, 107], flat, flat, flat], {
      pace: { kind: "manual" },
    });
    const told = await runPython(
      python!,
      `
import json, logging, urllib.request
from ib_async import *
logging.basicConfig(level=logging.ERROR)
def advance():
    urllib.request.urlopen(urllib.request.Request("${made.url}/emulator/advance", b"{}", method="POST")).read()
ib = IB()
ib.connect("127.0.0.1", ${portOf(made)}, clientId=5)
stock, = ib.qualifyContracts(Stock("AAPL", "SMART", "USD"))
pair, = ib.qualifyContracts(Forex("EURUSD"))
out = {"conIds": [stock.conId, pair.conId]}
entry, target, stop = ib.bracketOrder("BUY", 10, 105, 107, 95)
trades = [ib.placeOrder(stock, each) for each in (entry, target, stop)]
ib.sleep(0.1)
out["placed"] = [t.orderStatus.status for t in trades]
advance(); ib.sleep(0.1)
out["entered"] = [[f.execution.price, f.execution.shares] for f in trades[0].fills]
out["held"] = [[p.contract.symbol, p.position, p.avgCost] for p in ib.positions()]
advance(); ib.sleep(0.1)
out["left"] = [t.orderStatus.status for t in trades]
euros = ib.placeOrder(pair, MarketOrder("BUY", 1000))
advance(); ib.sleep(0.1)
ib.placeOrder(pair, MarketOrder("SELL", 1000))
advance(); ib.sleep(0.1)
out["pair"] = euros.orderStatus.status
out["flat"] = ib.positions()
out["fills"] = [[f.contract.symbol, f.execution.side, f.execution.price] for f in ib.fills()]
out["completed"] = sorted(t.orderStatus.status for t in ib.reqCompletedOrders(False))
out["bars"] = [[b.open, b.close] for b in ib.reqHistoricalData(stock, "", "3600 S", "1 min", "TRADES", True)]
out["cash"] = [v.value for v in ib.accountSummary() if v.tag == "TotalCashValue"]
ib.disconnect()
print(json.dumps(out))
`,
    );
    expect(JSON.parse(told)).toEqual({
      conIds: [700_000_001, 700_000_002],
      placed: ["Submitted", "PreSubmitted", "PreSubmitted"],
      // A limit of 105 above the open buys at the open, 102; the target of 107 is inside the next bar.
      entered: [[102, 10]],
      held: [["AAPL", 10, 102]],
      left: ["Filled", "Filled", "Cancelled"],
      pair: "Filled",
      flat: [],
      fills: [
        ["AAPL", "BOT", 102],
        ["AAPL", "SLD", 107],
        ["EUR", "BOT", 100],
        ["EUR", "SLD", 100],
      ],
      completed: ["Cancelled", "Filled", "Filled", "Filled", "Filled"],
      bars: [
        [100, 100],
        [102, 102],
        [102, 107],
        [100, 100],
        [100, 100],
      ],
      cash: ["100050.00"],
    });
  },
  60_000,
);
