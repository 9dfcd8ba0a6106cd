import { rmSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { candleAt } from "../../../../test/fakes/fake-candles.ts";
import {
  drive,
  FakeTerminal,
  type FakeTerminalOptions,
  type TerminalFault,
} from "../../../../test/fakes/fake-terminal.ts";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { Prng } from "../../../base/prng.ts";
import { dayMs, hourMs, minuteMs } from "../../../base/time.ts";
import type { Bars } from "../../../domain/bars.ts";
import type { BarRequest, BarSource, RowQuarantine } from "../../../ports/bar-source.ts";
import { metatraderSource, type MetatraderOptions } from "./metatrader-source.ts";
import { serverTime } from "./server-time.ts";

/** A Tuesday; the server is two hours ahead of UTC. */
const nowMs = Date.parse("2024-03-05T12:00:30Z");
const newYork = "America/New_York+7";

let terminal: FakeTerminal | null = null;
let source: BarSource | null = null;
afterEach(async () => {
  await source?.close();
  terminal?.close();
});

type SetUp = { readonly source: BarSource; readonly terminal: FakeTerminal; readonly clock: ManualClock };

async function setUp(
  fakeOptions: FakeTerminalOptions = {},
  options: Partial<MetatraderOptions> = {},
  startMs = nowMs,
): Promise<SetUp> {
  const clock = new ManualClock(startMs);
  terminal = new FakeTerminal(clock, fakeOptions);
  source = await metatraderSource({
    folder: terminal.folder,
    serverTime: newYork,
    clock,
    prng: new Prng(1),
    ...options,
  });
  await clock.advance(50);
  return { source, terminal, clock };
}

function fetchAll({ source, clock }: SetUp, request: Partial<BarRequest> = {}): Promise<Bars[]> {
  const whole = {
    symbol: "EURUSD",
    timeframe: "1m" as const,
    fromMs: nowMs - hourMs,
    toMs: nowMs,
    ...request,
  };
  return drive(
    clock,
    (async () => {
      const pages: Bars[] = [];
      for await (const page of source.fetchBars(whole)) pages.push(page);
      return pages;
    })(),
  );
}

const closesOf = (pages: readonly Bars[]): number[] => pages.flatMap((page) => [...page.closeTimeMs]);
const iso = (timeMs: number | undefined): string => new Date(timeMs!).toISOString();

test("bars stamped with the server's clock come out in UTC, by their close, without the open one", async () => {
  const set = await setUp();
  const pages = await fetchAll(set, { fromMs: nowMs - 10 * minuteMs, toMs: nowMs + dayMs });
  const closes = closesOf(pages);
  expect(iso(closes[0])).toBe("2024-03-05T11:51:00.000Z");
  expect(iso(closes.at(-1))).toBe("2024-03-05T12:00:00.000Z");
  // The bar that closes at 12:00 UTC began at 13:59 on the server.
  const candle = candleAt(Date.parse("2024-03-05T13:59:00Z"), minuteMs);
  expect(pages[0]!.close[9]).toBe(Number(candle.close));
  // From the minute before 11:50:30, so 13:49:30 on the server, in seconds.
  expect(set.terminal.commands[0]).toMatch(/^<:\d+\|GET_HISTORIC_DATA\|EURUSD,M1,1709646570,\d{10}:>$/);
});

test.each([
  [
    "America/New_York+7",
    "2024-07-02",
    "2024-07-01T21:00:00.000Z",
    "in summer the server is three hours ahead",
  ],
  ["America/New_York+7", "2024-01-09", "2024-01-08T22:00:00.000Z", "in winter it is two hours ahead"],
  // The clocks of Europe change on 2024-03-31, those of New York changed on 2024-03-10.
  [
    "Europe/Athens",
    "2024-03-20",
    "2024-03-19T22:00:00.000Z",
    "Athens keeps winter time until the end of March",
  ],
  ["America/New_York+7", "2024-03-20", "2024-03-19T21:00:00.000Z", "New York does not"],
  ["UTC", "2024-03-20", "2024-03-20T00:00:00.000Z", "a server in UTC"],
])("daily bars of a server on %s end with its day %s", async (zone, day, closeIso) => {
  const startMs = Date.parse(`${day}T10:00:00Z`);
  const set = await setUp({ serverTime: zone }, { serverTime: zone }, startMs);
  const pages = await fetchAll(set, { timeframe: "1d", fromMs: startMs - 2 * dayMs, toMs: startMs });
  expect(iso(closesOf(pages).at(-1))).toBe(closeIso);
});

test("a Friday's bar ends when the market does, whatever the server's clock", async () => {
  const startMs = Date.parse("2024-03-25T10:00:00Z");
  const set = await setUp({ serverTime: "UTC" }, { serverTime: "UTC" }, startMs);
  const pages = await fetchAll(set, { timeframe: "1d", fromMs: startMs - 4 * dayMs, toMs: startMs });
  expect(closesOf(pages).map(iso)).toEqual([
    "2024-03-22T00:00:00.000Z",
    "2024-03-22T21:00:00.000Z",
    // The two hours of Sunday evening are a bar of their own on such a server.
    "2024-03-25T00:00:00.000Z",
  ]);
});

test("a long range comes in windows, oldest first, each bar once, weekends left out", async () => {
  const set = await setUp();
  const fromMs = Date.parse("2024-02-14T00:00:00Z");
  const pages = await fetchAll(set, { timeframe: "5m", fromMs });
  const closes = closesOf(pages);
  expect(closes).toEqual([...new Set(closes)].toSorted((a, b) => a - b));
  expect(set.terminal.commands.length).toBe(2);
  // 14 days of trading between 14 February and 5 March, and 14.5 hours of the last; the first close is at 00:00.
  expect(closes.length).toBe(((14 * 24 + 12) * hourMs) / (5 * minuteMs) + 1);
});

const passing: readonly (readonly [string, TerminalFault])[] = [
  ["no answer at all", { kind: "silent" }],
  ["half a file that is never finished", { kind: "torn", restMs: null }],
  ["half a file that is finished later", { kind: "torn", restMs: 400 }],
  ["an answer that takes long", { kind: "late", delayMs: 1_800 }],
  ["an answer after the question was given up", { kind: "late", delayMs: 2_100 }],
  [
    "history that is still loading",
    { kind: "error", errorType: "HISTORIC_DATA_LOADING", description: "EURUSD_M1" },
  ],
  [
    "an error that passes",
    { kind: "error", errorType: "HISTORIC_DATA", description: "for EURUSD_M1: not found" },
  ],
  ["bars for another program", { kind: "otherKey" }],
  ["a file in use", { kind: "inUse", freeMs: 500 }],
  ["a terminal that is started anew", { kind: "restart", downMs: 1_000 }],
];

test.each(passing)("%s costs nothing but time", async (_what, fault) => {
  const set = await setUp({}, { answerMsMax: 2_000 });
  set.terminal.faults.push(fault);
  expect(closesOf(await fetchAll(set))).toHaveLength(60);
});

test("a bridge that never answers is given up after six tries", async () => {
  const set = await setUp({}, { answerMsMax: 500, retry: { delayMsMax: 500 } });
  for (let k = 0; k < 6; k++) set.terminal.faults.push({ kind: "silent" });
  await expect(fetchAll(set)).rejects.toThrow(/SOURCE_UNREACHABLE.*6 tries.*gave no answer within 500 ms/);
});

test("a closed terminal is named after three seconds without a beat, and its command is taken back", async () => {
  const set = await setUp();
  set.terminal.stop();
  await set.clock.advance(60_000);
  await expect(fetchAll(set)).rejects.toThrow(/TERMINAL_NOT_RUNNING.*2024-03-05T12:00:30/);
  expect(set.terminal.commands).toEqual([]);
});

test("without a heartbeat, a command that nobody takes says that the terminal is closed", async () => {
  const set = await setUp({ bridge: "dwx" }, { pickupMsMax: 1_000 });
  set.terminal.stop();
  await expect(fetchAll(set)).rejects.toThrow(/TERMINAL_NOT_RUNNING no bridge took a command within 1 s/);
  // It would be carried out when the terminal starts some day.
  set.terminal.start();
  await set.clock.advance(1_000);
  expect(set.terminal.commands).toEqual([]);
});

test("a terminal without its broker is refused", async () => {
  const set = await setUp();
  set.terminal.isConnected = false;
  await set.clock.advance(2_000);
  await expect(fetchAll(set)).rejects.toThrow(/TERMINAL_OFFLINE/);
});

test("a zone that is not the server's is refused, with the offset that the server has", async () => {
  const set = await setUp({ serverTime: newYork }, { serverTime: "UTC" });
  const error = await fetchAll(set).catch((error: unknown) => error);
  expect(error).toMatchObject({ parts: { code: "SERVER_TIME_WRONG", exit: "config" } });
  expect((error as { parts: { fix: string } }).parts.fix).toContain("UTC+2");
});

test("without a heartbeat, bars from the future give a wrong zone away", async () => {
  const set = await setUp({ bridge: "dwx", serverTime: newYork }, { serverTime: "UTC" });
  await expect(fetchAll(set, { toMs: nowMs + dayMs })).rejects.toThrow(
    /SERVER_TIME_WRONG.*a bar would begin 1 h 59 min/,
  );
});

test("a machine whose clock is off is refused", async () => {
  const set = await setUp();
  set.terminal.skewMs = 60_000;
  await set.clock.advance(2_000);
  await expect(fetchAll(set)).rejects.toThrow(/CLOCK_OFF.*behind the terminal's machine/);
});

test("an unknown symbol is refused with the nearest that the broker has", async () => {
  const set = await setUp();
  const error = await fetchAll(set, { symbol: "EURUSD.m" }).catch((error: unknown) => error);
  expect(error).toMatchObject({ parts: { code: "SYMBOL_UNKNOWN", fix: 'did you mean "EURUSD"?' } });
});

test("the bridge of DWX Connect does for bars, and cannot list symbols", async () => {
  const set = await setUp({ bridge: "dwx" });
  expect(closesOf(await fetchAll(set))).toHaveLength(60);
  await expect(drive(set.clock, set.source.symbols())).rejects.toThrow(/BRIDGE_LACKS_COMMAND/);
});

test("files in the terminal's own encoding are read", async () => {
  const set = await setUp({ encoding: "utf16le" });
  expect(closesOf(await fetchAll(set))).toHaveLength(60);
});

test("symbols come with their steps in units, not in lots", async () => {
  const set = await setUp();
  expect((await drive(set.clock, set.source.symbols()))[0]).toEqual({
    symbol: "EURUSD",
    assetClass: "forex",
    baseCurrency: "EUR",
    quoteCurrency: "USD",
    tickSize: 0.00001,
    lotSize: 1_000,
    notionalMin: null,
    isTrading: true,
    calendarName: "24/5",
  });
});

test.each(["kiwi", "dwx"] as const)("a weekend in a range is no failure (%s)", async (bridge) => {
  const sundayMs = Date.parse("2024-03-03T12:00:00Z");
  const set = await setUp({ bridge }, {}, sundayMs);
  const pages = await fetchAll(set, { fromMs: Date.parse("2024-03-02T00:00:00Z"), toMs: sundayMs });
  expect(closesOf(pages)).toEqual([]);
});

test("history that begins later is found, not waited through", async () => {
  const listedMs = Date.parse("2024-03-04T00:00:00Z");
  const set = await setUp({ bridge: "dwx", listedMs });
  const closes = closesOf(
    await fetchAll(set, { timeframe: "1m", fromMs: Date.parse("2023-06-01T00:00:00Z") }),
  );
  expect(iso(closes[0])).toBe("2024-03-04T22:01:00.000Z");
});

test("a terminal that has no bars at all says so, and how to get them", async () => {
  const set = await setUp({ bridge: "dwx", listedMs: nowMs + dayMs });
  await expect(fetchAll(set, { timeframe: "1h", fromMs: nowMs - dayMs })).rejects.toThrow(
    /TERMINAL_HISTORY_MISSING.*history not found/,
  );
});

test("rows that cannot be bars are left out and told", async () => {
  const set = await setUp();
  set.terminal.faults.push({ kind: "silent" });
  const answer = {
    EURUSD_M1: {
      "2024.03.05 13:50": { open: 1, high: 2, low: 0.5, close: 1.5, tick_volume: 10 },
      "2024.03.05 13:51": { open: 1, high: 0.9, low: 0.5, close: 1.5, tick_volume: 10 },
      "2024.03.05 13:52:30": { open: 1, high: 2, low: 0.5, close: 1.5, tick_volume: 10 },
    },
  };
  set.clock.schedule(2_000, () => set.terminal.write("Historic_Data", answer));
  let quarantine: readonly RowQuarantine[] = [];
  const pages = await fetchAll(set, { onQuarantine: (entries) => (quarantine = entries) });
  expect(closesOf(pages).map(iso)).toEqual(["2024-03-05T11:51:00.000Z"]);
  expect(quarantine.map(({ fault, count }) => [fault, count])).toEqual([
    ["ohlc", 1],
    ["offGrid", 1],
  ]);
});

test("the last bars are the last closed ones", async () => {
  const set = await setUp();
  const bars = await drive(set.clock, set.source.latest("EURUSD", "1h", 30));
  expect(bars.length).toBe(30);
  expect(iso(bars.closeTimeMs[29])).toBe("2024-03-05T12:00:00.000Z");
});

test("two fetches at once do not take each other's answers", async () => {
  const set = await setUp();
  const both = await Promise.all([fetchAll(set), fetchAll(set, { symbol: "GBPUSD", timeframe: "5m" })]);
  expect(both.map((pages) => closesOf(pages).length)).toEqual([60, 12]);
});

test("a folder without a bridge is refused with the way to make one", async () => {
  const set = await setUp();
  rmSync(`${set.terminal.folder}/DWX`, { recursive: true });
  const options = { clock: set.clock, prng: new Prng(1), serverTime: newYork };
  await expect(metatraderSource({ ...options, folder: set.terminal.folder })).rejects.toThrow(
    /TERMINAL_FOLDER_MISSING/,
  );
});

test("a folder that is gone is told when the next command should go in", async () => {
  const set = await setUp();
  set.terminal.close();
  await expect(fetchAll(set)).rejects.toThrow(/TERMINAL_FOLDER_READ_ONLY.*ENOENT/);
});

test.each(["Athens2", "UTC+2:75", "UTC+99", "Etc/GMT+2", "+2", ""])(
  "a server time written as %j is refused",
  (text) => {
    expect(() => serverTime(text)).toThrow(/SERVER_TIME_INVALID|TIME_ZONE_UNKNOWN/);
  },
);

test("a closed source stops its fetches", async () => {
  const set = await setUp();
  set.terminal.faults.push({ kind: "silent" });
  const fetching = fetchAll(set);
  setImmediate(() => void set.source.close());
  await expect(fetching).rejects.toThrow(/SOURCE_CLOSED/);
});
