import { afterEach, expect, test } from "vitest";
import { alpacaBroker } from "../../src/adapters/brokers/alpaca/alpaca-broker.ts";
import { scaledClock } from "../../src/adapters/scaled-clock.ts";
import { Prng } from "../../src/base/prng.ts";
import { AlpacaFace } from "../../src/emulator/alpaca/alpaca-face.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import type { BrokerConnection, VenueOrderRequest } from "../../src/ports/broker-connection.ts";
import { closeAccount } from "../../src/robot/kill/close-account.ts";
import { startLab, type EmulatorLab } from "../emulator-lab.ts";
import { until } from "../fakes/manual-clock.ts";

/*
 * The limit of the emulator is Alpaca's: so many requests in each minute of a key, whoever sends them. Another program
 * with the same key uses them up here. Time goes forty times as fast, so that a minute takes a second and a half.
 */

const speed = 40;
const requestsPerMinute = 60;
const credentials = { key: "KEY", secret: "SECRET" };
/** Twenty seconds into a minute. */
const startMs = Date.parse("2024-03-05T15:00:20Z");
const bitcoin = listingOf("BTC/USD", { quoteCurrency: "USD", lotSize: 0.0001, quantityMin: 0.0001 });

const running: { readonly lab: EmulatorLab; readonly broker: BrokerConnection }[] = [];
afterEach(async () => {
  for (const { lab, broker } of running.splice(0)) {
    await broker.close();
    await lab.close();
  }
});

async function setUp() {
  const clock = scaledClock(startMs, Date.now(), speed);
  const lab = await startLab({
    listings: [bitcoin],
    timeframe: "1m",
    startMs: startMs - 20_000,
    quads: Array.from({ length: 20 }, () => [100, 101, 99, 100] as const),
    clock,
    face: (tools) => new AlpacaFace(tools, { requestsPerMinute }),
  });
  const broker = alpacaBroker(
    {
      market: "crypto",
      fractional: false,
      baseUrl: lab.url,
      wsUrl: lab.wsUrl,
      clockSkewMsMax: 1e12,
      staleAfterMs: 1e9,
      requestTimeoutMs: 60_000,
    },
    { mode: "paper", clock, prng: new Prng(1), credentials, folder: "." },
  );
  running.push({ lab, broker });
  await broker.open({ onOrder() {}, onFill() {}, onLine() {} }, new AbortController().signal);
  expect(await broker.submit(order("entry"))).toMatchObject({ kind: "accepted" });
  lab.exchange.advance();
  expect(await broker.submit(order("rests", { terms: { type: "limit", limitPrice: 50 } }))).toMatchObject({
    kind: "accepted",
  });
  return { clock, lab, broker };
}

function order(clientOrderId: string, more: Partial<VenueOrderRequest> = {}): VenueOrderRequest {
  return {
    clientOrderId,
    symbol: "BTC/USD",
    side: "buy",
    quantity: 2,
    terms: { type: "market" },
    timeInForce: "gtc",
    expireTimeMs: Number.POSITIVE_INFINITY,
    postOnly: false,
    reduceOnly: false,
    ...more,
  };
}

/** Somebody else asks until the venue has had enough; when it will hear again. */
async function useUp(lab: EmulatorLab): Promise<number> {
  const headers = { "apca-api-key-id": credentials.key, "apca-api-secret-key": credentials.secret };
  for (let k = 0; k < 2 * requestsPerMinute; k++) {
    const answer = await fetch(`${lab.url}/v2/clock`, { headers });
    if (answer.status === 429) return Number(answer.headers.get("x-ratelimit-reset")) * 1_000;
  }
  throw new Error("the limit was never used up");
}

test("with the limit used up nothing opens, and cancels and exits go at the moment when the venue hears again", async () => {
  const { clock, lab, broker } = await setUp();
  const resetMs = await useUp(lab);
  expect(await broker.submit(order("opens"))).toMatchObject({ kind: "rejected", code: "rate_limited" });
  const again = async (send: () => ReturnType<BrokerConnection["submit"]>): Promise<number> => {
    for (;;) {
      const answer = await send();
      if (answer.kind === "accepted") return clock.nowMs();
      expect(answer).toMatchObject({ kind: "rejected", code: "rate_limited" });
    }
  };
  const [canceledMs, exitMs] = await Promise.all([
    again(() => broker.cancel("rests", "BTC/USD")),
    again(() => broker.submit(order("exit", { side: "sell" }), "urgent")),
  ]);
  for (const timeMs of [canceledMs, exitMs]) {
    expect(timeMs).toBeGreaterThanOrEqual(resetMs);
    // Two looks of two seconds; the rest is the speed of this clock on a busy machine.
    expect(timeMs).toBeLessThan(resetMs + 15_000);
  }
  expect(lab.account.orders.open().map(({ clientOrderId }) => clientOrderId)).toEqual(["exit"]);
});

test("the kill switch closes an account whose limit is used up as soon as the venue hears again", async () => {
  const { clock, lab, broker } = await setUp();
  const resetMs = await useUp(lab);
  const bars = setInterval(() => lab.exchange.advance(), 150);
  try {
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const pull = { id: "k1", action: "flatten" } as const;
    const left = await closeAccount({
      connection: broker,
      clock,
      log,
      pull,
      signal: AbortSignal.timeout(20_000),
    });
    expect(left).toEqual({});
    expect(clock.nowMs()).toBeLessThan(resetMs + 40_000);
  } finally {
    clearInterval(bars);
  }
  await until(() => lab.account.orders.open().length === 0, "nothing works");
});
