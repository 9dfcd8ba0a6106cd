import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cryptofeedMessages, hftbacktestMessages } from "../../../../test/recorded-messages.ts";
import { hasShared, sharedPath } from "../../../../test/shared.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import { tradesToBars } from "../../../data/trades-to-bars.ts";
import type { StreamEvent } from "../shared/stream-events.ts";
import { interpretBinance } from "./interpret-binance.ts";

type Counts = Readonly<Record<string, number>>;

/** How many messages there are of each kind; one that is not understood shows as `unreadable: <reason>`. */
function countKinds(messages: readonly unknown[]): Counts {
  const counts = new Map<string, number>();
  for (const event of messages.flatMap(interpretBinance)) {
    const kind = nameOf(event);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

function nameOf(event: StreamEvent): string {
  if (event.kind === "ignored") return event.what;
  if (event.kind === "unreadable") return `unreadable: ${event.reason}`;
  return event.kind === "bar" ? (event.isClosed ? "closed bar" : "open bar") : event.kind;
}

const total = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

// Recorded: captures of Binance's streams of 2021 (cryptofeed) and 2024 (hftbacktest), counted by kind.
const captures: readonly (readonly [string, () => unknown[], Counts])[] = [
  [
    "Binance spot, 2021",
    () => cryptofeedMessages("BINANCE.ws.1.0"),
    { "open bar": 2, trade: 2, bookTicker: 84, depthUpdate: 177 },
  ],
  [
    "Binance futures, 2021",
    () => cryptofeedMessages("BINANCE_FUTURES.ws.1.0"),
    { "closed bar": 4, "open bar": 63, trade: 91, bookTicker: 613, depthUpdate: 764 },
  ],
  [
    "Binance US, 2021",
    () => cryptofeedMessages("BINANCE_US.ws.1.0"),
    { "closed bar": 1, "open bar": 4, trade: 11, bookTicker: 128, depthUpdate: 336 },
  ],
  [
    "Binance spot, 2024",
    () => hftbacktestMessages("spot/btcusdt_20240808"),
    { trade: 9_757, bookTicker: 28_040, depthUpdate: 3_451, "depth snapshot": 1 },
  ],
  [
    "Binance USD-M futures, 2024",
    () => hftbacktestMessages("usdm/btcusdt_20240808"),
    { trade: 21_313, bookTicker: 66_089, depthUpdate: 6_551, "depth snapshot": 1 },
  ],
  [
    "Binance COIN-M futures, 2024",
    () => hftbacktestMessages("cm/ethusd_perp_20240808"),
    { trade: 1_732, bookTicker: 15_812, depthUpdate: 22_909, "depth snapshot": 1 },
  ],
  [
    "Binance spot, samples of tardis",
    () => samplesOf("tardis-messages", "binance.json"),
    { trade: 2, bookTicker: 1, "24hrTicker": 1, depthUpdate: 4, "depth snapshot": 2 },
  ],
  [
    "Binance futures, samples of tardis",
    () => samplesOf("tardis-messages", "binance-futures.json"),
    {
      trade: 4,
      bookTicker: 1,
      "24hrTicker": 2,
      depthUpdate: 2,
      "depth snapshot": 1,
      forceOrder: 1,
      markPriceUpdate: 3,
      openInterest: 1,
    },
  ],
];

const samplesOf = (...parts: readonly string[]): unknown[] =>
  JSON.parse(readFileSync(sharedPath("fixtures", "market", ...parts), "utf8")) as unknown[];

test.skipIf(!hasShared).each(captures)(
  "%s: every message is understood or left out by name",
  (_name, read, expected) => {
    const messages = read();
    const counts = countKinds(messages);
    expect(counts).toEqual(expected);
    expect(total(counts)).toBe(messages.length);
  },
);

// Recorded: single messages in the test data of NautilusTrader, which come from Binance's documents.
test.skipIf(!hasShared)("the documents' examples are understood or left out by name", () => {
  const folders = [
    "ws_messages",
    "futures/market_data_json",
    "futures/user_data_json",
    "spot/user_data_json",
  ];
  const messages = folders.flatMap((folder) => {
    const path = sharedPath("fixtures", "market", "nautilus-binance", folder);
    return readdirSync(path).map((name) => JSON.parse(readFileSync(join(path, name), "utf8")) as unknown);
  });
  const counts = countKinds(messages);
  expect(total(counts)).toBe(messages.length);
  expect(Object.keys(counts).filter((kind) => kind.startsWith("unreadable"))).toEqual([]);
  expect(counts).toMatchObject({ "closed bar": 1, "open bar": 1, trade: 4 });
});

// Recorded: trades and candles of the same capture; the candle says how many trades it is made of.
test.skipIf(!hasShared)("candles made of recorded trades are the venue's own, to the last digit", () => {
  let compared = 0;
  for (const name of ["BINANCE_FUTURES.ws.1.0", "BINANCE_US.ws.1.0"]) {
    const messages = cryptofeedMessages(name) as { data: Record<string, unknown> }[];
    const candles = new Map<string, Record<string, unknown>>();
    for (const { data } of messages) if (data["e"] === "kline") candles.set(String(data["s"]), data);
    for (const [symbol, data] of candles) {
      const kline = data["k"] as { t: number; T: number; n: number; L: number };
      const parts = messages
        .map((message) => message.data as { e: string; s: string; T: number; f: number; l: number })
        .filter(({ e, s, T, l }) => e === "aggTrade" && s === symbol && T >= kline.t && l <= kline.L);
      // Captures begin in the middle of a minute: a candle counts when all of its trades were caught.
      if (parts.reduce((count, { f, l }) => count + l - f + 1, 0) !== kline.n) continue;
      const trades = parts.flatMap(interpretBinance).filter((event) => event.kind === "trade");
      const bars = tradesToBars(symbol, "1m", trades, calendarNamed("24/7"));
      const [event] = interpretBinance(data);
      expect(event).toMatchObject({
        kind: "bar",
        row: {
          openMs: bars.closeTimeMs[0]! - 60_000,
          open: bars.open[0],
          high: bars.high[0],
          low: bars.low[0],
          close: bars.close[0],
          volume: bars.volume[0],
        },
      });
      compared += 1;
    }
  }
  expect(compared).toBe(4);
});

test.each([
  null,
  1,
  "text",
  {},
  { e: "kline" },
  { e: "news" },
  { stream: "x", data: null },
  { e: "trade", s: 1 },
])("%j is not understood, and said to be so", (message) => {
  expect(interpretBinance(message).map(({ kind }) => kind)).toEqual(["unreadable"]);
});
