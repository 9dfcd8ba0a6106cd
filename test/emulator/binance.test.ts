import { MainClient, WebsocketClient } from "binance";
import { afterEach, expect, test } from "vitest";
import { BinanceFace } from "../../src/emulator/binance/binance-face.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import {
  clientsPython,
  runPython,
  startLab,
  type EmulatorLab,
  type LabOptions,
  type TapeQuad,
} from "../emulator-lab.ts";
import { ManualClock, until } from "../fakes/manual-clock.ts";

/* The official client for TypeScript and python-binance, unmodified, read what the tape says. */

const startMs = Date.parse("2024-03-05T15:00:00Z");
const bars: readonly TapeQuad[] = [
  [100, 101, 99, 100],
  [100, 105, 95, 104],
  [104, 104, 104, 104],
];

const labs: EmulatorLab[] = [];
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

async function lab(more: Partial<LabOptions> = {}): Promise<EmulatorLab> {
  const made = await startLab({
    listings: [listingOf("BTCUSDT")],
    timeframe: "1m",
    startMs,
    quads: bars,
    face: (tools) => new BinanceFace(tools),
    ...more,
  });
  labs.push(made);
  return made;
}

test("klines come oldest first, and of any length that the tape can make", async () => {
  const made = await lab();
  while (made.exchange.advance());
  const client = new MainClient({ baseUrl: made.url });
  const minutes = await client.getKlines({ symbol: "BTCUSDT", interval: "1m", startTime: startMs });
  expect(minutes.map(([open, , , , close]) => `${open} ${Number(close)}`)).toEqual([
    `${startMs} 100`,
    `${startMs + 60_000} 104`,
    `${startMs + 120_000} 104`,
  ]);
  const [hour] = await client.getKlines({ symbol: "BTCUSDT", interval: "1h" });
  expect([hour![1], hour![2], hour![3], hour![4]].map(Number)).toEqual([100, 105, 95, 104]);
  const error = await client.getKlines({ symbol: "NOPE", interval: "1m" }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: -1121 });
});

test("the stream of klines says which are closed", async () => {
  const made = await lab();
  const client = new WebsocketClient({ wsUrl: made.wsUrl }, { trace() {}, info() {}, error() {} });
  const heard: string[] = [];
  let isSubscribed = false;
  client.on("response", () => {
    isSubscribed = true;
  });
  client.on("message", (data) => {
    const { k } = ((data as { data?: unknown }).data ?? data) as { k?: { c: string; x: boolean } };
    if (k !== undefined) heard.push(`${Number(k.c)} ${k.x}`);
  });
  void client.subscribe(["btcusdt@kline_1m", "btcusdt@kline_5m"], "main");
  await until(() => isSubscribed, "the klines are subscribed");
  while (made.exchange.advance());
  await until(() => heard.length === 4, "four klines");
  client.closeAll(true);
  expect(heard).toEqual(["104 true", "104 false", "104 true", "104 false"]);
});

test("who asks for too much is told to wait, and who does not wait is shut out", async () => {
  const made = await lab();
  const clock = new ManualClock(startMs);
  const face = new BinanceFace({ exchange: made.exchange, faults: made.faults, clock, watch: () => {} });
  const query = new URLSearchParams({ symbol: "BTCUSDT", interval: "1m" });
  const ask = (): number =>
    face.handle({ method: "GET", path: "/api/v3/klines", rawQuery: "", query, headers: {}, body: "" }).status;
  const statuses = Array.from({ length: 3_021 }, ask);
  expect([statuses[2_999], statuses[3_000], statuses[3_019], statuses[3_020]]).toEqual([200, 429, 429, 418]);
  await clock.advance(60_000);
  expect(ask()).toBe(418);
  await clock.advance(61_000);
  expect(ask()).toBe(200);
});

const python = clientsPython();

test.skipIf(python === null)("python-binance reads the same klines", { timeout: 60_000 }, async () => {
  const made = await lab();
  while (made.exchange.advance());
  const told = await runPython(
    python!,
    `
from binance.client import Client
Client.API_URL = "${made.url}/api"
client = Client(ping=True)
print([float(row[4]) for row in client.get_klines(symbol="BTCUSDT", interval="1m")])
print(client.get_symbol_info("BTCUSDT")["baseAsset"])
`,
  );
  expect(told.split("\n")).toEqual(["[100.0, 104.0, 104.0]", "BTC"]);
});
