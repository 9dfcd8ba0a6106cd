import { afterEach, describe, expect, test } from "vitest";
import { testBroker } from "../../../../test/broker-contract.ts";
import {
  bybitKeys,
  startFakeBybitAccount,
  type FakeBybitAccount,
} from "../../../../test/fakes/fake-bybit-account.ts";
import type { Fault } from "../../../../test/fakes/fake-host.ts";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { Prng } from "../../../base/prng.ts";
import type { BrokerConnection } from "../../../ports/broker-connection.ts";
import { bybitBroker, type BybitBrokerOptions } from "./bybit-broker.ts";

function said(retCode: number, retMsg: string, headers: Readonly<Record<string, string>> = {}): Fault {
  const time = Date.parse("2024-03-05T15:30:30Z");
  return { kind: "reply", status: 200, headers, body: { retCode, retMsg, result: {}, retExtInfo: {}, time } };
}

testBroker({
  name: "Bybit futures",
  symbol: "BTCUSDT",
  unknownSymbol: "NOPEUSDT",
  accountName: "4242",
  isOrderRequest: ({ path }) => path === "/v5/order/create",
  isOpenOrdersRequest: ({ path }) => path === "/v5/order/realtime",
  // Source of numbers and texts: bybit-exchange.github.io/docs/v5/error.
  refusals: {
    "too little money": [said(110_007, "ab not enough for new order"), "buying_power"],
    "nothing to reduce": [said(110_017, "orderQty will be truncated to zero"), "nothing_to_reduce"],
    "too small": [said(110_094, "Order does not meet minimum order value"), "notional_min"],
    "an unknown symbol": [said(10_001, "params error: symbol invalid"), "unknown_symbol"],
    "a wrong quantity": [said(10_001, "Qty invalid"), "lot_size"],
    "a trigger on the wrong side": [
      said(110_092, "expect Rising, but trigger_price <= current"),
      "would_trigger",
    ],
    "too large": [said(170_381, "Order quantity too large"), "lot_size"],
    "a number of order handling without a word here": [said(110_999, "something new"), "other"],
    "too many visits, said by the limiter": [
      said(10_006, "Too many visits!", { "x-bapi-limit-status": "0" }),
      "rate_limited",
    ],
    "the limit of an address": [{ kind: "reply", status: 403, body: "access too frequent" }, "rate_limited"],
  },
  doubts: {
    "a server timeout (10000)": said(10_000, "Server Timeout"),
    "a server error (10016)": said(10_016, "Server error."),
    "still processing (110079)": said(110_079, "The order is processing"),
    "too many visits, said by nobody knows whom": said(10_006, "Too many visits!"),
    "a number that is no order's": said(20_006, "duplicate"),
    "success without an order id": said(0, "OK"),
    "a forbidden page": { kind: "html", status: 403 },
  },
  busy: (nowMs) => ({
    fault: said(10_006, "Too many visits!", {
      "x-bapi-limit-status": "0",
      "x-bapi-limit-reset-timestamp": String(nowMs + 3_000),
    }),
    spanMs: 3_000,
  }),
  liveUrl: "https://api.bybit.com",
  paperUrl: "https://api-demo.bybit.com",
  swapped: { key: bybitKeys.secret, secret: bybitKeys.key },
  async start(clock) {
    const { host, book, state } = await startFakeBybitAccount(clock);
    return {
      host,
      book,
      connect: (tools, { mode = "paper", credentials = bybitKeys, options }) =>
        bybitBroker(
          {
            category: "linear",
            environment: "demo",
            leverage: 5,
            marginMode: "cross",
            baseUrl: host.url,
            wsUrl: host.wsUrl,
            ...options,
          },
          { ...tools, mode, credentials, folder: "." },
        ),
      revokeKey: () => void (state.isRevoked = true),
      setPageRows: (count) => void (state.pageRows = count),
      misfits: {
        "a key that may withdraw": {
          spoil: () => void state.permissions["Wallet"]!.push("Withdraw"),
          says: /BROKER_SETTING_REFUSED.*right to withdraw is yes, wanted no/,
        },
        "a key that may only read": {
          spoil: () => void (state.readOnly = 1),
          says: /right to write is no, the key is read-only, wanted yes/,
        },
        "a key that may not trade futures": {
          spoil: () => void (state.permissions = { Spot: ["SpotTrade"] }),
          says: /right to trade linear is no, wanted yes/,
        },
        "another margin mode": {
          spoil: () => void (state.marginMode = "ISOLATED_MARGIN"),
          says: /margin mode is ISOLATED_MARGIN, wanted REGULAR_MARGIN/,
        },
      },
    };
  },
});

describe("Bybit, what is its own", () => {
  const open: { readonly broker: BrokerConnection; readonly venue: FakeBybitAccount }[] = [];
  afterEach(async () => {
    for (const { broker, venue } of open.splice(0)) {
      await broker.close();
      await venue.host.close();
    }
  });

  async function setUp(options: Partial<BybitBrokerOptions> = {}): Promise<{
    readonly venue: FakeBybitAccount;
    readonly broker: BrokerConnection;
  }> {
    const clock = new ManualClock(Date.parse("2024-03-05T15:30:30Z"));
    const venue = await startFakeBybitAccount(clock);
    const { url: baseUrl, wsUrl } = venue.host;
    const broker = bybitBroker(
      { category: "linear", environment: "demo", baseUrl, wsUrl, ...options },
      { clock, prng: new Prng(1), mode: "paper", credentials: bybitKeys, folder: "." },
    );
    open.push({ broker, venue });
    await broker.open({ onOrder() {}, onFill() {}, onLine() {} }, new AbortController().signal);
    return { venue, broker };
  }

  const order = {
    clientOrderId: "own-1",
    symbol: "BTCUSDT",
    side: "buy",
    quantity: 1,
    terms: { type: "limit", limitPrice: 100 },
    timeInForce: "gtc",
    expireTimeMs: Number.POSITIVE_INFINITY,
    postOnly: false,
    reduceOnly: false,
  } as const;
  const creates = ({ host }: FakeBybitAccount): readonly Record<string, unknown>[] =>
    host.requests
      .filter(({ path }) => path === "/v5/order/create")
      .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  test("a stamp that is refused is measured anew and sent once more, and not for ever", async () => {
    const { venue, broker } = await setUp();
    const stale = said(10_002, "invalid request, please check your server timestamp or recv_window param");
    venue.host.isFaulty = ({ path }) => path === "/v5/order/create";
    venue.host.faults.push(stale);
    expect(await broker.submit(order)).toMatchObject({ kind: "accepted" });
    expect(creates(venue)).toHaveLength(2);
    venue.host.faults.push(stale, stale);
    expect(await broker.submit({ ...order, clientOrderId: "own-2" })).toMatchObject({
      kind: "rejected",
      code: "unavailable",
    });
    expect(creates(venue)).toHaveLength(4);
  });

  test("leverage is set and read back before the first order, once", async () => {
    const { venue, broker } = await setUp({ leverage: 3 });
    await broker.submit(order);
    await broker.submit({ ...order, clientOrderId: "own-2" });
    expect(venue.state.leverage).toBe("3");
    const paths = venue.host.requests.map(({ path }) => path);
    expect(paths.filter((path) => path === "/v5/position/set-leverage")).toHaveLength(1);
    expect(paths.indexOf("/v5/position/set-leverage")).toBeLessThan(paths.indexOf("/v5/order/create"));
  });

  test("a leverage that the venue does not change keeps every order here, naming found and wanted", async () => {
    const { venue, broker } = await setUp({ leverage: 50 });
    venue.state.isLeverageStuck = true;
    expect(await broker.submit(order)).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(/leverage of BTCUSDT is 10 .*, wanted 50/),
    });
    expect(creates(venue)).toEqual([]);
  });

  test("hedge mode is refused before an order, and two legs are never flat", async () => {
    const { venue, broker } = await setUp();
    venue.state.isHedge = true;
    expect(await broker.submit(order)).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(/position mode of BTCUSDT is hedge, wanted one-way/),
    });
    expect(creates(venue)).toEqual([]);
    await expect(broker.instruments(["BTCUSDT"])).rejects.toThrow(/hedge, wanted one-way/);
    venue.book.positions.set("BTCUSDT", { quantity: 1, averagePrice: 100 });
    await expect(broker.account()).rejects.toThrow(/hedge, wanted one-way/);
  });

  test("a position of a size that nobody can read is not none", async () => {
    const { venue, broker } = await setUp();
    venue.book.positions.set("BTCUSDT", { quantity: Number.NaN, averagePrice: 100 });
    expect((await broker.account()).positions.get("BTCUSDT")?.quantity).toBe(Number.NaN);
  });

  test("a mode that a hand changes in between is noticed before the next order", async () => {
    const { venue, broker } = await setUp();
    expect(await broker.submit(order)).toMatchObject({ kind: "accepted" });
    venue.state.isHedge = true;
    venue.book.positions.set("BTCUSDT", { quantity: 1, averagePrice: 100 });
    await expect(broker.account()).rejects.toThrow(/hedge/);
    expect(await broker.submit({ ...order, clientOrderId: "own-2" })).toMatchObject({ kind: "rejected" });
    expect(creates(venue)).toHaveLength(1);
  });

  test("spot orders say in which unit they are, and wait in the list of their kind", async () => {
    const { venue, broker } = await setUp({ category: "spot" });
    await broker.submit({ ...order, terms: { type: "market" }, timeInForce: "ioc" });
    const stop = { type: "stop_market", stopPrice: 90 } as const;
    await broker.submit({ ...order, clientOrderId: "own-2", side: "sell", terms: stop });
    const sent = creates(venue);
    expect(sent[0]).toMatchObject({ category: "spot", marketUnit: "baseCoin", orderType: "Market" });
    expect(sent[1]).toMatchObject({ orderFilter: "StopOrder", triggerPrice: "90" });
    for (const body of sent) expect(body).not.toHaveProperty("positionIdx");
    expect(await broker.submit({ ...order, clientOrderId: "own-3", reduceOnly: true })).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("reduce-only"),
    });
  });
});
