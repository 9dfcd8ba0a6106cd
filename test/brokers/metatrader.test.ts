import { afterEach, expect, test } from "vitest";
import { metatraderBroker } from "../../src/adapters/brokers/metatrader/metatrader-broker.ts";
import { systemClock } from "../../src/adapters/system-clock.ts";
import { Prng } from "../../src/base/prng.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import type { TerminalSettings } from "../../src/emulator/metatrader/terminal-context.ts";
import type { BrokerConnection, LineState, VenueOrderRequest } from "../../src/ports/broker-connection.ts";
import type { TradingMode } from "../../src/ports/broker-plugin.ts";
import { startTerminalLab, type TapeQuad, type TerminalLab } from "../emulator-lab.ts";

/* What is special about a terminal: what all brokers share is in emulated.test.ts. */

const euro = listingOf("EURUSD", {
  assetClass: "forex",
  quoteCurrency: "USD",
  lotSize: 1_000,
  quantityMin: 1_000,
});
const flat: TapeQuad = [1.1, 1.1, 1.1, 1.1];
const running: { readonly lab: TerminalLab; readonly broker: BrokerConnection }[] = [];
afterEach(async () => {
  for (const { lab, broker } of running.splice(0)) {
    await broker.close();
    await lab.close();
  }
});

type Wish = {
  readonly settings?: Partial<TerminalSettings>;
  readonly mode?: TradingMode;
  readonly serverTime?: string;
};

async function setUp({ settings = {}, mode = "paper", serverTime = "America/New_York+7" }: Wish = {}) {
  const lab = await startTerminalLab(
    {
      listings: [euro],
      timeframe: "1m",
      startMs: Date.parse("2024-03-05T15:00:00Z"),
      quads: [flat, flat, flat],
      account: { cash: 1e7 },
    },
    settings,
  );
  const lines: LineState[] = [];
  const broker = await metatraderBroker(
    {
      folder: lab.folder,
      serverTime,
      magic: 42,
      pollMs: 3,
      pickupMsMax: 300,
      answerMsMax: 300,
      staleAfterMs: 5_000,
    },
    { mode, clock: systemClock, prng: new Prng(1), credentials: {}, folder: "." },
  );
  running.push({ lab, broker });
  const open = (): Promise<void> =>
    broker.open(
      { onOrder() {}, onFill() {}, onLine: (line) => void lines.push(line) },
      new AbortController().signal,
    );
  return { lab, broker, lines, open };
}

const order = (clientOrderId: string, more: Partial<VenueOrderRequest> = {}): VenueOrderRequest => ({
  clientOrderId,
  symbol: "EURUSD",
  side: "buy",
  quantity: 2_000,
  terms: { type: "market" },
  timeInForce: "ioc",
  expireTimeMs: Infinity,
  postOnly: false,
  reduceOnly: false,
  ...more,
});

test.each([
  ["paper", "real"],
  ["live", "demo"],
  ["live", "contest"],
] as const)("mode %s refuses a %s account, and nothing is traded", async (mode, tradeMode) => {
  const { lab, broker, open } = await setUp({ mode, settings: { tradeMode } });
  await expect(open()).rejects.toMatchObject({ parts: { code: "BROKER_MODE_MISMATCH", exit: "safety" } });
  expect(broker.line.kind).toBe("refused");
  expect(await broker.submit(order("a"))).toMatchObject({ kind: "rejected", code: "unavailable" });
  expect(lab.account.orders.count).toBe(0);
});

test("a terminal that does not let Expert Advisors trade is refused, naming what is off", async () => {
  const { open } = await setUp({ settings: { isTradeAllowed: false } });
  await expect(open()).rejects.toThrow(/BROKER_SETTING_REFUSED.*Expert Advisors is off/);
});

test("a server on another clock is refused before anything is asked", async () => {
  const { open } = await setUp({ serverTime: "UTC+5" });
  await expect(open()).rejects.toThrow(/SERVER_TIME_WRONG/);
});

test("units are lots at the terminal, and units again in what it tells", async () => {
  const { lab, broker, open } = await setUp();
  await open();
  expect((await broker.instruments(["EURUSD"]))[0]).toMatchObject({
    lotSize: 1_000,
    quantityMin: 1_000,
    contractMultiplier: 1,
  });
  expect(await broker.submit(order("units"))).toMatchObject({ kind: "accepted", venueOrderId: "50000001" });
  lab.exchange.advance();
  expect((await broker.account()).positions.get("EURUSD")).toEqual({
    quantity: 2_000,
    averagePrice: 1.1,
    paid: 0,
  });
  const [fill] = await broker.fillsSince(Date.parse("2024-03-05T15:00:00Z"));
  // The second bar closes at 15:02 UTC, which the server shows as 17:02.
  expect(fill).toMatchObject({
    quantity: 2_000,
    venueTimeMs: Date.parse("2024-03-05T15:02:00Z"),
    clientOrderId: "units",
  });
});

test("a command that a frozen terminal does not take is taken back: it was never sent, also when the terminal wakes", async () => {
  const { lab, broker, open } = await setUp();
  await open();
  await broker.instruments(["EURUSD"]);
  lab.terminal.freeze(900);
  const answer = await broker.submit(order("frozen"));
  expect(answer).toMatchObject({ kind: "rejected", code: "unavailable" });
  expect((answer as { reason: string }).reason).toMatch(/^not sent: no bridge took the command/);
  await new Promise((resolve) => setTimeout(resolve, 900));
  expect(await broker.order("frozen", "EURUSD")).toBeNull();
  expect(lab.account.orders.count).toBe(0);
});

test("limit orders that would trade at once, and stops that are reached, have words of their own", async () => {
  const { broker, open } = await setUp();
  await open();
  const limit = order("l", { terms: { type: "limit", limitPrice: 1.2 }, timeInForce: "gtc" });
  expect(await broker.submit(limit)).toMatchObject({ kind: "rejected", code: "would_take" });
  const stop = order("s", {
    side: "sell",
    terms: { type: "stop_market", stopPrice: 1.2 },
    timeInForce: "gtc",
  });
  expect(await broker.submit(stop)).toMatchObject({ kind: "rejected", code: "would_trigger" });
  const impatient = order("i", { terms: { type: "limit", limitPrice: 1 }, timeInForce: "ioc" });
  expect(await broker.submit(impatient)).toMatchObject({ kind: "rejected", code: "unsupported" });
});

test("what somebody does by hand at the terminal is told, and is no order of ours", async () => {
  const { lab, broker, open } = await setUp();
  await open();
  lab.account.tradeByHand("EURUSD", "buy", 3_000);
  lab.exchange.advance();
  const [fill] = await broker.fillsSince(0);
  expect(fill).toMatchObject({ clientOrderId: null, quantity: 3_000 });
});

test("a bridge that starts anew is a line that goes on, and an order is found by its name afterwards", async () => {
  const { lab, broker, open } = await setUp();
  await open();
  await broker.submit(order("before", { terms: { type: "limit", limitPrice: 1 }, timeInForce: "gtc" }));
  lab.terminal.restart();
  expect(await broker.order("before", "EURUSD")).toMatchObject({ status: "accepted", quantity: 2_000 });
  expect(
    await broker.submit(order("before", { terms: { type: "limit", limitPrice: 1 }, timeInForce: "gtc" })),
  ).toMatchObject({
    kind: "accepted",
  });
  expect(lab.account.orders.open()).toHaveLength(1);
});
