import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../../test/shared.ts";
import { interpretBybit } from "./interpret-bybit.ts";

const interpret = interpretBybit("linear");

/** Kinds of a message's events, without the time that each carries. */
function kindsOf(message: unknown): string[] {
  return interpret(message)
    .filter(({ kind }) => kind !== "time")
    .map((event) => {
      if (event.kind === "ignored") return event.what;
      return event.kind === "unreadable" ? `unreadable: ${event.reason}` : event.kind;
    });
}

function countKinds(messages: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of messages.flatMap(kindsOf)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

const folderOf = (name: string): string => sharedPath("fixtures", "market", name);
const samplesOf = (name: string): unknown[] =>
  JSON.parse(readFileSync(join(folderOf("tardis-messages"), name), "utf8")) as unknown[];

// Recorded: raw messages of tardis.dev; 11 + 4 of them carry books, tickers and liquidations, the others trades.
test.skipIf(!hasShared)("recorded messages are understood or left out by name", () => {
  expect(countKinds(samplesOf("bybit.json"))).toEqual({
    trade: 4,
    orderbook: 5,
    tickers: 5,
    liquidation: 2,
    allLiquidation: 2,
  });
  expect(countKinds(samplesOf("bybit-spot.json"))).toEqual({ trade: 5, orderbook: 4 });
  for (const message of [...samplesOf("bybit.json"), ...samplesOf("bybit-spot.json")]) {
    const { data, topic } = message as { data: unknown; topic: string };
    const trades = topic.startsWith("publicTrade") ? (data as unknown[]).length : 1;
    expect(kindsOf(message)).toHaveLength(trades);
  }
});

// Recorded: 50 messages in a row of an order book, and the examples of Bybit's documents (NautilusTrader's test data).
test.skipIf(!hasShared)(
  "a recorded order book and the documents' examples are understood or left out by name",
  () => {
    const folder = folderOf("nautilus-bybit-v5");
    const [book] = Object.values(unzipSync(readFileSync(join(folder, "xrpusdt-ob500.data.zip"))));
    const lines = new TextDecoder().decode(book).trimEnd().split("\n");
    expect(countKinds(lines.map((line) => JSON.parse(line) as unknown))).toEqual({ orderbook: 50 });
    const examples = readdirSync(folder).filter((name) => name.startsWith("ws_"));
    const unread = examples.filter((name) =>
      kindsOf(JSON.parse(readFileSync(join(folder, name), "utf8"))).some((kind) =>
        kind.startsWith("unreadable"),
      ),
    );
    // One is a row of data and no message; the other has a topic that no version of the interface sends.
    expect(unread).toEqual(["ws_account_position_with_open_time.json", "ws_public_trade.json"]);
    const kline = JSON.parse(readFileSync(join(folder, "ws_kline.json"), "utf8")) as unknown;
    expect(interpret(kline)).toEqual([
      {
        kind: "bar",
        symbol: "BTCUSDT",
        timeframe: "5m",
        row: { openMs: 1672324800000, open: 16649.5, high: 16677, low: 16608, close: 16677, volume: 2.081 },
        isClosed: false,
      },
      { kind: "time", timeMs: 1672324988882 },
    ]);
  },
);

test("an inverse contract counts dollars: the base asset is what they bought", () => {
  const trade = { i: "a", s: "BTCUSD", T: 1, p: "50000", v: "100" };
  const [event] = interpretBybit("inverse")({ topic: "publicTrade.BTCUSD", ts: 1, data: [trade] });
  expect(event).toMatchObject({ quantity: 0.002 });
});

test.each([
  null,
  "text",
  {},
  { topic: "kline.1.BTCUSDT" },
  { topic: "kline.1.BTCUSDT", data: [{ start: 1 }] },
  { topic: "kline.7.BTCUSDT", data: [] },
  { topic: "publicTrade.BTCUSDT", data: {} },
  { topic: "weather.BTCUSDT" },
])("%j is not understood, and said to be so", (message) => {
  expect(interpret(message).map(({ kind }) => kind)).toEqual(["unreadable"]);
});

test("a refusal that is no text is a refusal all the same", () => {
  // What cannot be turned into text would have ended the program that watches.
  const said = JSON.parse('{"toString":1}') as unknown;
  const [event] = interpretBybit("linear")({ op: "subscribe", success: false, ret_msg: said });
  expect(event?.kind).toBe("refused");
});
