import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/adapters/system-clock.ts";
import { Prng } from "../../src/base/prng.ts";
import { ccxtBroker } from "../../src/adapters/brokers/ccxt/ccxt-broker.ts";
import { accountOptions } from "../../src/emulator/exchange/account-options.ts";
import { parseFaults } from "../../src/emulator/faults/parse-faults.ts";
import type {
  BrokerConnection,
  VenueFill,
  VenueOrder,
  VenueOrderRequest,
} from "../../src/ports/broker-connection.ts";
import { IbFace } from "../../src/emulator/ib/ib-face.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import { startLab, type EmulatorLab, type TapeQuad } from "../emulator-lab.ts";
import { until } from "../fakes/manual-clock.ts";
import { subjects, tapeStartMs } from "./emulated-brokers.ts";

/*
 * Kiwi's own connections against the emulator, which the official clients talk to as well: here neither side was written
 * with the other in view. Prices are worked out by hand from the bars: a market order fills at the next open.
 */

const flat: TapeQuad = [100, 101, 99, 100];

test("two accounts at one exchange of ccxt have names of their own, and a name that is given holds for any key", async () => {
  const lab = await subjects.find(({ name }) => name === "ccxt bybit")!.start([flat], "");
  lab.exchange.openAccount(accountOptions({ ...lab.account.options, key: "KEY-2" }));
  const nameOf = async (key: string, account?: string): Promise<string> => {
    const broker = await ccxtBroker(
      {
        exchangeId: "bybit",
        defaultType: "swap",
        rateLimitMs: 1,
        baseUrl: lab.url,
        clockSkewMsMax: 1e12,
        account,
      },
      {
        mode: "paper",
        clock: systemClock,
        prng: new Prng(1),
        credentials: { key, secret: "SECRET" },
        folder: ".",
      },
    );
    await broker.inspect!();
    return broker.accountName;
  };
  try {
    const [one, again, other] = [await nameOf("KEY"), await nameOf("KEY"), await nameOf("KEY-2")];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
    expect(other).not.toContain("KEY-2");
    expect([await nameOf("KEY", "main"), await nameOf("KEY-2", "main")]).toEqual([
      "bybit:main",
      "bybit:main",
    ]);
  } finally {
    await lab.close();
  }
});

test("coins at an exchange of ccxt count at what they are worth, so that a session can begin with them", async () => {
  const lab = await subjects.find(({ name }) => name === "Bybit spot")!.start([flat, flat, flat], "");
  const broker = await ccxtBroker(
    {
      exchangeId: "bybit",
      defaultType: "spot",
      everyMs: 30,
      rateLimitMs: 1,
      baseUrl: lab.url,
      clockSkewMsMax: 1e12,
      exchangeOptions: { enableUnifiedAccount: true, enableUnifiedMargin: false },
    },
    {
      mode: "paper",
      clock: systemClock,
      prng: new Prng(1),
      credentials: { key: "KEY", secret: "SECRET" },
      folder: ".",
    },
  );
  try {
    await broker.open({ onOrder() {}, onFill() {}, onLine() {} }, new AbortController().signal);
    const symbol = "BTC/USDT";
    await broker.instruments([symbol]);
    const before = await broker.account();
    const sent = await broker.submit({
      clientOrderId: "s1",
      symbol,
      side: "buy",
      quantity: 2,
      terms: { type: "limit", limitPrice: 105 },
      timeInForce: "gtc",
      expireTimeMs: Number.POSITIVE_INFINITY,
      postOnly: false,
      reduceOnly: false,
    });
    expect(sent).toMatchObject({ kind: "accepted" });
    lab.exchange.advance();
    const { cash, equity, positions, currency } = await broker.account();
    expect(currency).toBe("USDT");
    const { quantity, averagePrice } = positions.get(symbol)!;
    expect([quantity, averagePrice]).toEqual([1.998, 100]);
    // A purchase moves money into coins and makes none: what is missing is the fee, kept in coins.
    expect(equity).toBeCloseTo(before.equity - 0.002 * 100, 6);
    expect(cash.get("USDT")! + quantity * averagePrice).toBeCloseTo(equity, 6);
  } finally {
    await broker.close();
    await lab.close();
  }
});

test("at Interactive Brokers the open profit of currencies is in the cash, and is not counted twice", async () => {
  const euro = listingOf("EURUSD", { assetClass: "forex", baseCurrency: "EUR", quoteCurrency: "USD" });
  const lab = await startLab({
    listings: [euro],
    timeframe: "1m",
    startMs: tapeStartMs,
    quads: [flat, [102, 103, 101, 102], [104, 110, 104, 110]],
    faults: "",
    face: (tools) => new IbFace(tools, { rateScale: 1_000 }),
  });
  const broker = await subjects.find(({ name }) => name.startsWith("Interactive"))!.connect(lab, systemClock);
  try {
    await broker.open({ onOrder() {}, onFill() {}, onLine() {} }, new AbortController().signal);
    await broker.instruments(["EUR.USD"]);
    lab.account.tradeByHand("EURUSD", "buy", 2);
    lab.exchange.advance();
    lab.exchange.advance();
    const { balance, equity, positions } = await broker.account();
    expect(positions.get("EUR.USD")).toMatchObject({ quantity: 2, averagePrice: 102, paid: 0 });
    expect(equity).toBeCloseTo(100_000 + 2 * (110 - 102), 2);
    expect(balance).toBeCloseTo(100_000, 2);
    // The largest number there is says that the gateway does not know it yet.
    const { account } = lab;
    const asTheyAre = account.positions.bind(account);
    account.positions = () => asTheyAre().map((one) => ({ ...one, lastPrice: Number.MAX_VALUE / 2 }));
    await expect(broker.account()).rejects.toThrow("no profit of EUR.USD yet");
    account.positions = asTheyAre;
    expect((await broker.account()).balance).toBeCloseTo(100_000, 2);
  } finally {
    await broker.close();
    await lab.close();
  }
});

describe.each(subjects)("$name, emulated", (subject) => {
  const running: { readonly lab: EmulatorLab; readonly broker: BrokerConnection }[] = [];
  afterEach(async () => {
    for (const { lab, broker } of running.splice(0)) {
      await broker.close();
      await lab.close();
    }
  });

  async function setUp(quads: readonly TapeQuad[], faults = "") {
    const lab = await subject.start(quads, faults);
    const broker = await subject.connect(lab, systemClock);
    running.push({ lab, broker });
    const orders: VenueOrder[] = [];
    const fills: VenueFill[] = [];
    await broker.open(
      { onOrder: (order) => void orders.push(order), onFill: (fill) => void fills.push(fill), onLine() {} },
      new AbortController().signal,
    );
    return { lab, broker, orders, fills };
  }

  function order(clientOrderId: string, more: Partial<VenueOrderRequest> = {}): VenueOrderRequest {
    return {
      clientOrderId,
      symbol: subject.symbol,
      side: "buy",
      quantity: 2,
      terms: { type: "limit", limitPrice: 90 },
      timeInForce: "gtc",
      expireTimeMs: Number.POSITIVE_INFINITY,
      postOnly: false,
      reduceOnly: false,
      ...more,
    };
  }

  test("a market order fills at the next open, and every question says so", async () => {
    const { lab, broker, fills, orders } = await setUp([flat, [102, 103, 101, 102]]);
    const [instrument] = await broker.instruments([subject.symbol]);
    expect(instrument).toMatchObject({ symbol: subject.symbol, isTradable: true });
    const time = broker.capabilities.timesInForce.includes("ioc") ? "ioc" : "day";
    const sent = await broker.submit(order("m1", { terms: { type: "market" }, timeInForce: time }));
    expect(sent).toMatchObject({ kind: "accepted" });
    lab.exchange.advance();
    await until(() => fills.length === 1, "the fill is told");
    expect(fills[0]).toMatchObject({ clientOrderId: "m1", side: "buy", quantity: 2, price: 102 });
    await until(() => orders.at(-1)?.status === "filled", "the order is filled");
    const asked = await broker.fillsSince(tapeStartMs);
    expect(asked.map(({ fillId, quantity }) => [fillId, quantity])).toEqual([[fills[0]!.fillId, 2]]);
    expect(await broker.order("m1", subject.symbol)).toMatchObject({ status: "filled", filledQuantity: 2 });
    const held = (await broker.account()).positions.get(subject.symbol);
    expect(held?.quantity).toBeCloseTo(2 * (1 - (subject.keptShare ?? 0)), 9);
    // At what it cost, or is worth: a session that finds it there books it at that.
    expect(held?.averagePrice).toBeCloseTo(102, 4);
    expect(await broker.openOrders()).toEqual({ kind: "whole", orders: [] });
  });

  test("balance, what was paid and open profit are together the equity, so that a session can begin with a holding", async () => {
    const { lab, broker, fills } = await setUp([flat, [102, 103, 101, 102], [104, 110, 104, 110]]);
    await broker.instruments([subject.symbol]);
    const timeInForce = broker.capabilities.timesInForce.includes("ioc") ? "ioc" : "day";
    await broker.submit(order("b1", { terms: { type: "market" }, timeInForce }));
    lab.exchange.advance();
    await until(() => fills.length === 1, "the fill is told");
    lab.exchange.advance();
    const { balance, equity, positions } = await broker.account();
    const { quantity, averagePrice, paid } = positions.get(subject.symbol)!;
    const open = paid === 0 ? quantity * (110 - averagePrice) : quantity * 110 - paid;
    expect(balance + paid + open).toBeCloseTo(lab.account.summary().equity, 4);
    expect(equity).toBeCloseTo(lab.account.summary().equity, subject.name.startsWith("ccxt") ? -2 : 4);
  });

  test("orders that wait are found, changed or not, and canceled one by one and together", async () => {
    const { broker } = await setUp([flat, flat]);
    const stop = broker.capabilities.orderTypes.includes("stop_limit")
      ? ({ type: "stop_limit", stopPrice: 120, limitPrice: 121 } as const)
      : broker.capabilities.orderTypes.includes("stop_market")
        ? ({ type: "stop_market", stopPrice: 120 } as const)
        : ({ type: "limit", limitPrice: 80 } as const);
    expect(await broker.submit(order("w1"))).toMatchObject({ kind: "accepted" });
    expect(await broker.submit(order("w2", { terms: stop }))).toMatchObject({ kind: "accepted" });
    expect(await broker.submit(order("w3"))).toMatchObject({ kind: "accepted" });
    const open = await broker.openOrders();
    expect(open.kind).toBe("whole");
    const byName = new Map(open.kind === "whole" ? open.orders.map((one) => [one.clientOrderId, one]) : []);
    expect(new Set(byName.keys())).toEqual(new Set(["w1", "w2", "w3"]));
    expect(byName.get("w2")).toMatchObject({ terms: stop, quantity: 2, status: "accepted" });
    if (broker.capabilities.modify) {
      const changed = order("w1", { quantity: 3, terms: { type: "limit", limitPrice: 91 } });
      expect(await broker.modify(changed)).toMatchObject({ kind: "accepted" });
      expect(await broker.order("w1", subject.symbol)).toMatchObject({ quantity: 3, terms: changed.terms });
    }
    expect(await broker.cancel("w1", subject.symbol)).toMatchObject({ kind: "accepted" });
    expect(await broker.order("w1", subject.symbol)).toMatchObject({ status: "canceled" });
    expect(await broker.cancel("w1", subject.symbol)).toMatchObject({
      kind: "rejected",
      code: "already_over",
    });
    expect(await broker.cancel("never", subject.symbol)).toMatchObject({
      kind: "rejected",
      code: "unknown_order",
    });
    expect(await broker.cancelAll()).toMatchObject({ kind: "accepted" });
    expect(await broker.openOrders()).toEqual({ kind: "whole", orders: [] });
  });

  test("refusals have their words, and the same order sent twice is one", async () => {
    const { broker } = await setUp([flat, flat]);
    const dear = await broker.submit(order("dear", { quantity: 1_000_000 }));
    expect(dear, JSON.stringify(dear)).toMatchObject({
      kind: "rejected",
      code: "buying_power",
    });
    await expect(broker.instruments([subject.symbol === "AAPL" ? "NOPE" : "NOPE/USD"])).rejects.toThrow(
      /BROKER_SYMBOL_UNKNOWN|BROKER_REFUSED/,
    );
    expect(await broker.submit(order("once"))).toMatchObject({ kind: "accepted" });
    expect(await broker.submit(order("once"))).toMatchObject({ kind: "accepted" });
    expect(await broker.submit(order("once", { quantity: 5 }))).toMatchObject({ code: "doubled_id" });
    const open = await broker.openOrders();
    expect(open.kind === "whole" && open.orders).toHaveLength(1);
  });

  test.each(["reset=1", "html=1", "truncate=1", "timeoutAfterAccept=1", "http500=1", "drop=1"])(
    "with %s an order is unknown, and asking later finds what became of it",
    async (faults) => {
      const { lab, broker } = await setUp([flat, flat]);
      // Whatever has to be asked before the first order of a symbol has been.
      await broker.submit(order("first"));
      await broker.cancelAll();
      lab.faults.spec = parseFaults(faults);
      const answer = await broker.submit(order("doubt"));
      expect(answer, JSON.stringify(answer)).toMatchObject({ kind: "unknown" });
      lab.faults.stop();
      const found = await broker.order("doubt", subject.symbol);
      if (found === null) expect(await broker.submit(order("doubt"))).toMatchObject({ kind: "accepted" });
      const open = await broker.openOrders();
      expect(open.kind === "whole" && open.orders.map(({ clientOrderId }) => clientOrderId)).toEqual([
        "doubt",
      ]);
    },
  );
});
