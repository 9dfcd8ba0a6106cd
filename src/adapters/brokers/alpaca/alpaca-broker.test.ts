import { afterEach, describe, expect, test } from "vitest";
import { testBroker } from "../../../../test/broker-contract.ts";
import {
  alpacaKeys,
  startFakeAlpacaAccount,
  type FakeAlpacaAccount,
} from "../../../../test/fakes/fake-alpaca-account.ts";
import type { Fault } from "../../../../test/fakes/fake-host.ts";
import { ManualClock, until } from "../../../../test/fakes/manual-clock.ts";
import { Prng } from "../../../base/prng.ts";
import type { BrokerConnection, VenueFill, VenueOrder } from "../../../ports/broker-connection.ts";
import { alpacaBroker, type AlpacaBrokerOptions } from "./alpaca-broker.ts";

function said(
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Fault {
  return { kind: "reply", status, headers, body: { code, message } };
}

const nowMs = Date.parse("2024-03-05T15:30:30Z");

for (const market of ["stocks", "crypto"] as const) {
  testBroker({
    name: `Alpaca ${market}`,
    symbol: market === "stocks" ? "AAPL" : "BTC/USD",
    unknownSymbol: market === "stocks" ? "NOPE" : "NOPE/USD",
    accountName: "PA3TEST42",
    isOrderRequest: ({ method, path }) => method === "POST" && path === "/v2/orders",
    isOpenOrdersRequest: ({ method, path }) => method === "GET" && path === "/v2/orders",
    // Source of numbers and texts: docs.alpaca.markets and issues of its clients.
    refusals: {
      "too little money": [said(403, 40_310_000, "insufficient buying power"), "buying_power"],
      "too few shares": [
        said(403, 40_310_000, "insufficient qty available for order (requested: 2, available: 0)"),
        "nothing_to_reduce",
      ],
      "too small": [
        said(403, 40_310_000, "cost basis must be >= minimal amount of order 10"),
        "notional_min",
      ],
      "sub-penny prices": [
        said(
          422,
          42_210_000,
          "invalid limit_price 100.001. sub-penny increment does not fulfill minimum pricing criteria",
        ),
        "tick_size",
      ],
      "an unknown asset": [said(422, 40_010_001, 'could not find asset "NOPE"'), "unknown_symbol"],
      "an asset that is not traded": [said(422, 42_210_000, "asset AAPL is not active"), "halted"],
      "no short sales": [said(403, 40_310_000, "account is not allowed to short"), "long_only"],
      "a wash trade": [said(403, 40_310_000, "potential wash trade detected. use complex orders"), "other"],
      "too many requests": [
        said(429, 42_910_000, "too many requests.", { "retry-after": "1" }),
        "rate_limited",
      ],
    },
    doubts: {
      "an error 500 in its own words": said(500, 50_010_000, "internal server error occurred"),
      "an error 504 in its own words": said(504, 50_410_000, "request timed out"),
      "too many requests, said by a page": { kind: "html", status: 429 },
      "a forbidden page": { kind: "html", status: 403 },
      "success with another order's name": {
        kind: "reply",
        status: 200,
        body: { id: "x", client_order_id: "other" },
      },
    },
    busy: () => ({
      fault: said(429, 42_910_000, "too many requests.", { "retry-after": "3" }),
      spanMs: 3_000,
    }),
    liveUrl: "https://api.alpaca.markets",
    paperUrl: "https://paper-api.alpaca.markets",
    swapped: { key: alpacaKeys.secret, secret: alpacaKeys.key },
    async start(clock) {
      const { host, book, state } = await startFakeAlpacaAccount(clock);
      return {
        host,
        book,
        connect: (tools, { mode = "paper", credentials = alpacaKeys, options }) =>
          alpacaBroker(
            { market, fractional: false, baseUrl: host.url, wsUrl: host.wsUrl, ...options },
            { ...tools, mode, credentials, folder: "." },
          ),
        revokeKey: () => void (state.isRevoked = true),
        setPageRows: (count) => void (state.pageRows = count),
        misfits: {
          "an account that is not active": {
            spoil: () => void (state.status = "ACCOUNT_CLOSED"),
            says: /BROKER_SETTING_REFUSED.*status of the account is ACCOUNT_CLOSED, wanted ACTIVE/,
          },
          "an account that may not trade": {
            spoil: () => void (state.isBlocked = true),
            says: /block on trading is yes, wanted no/,
          },
          "an account that its owner halted": {
            spoil: () => void (state.isSuspended = true),
            says: /halt of trading by its owner is yes, wanted no/,
          },
        },
      };
    },
  });
}

describe("Alpaca, what is its own", () => {
  const open: { readonly broker: BrokerConnection; readonly venue: FakeAlpacaAccount }[] = [];
  afterEach(async () => {
    for (const { broker, venue } of open.splice(0)) {
      await broker.close();
      await venue.host.close();
    }
  });

  async function setUp(options: Partial<AlpacaBrokerOptions> = {}): Promise<{
    readonly venue: FakeAlpacaAccount;
    readonly broker: BrokerConnection;
    readonly orders: VenueOrder[];
    readonly fills: VenueFill[];
  }> {
    const clock = new ManualClock(nowMs);
    const venue = await startFakeAlpacaAccount(clock);
    const { url: baseUrl, wsUrl } = venue.host;
    const broker = alpacaBroker(
      { market: "stocks", fractional: false, baseUrl, wsUrl, ...options },
      { clock, prng: new Prng(1), mode: "paper", credentials: alpacaKeys, folder: "." },
    );
    open.push({ broker, venue });
    const orders: VenueOrder[] = [];
    const fills: VenueFill[] = [];
    await broker.open(
      { onOrder: (order) => void orders.push(order), onFill: (fill) => void fills.push(fill), onLine() {} },
      new AbortController().signal,
    );
    return { venue, broker, orders, fills };
  }

  const order = {
    clientOrderId: "own-1",
    symbol: "AAPL",
    side: "buy",
    quantity: 2,
    terms: { type: "limit", limitPrice: 100 },
    timeInForce: "day",
    expireTimeMs: Number.POSITIVE_INFINITY,
    postOnly: false,
    reduceOnly: false,
  } as const;

  test("a key for money is refused on paper and the other way round, before anything is sent", async () => {
    const clock = new ManualClock(nowMs);
    const venue = await startFakeAlpacaAccount(clock);
    const { url: baseUrl } = venue.host;
    for (const [mode, key] of [
      ["paper", "AKALPACA00000000KEY1"],
      ["live", alpacaKeys.key],
    ] as const) {
      const connect = (): BrokerConnection =>
        alpacaBroker(
          { market: "stocks", fractional: false, baseUrl },
          { clock, prng: new Prng(1), mode, credentials: { ...alpacaKeys, key }, folder: "." },
        );
      expect(connect).toThrow(/BROKER_MODE_MISMATCH.*begins with/);
    }
    expect(venue.host.requests).toEqual([]);
    await venue.host.close();
  });

  test("the multiplier of margin is set and read back; one that does not change is refused", async () => {
    const { venue } = await setUp({ marginMultiplier: 2 });
    expect(venue.state.multiplier).toBe("2");
    const clock = new ManualClock(nowMs);
    const stuck = await startFakeAlpacaAccount(clock);
    stuck.state.isMultiplierStuck = true;
    const broker = alpacaBroker(
      {
        market: "stocks",
        fractional: false,
        marginMultiplier: 1,
        baseUrl: stuck.host.url,
        wsUrl: stuck.host.wsUrl,
      },
      { clock, prng: new Prng(1), mode: "paper", credentials: alpacaKeys, folder: "." },
    );
    open.push({ broker, venue: stuck });
    await expect(
      broker.open({ onOrder() {}, onFill() {}, onLine() {} }, new AbortController().signal),
    ).rejects.toThrow(/multiplier of margin is 4, wanted 1/);
  });

  test("parts of shares are traded where that is asked for, and live for a day only", async () => {
    const { broker } = await setUp({ fractional: true });
    expect((await broker.instruments(["AAPL"]))[0]!.lotSize).toBe(1e-9);
    expect(await broker.submit({ ...order, quantity: 0.5 })).toMatchObject({ kind: "accepted" });
    const lasting = { ...order, clientOrderId: "own-2", quantity: 0.5, timeInForce: "gtc" } as const;
    expect(await broker.submit(lasting)).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("for a day only"),
    });
    const whole = await setUp();
    expect((await whole.broker.instruments(["AAPL"]))[0]!.lotSize).toBe(1);
  });

  test("symbols of the other market are refused here", async () => {
    const { venue, broker } = await setUp();
    expect(await broker.submit({ ...order, symbol: "BTC/USD" })).toMatchObject({ kind: "rejected" });
    expect(venue.book.orders).toEqual([]);
    await expect(broker.instruments(["BTC/USD"])).rejects.toThrow(/BROKER_SYMBOL_UNKNOWN/);
  });

  test("legs that wait for their parent are open orders too", async () => {
    const { venue, broker } = await setUp();
    const { answer } = venue.host;
    await broker.submit(order);
    venue.host.answer = (request) => {
      const reply = answer(request);
      if (request.query.get("nested") !== "true") return reply;
      const rows = reply.body as Record<string, unknown>[];
      const leg = (id: string, status: string): object => ({
        ...rows[0],
        id,
        client_order_id: id,
        status,
        legs: null,
      });
      return {
        ...reply,
        body: rows.map((row) => ({ ...row, legs: [leg("held-leg", "held"), leg("dead-leg", "canceled")] })),
      };
    };
    const found = await broker.openOrders();
    const ids = found.kind === "whole" ? found.orders.map(({ clientOrderId }) => clientOrderId ?? "") : [];
    expect(ids.toSorted()).toEqual(["held-leg", "own-1"]);
  });

  test("an order with a word of state that is not known works until something ends it", async () => {
    const { venue, broker, orders } = await setUp();
    await broker.submit(order);
    const row = (await fetch(`${venue.host.url}/v2/orders:by_client_order_id?client_order_id=own-1`, {
      headers: { "apca-api-key-id": alpacaKeys.key, "apca-api-secret-key": alpacaKeys.secret },
    }).then((answer) => answer.json())) as object;
    for (const status of ["held", "done_for_day", "suspended", "something_new"]) {
      venue.host.send({ stream: "trade_updates", data: { event: "novelty", order: { ...row, status } } });
      await until(() => orders.at(-1)?.status === "accepted", status);
      expect(orders.at(-1)!.code).toBeNull();
      orders.length = 0;
    }
    venue.host.send({
      stream: "trade_updates",
      data: { event: "x", order: { ...row, status: "pending_cancel" } },
    });
    await until(() => orders.at(-1)?.status === "cancel_pending", "pending_cancel");
  });

  test.each([
    ["stocks", "AAPL", undefined],
    ["crypto", "BTC/USD", true],
  ] as const)(
    "over both roads a fill of %s (%s) says whether its fee is told",
    async (market, symbol, isFeeUntold) => {
      const { venue, broker, fills } = await setUp({ market });
      await broker.submit({ ...order, symbol, timeInForce: "gtc" });
      venue.book.fill(venue.book.byClientId("own-1")!, 2, 100);
      await until(() => fills.length === 1, "the fill");
      const [listed] = await broker.fillsSince(nowMs - 60_000);
      expect([fills[0]!.isFeeUntold, listed!.isFeeUntold]).toEqual([isFeeUntold, isFeeUntold]);
    },
  );

  test("a fill that the venue takes back is told as one that names the first", async () => {
    const { venue, broker, fills } = await setUp();
    await broker.submit(order);
    const sent: { stream: string; data: Record<string, unknown> }[] = [];
    const send = venue.host.send.bind(venue.host);
    venue.host.send = (message, isBinary) => {
      sent.push(message as (typeof sent)[number]);
      send(message, isBinary);
    };
    venue.book.fill(venue.book.byClientId("own-1")!, 2, 100);
    await until(() => fills.length === 1, "the fill");
    venue.host.send({ stream: "trade_updates", data: { ...sent[0]!.data, event: "trade_bust" } });
    await until(() => fills.length === 2, "the bust");
    expect(fills[1]).toMatchObject({ takesBack: fills[0]!.fillId, quantity: 2, price: 100, side: "buy" });
    expect(fills[1]!.fillId).not.toBe(fills[0]!.fillId);
    // One that was never told, and a correction, cannot be understood: the line is made anew, and asks.
    const unknown = { ...sent[0]!.data, event: "trade_bust", execution_id: "never", qty: "7" };
    venue.host.send({ stream: "trade_updates", data: unknown });
    await until(() => broker.line.kind === "down", "the line is given up");
  });

  test("some orders of many that cannot be canceled leave the whole unknown", async () => {
    const { venue, broker } = await setUp();
    const body = [
      { id: "a", status: 200 },
      { id: "b", status: 500, body: { code: 50_010_000, message: "internal" } },
    ];
    venue.host.faults.push({ kind: "reply", status: 207, body });
    expect(await broker.cancelAll()).toMatchObject({
      kind: "unknown",
      reason: expect.stringContaining("b (500)"),
    });
  });
});
