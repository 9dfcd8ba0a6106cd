import { afterEach, expect, test } from "vitest";
import { FakeTerminal, step, type FakeTerminalOptions } from "../../../../test/fakes/fake-terminal.ts";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { Prng } from "../../../base/prng.ts";
import { minuteMs, secondMs } from "../../../base/time.ts";
import type {
  BarSource,
  LiveBar,
  StreamState,
  SubscribeRequest,
  Subscription,
} from "../../../ports/bar-source.ts";
import { metatraderSource, type MetatraderOptions } from "./metatrader-source.ts";

const startMs = Date.parse("2024-03-05T12:00:20Z");
const newYork = "America/New_York+7";
/** The fake looks as often, and so does the source. */
const stepMs = 500;

let terminal: FakeTerminal | null = null;
let source: BarSource | null = null;
afterEach(async () => {
  await source?.close();
  terminal?.close();
});

type Live = {
  readonly clock: ManualClock;
  readonly terminal: FakeTerminal;
  readonly stream: Subscription;
  readonly bars: LiveBar[];
  readonly states: StreamState[];
};

async function subscribe(
  fakeOptions: FakeTerminalOptions = {},
  request: Partial<SubscribeRequest> = {},
  options: Partial<MetatraderOptions> = {},
  atMs = startMs,
): Promise<Live> {
  const clock = new ManualClock(atMs);
  terminal = new FakeTerminal(clock, { timerMs: stepMs, ...fakeOptions });
  source = await metatraderSource({
    folder: terminal.folder,
    serverTime: newYork,
    clock,
    prng: new Prng(1),
    staleAfterMs: 5_000,
    pollMs: stepMs,
    ...options,
  });
  await clock.advance(50);
  const bars: LiveBar[] = [];
  const states: StreamState[] = [];
  const stream = source.subscribe({
    symbols: ["EURUSD"],
    timeframes: ["1m"],
    onBar: (bar) => void bars.push(bar),
    onState: (state) => void states.push(state),
    ...request,
  });
  const live = { clock, terminal, stream, bars, states };
  await pass(live, 2 * secondMs);
  return live;
}

/** Lets time pass in small steps. */
async function pass({ clock }: Pick<Live, "clock">, spanMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < spanMs; passedMs += stepMs) await step(clock, stepMs);
}

const closes = ({ bars }: Live, symbol = "EURUSD"): string[] =>
  bars
    .filter((bar) => bar.symbol === symbol)
    .map(({ closeTimeMs }) => new Date(closeTimeMs).toISOString().slice(11, 19));
const kinds = ({ states }: Live): string[] =>
  states.map(({ kind }) => kind).filter((kind) => kind !== "heartbeat");

test("each bar comes once, moments after its end, and the last one closed before", async () => {
  const live = await subscribe();
  expect(kinds(live)).toEqual(["connecting", "live"]);
  expect(live.terminal.commands.at(-1)).toMatch(/\|SUBSCRIBE_SYMBOLS_BAR_DATA\|EURUSD,M1:>$/);
  await pass(live, 43 * secondMs);
  expect(closes(live)).toEqual(["12:00:00", "12:01:00"]);
  await pass(live, minuteMs);
  expect(closes(live)).toEqual(["12:00:00", "12:01:00", "12:02:00"]);
  expect(live.stream.counts()).toMatchObject({ bars: 3, duplicates: 0, quarantined: 0, connections: 1 });
});

test("a bar without a tick does not exist and is not invented", async () => {
  const live = await subscribe();
  live.terminal.quietMs.add(Date.parse("2024-03-05T12:01:00Z"));
  await pass(live, 170 * secondMs);
  expect(closes(live)).toEqual(["12:00:00", "12:01:00", "12:03:00"]);
});

test("bars of two symbols that overwrite each other's file are fetched", async () => {
  const live = await subscribe({ bridge: "dwx" }, { symbols: ["EURUSD", "GBPUSD"] });
  const { write } = live.terminal;
  // Every announcement of EURUSD is overwritten before it can be read.
  live.terminal.write = (name, value, share) => {
    const { EURUSD_M1: _lost, ...rest } = value as Record<string, unknown>;
    write(name, name === "Bar_Data" ? rest : value, share);
  };
  await pass(live, 2 * minuteMs);
  expect(closes(live, "GBPUSD")).toEqual(["12:00:00", "12:01:00", "12:02:00"]);
  expect(closes(live)).toEqual(["12:00:00", "12:01:00", "12:02:00"]);
});

test("half a file of bar data is read again", async () => {
  const live = await subscribe();
  const { write } = live.terminal;
  let torn = 0;
  live.terminal.write = (name, value, share) => {
    if (name !== "Bar_Data") return write(name, value, share);
    torn += 1;
    write(name, value, 0.6);
    live.clock.schedule(700, () => write(name, value));
  };
  await pass(live, 45 * secondMs);
  expect(torn).toBe(1);
  expect(closes(live)).toEqual(["12:00:00", "12:01:00"]);
});

test("a terminal that dies is noticed, and what was missed is named when it is back", async () => {
  const live = await subscribe();
  live.terminal.stop();
  await pass(live, 12 * secondMs);
  expect(kinds(live).slice(0, 3)).toEqual(["connecting", "live", "reconnecting"]);
  await pass(live, 40 * secondMs);
  live.terminal.start();
  await pass(live, 70 * secondMs);
  const back = live.states.findLast(({ kind }) => kind === "live");
  expect(back).toMatchObject({
    backfill: [{ symbol: "EURUSD", timeframe: "1m", fromMs: Date.parse("2024-03-05T12:00:00Z") + 1 }],
  });
  expect(closes(live)).toContain("12:02:00");
});

test.each(["kiwi", "dwx"] as const)(
  "a terminal that is started anew is subscribed to again (%s)",
  async (bridge) => {
    const live = await subscribe({ bridge });
    live.terminal.stop();
    live.terminal.start();
    await pass(live, 10 * secondMs);
    expect(kinds(live)).toEqual(["connecting", "live", "reconnecting", "connecting", "live"]);
    await pass(live, 31 * secondMs);
    expect(closes(live)).toEqual(["12:00:00", "12:01:00"]);
  },
);

test("a symbol that the broker does not have closes the stream with its name", async () => {
  const live = await subscribe({}, { symbols: ["EURUSD", "EURGPB"] });
  await pass(live, 3 * secondMs);
  const refused = live.states.find(({ kind }) => kind === "refused");
  expect(refused).toMatchObject({ error: { parts: { code: "SYMBOL_UNKNOWN" } } });
});

test("bars from the future close the stream: the zone is wrong", async () => {
  const live = await subscribe({ bridge: "dwx" }, {}, { serverTime: "UTC" });
  expect(live.states.at(-1)).toMatchObject({
    kind: "refused",
    error: { parts: { code: "SERVER_TIME_WRONG" } },
  });
});

test("two subscriptions share one terminal without taking each other's bars", async () => {
  const live = await subscribe();
  const others: LiveBar[] = [];
  source!.subscribe({
    symbols: ["GBPUSD"],
    timeframes: ["1m"],
    onBar: (bar) => void others.push(bar),
    onState: () => {},
  });
  await pass(live, 45 * secondMs);
  expect(closes(live).at(-1)).toBe("12:01:00");
  expect(others.map(({ symbol }) => symbol)).toEqual(["GBPUSD", "GBPUSD"]);
});

test("a weekend is silence, not a failure", async () => {
  const fridayMs = Date.parse("2024-03-08T21:58:30Z");
  const live = await subscribe({}, {}, {}, fridayMs);
  await pass(live, 3 * minuteMs);
  expect(closes(live)).toEqual(["21:58:00", "21:59:00", "22:00:00"]);
  expect(kinds(live)).toEqual(["connecting", "live"]);
  const asked = live.terminal.commands.filter((command) => command.includes("GET_HISTORIC_DATA"));
  expect(asked).toEqual([]);
});

test("a closed stream is silent", async () => {
  const live = await subscribe();
  live.stream.close();
  await pass(live, 45 * secondMs);
  expect(closes(live)).toEqual(["12:00:00"]);
  expect(kinds(live)).toEqual(["connecting", "live", "closed"]);
});
