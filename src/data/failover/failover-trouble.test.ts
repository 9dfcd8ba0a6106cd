import { expect, test } from "vitest";
import { FailoverProvider, trueBar } from "../../../test/failover-provider.ts";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { minuteMs, secondMs } from "../../base/time.ts";
import type { LiveBar, StreamState, SubscribeRequest } from "../../ports/bar-source.ts";
import type { FailoverPolicy } from "./failover-policy.ts";
import { failoverSource } from "./failover-source.ts";
import type { FailoverEvent } from "./provider-pool.ts";

const startMs = Date.UTC(2026, 0, 5, 10, 0, 20);
const firstCloseMs = Date.UTC(2026, 0, 5, 10, 1);
const ours = "BTCUSDT";

/** Two plain providers, and whatever the stream over them says. */
function pair(policy: Partial<FailoverPolicy> = {}, symbols: readonly string[] = [ours]) {
  const clock = new ManualClock(startMs);
  const providers = [
    new FailoverProvider({ name: "first", clock }),
    new FailoverProvider({ name: "second", clock }),
  ] as const;
  const events: FailoverEvent[] = [];
  const onEvent = (event: FailoverEvent) => void events.push(event);
  const source = failoverSource({
    providers: providers.map((one) => ({ source: one })),
    clock,
    policy,
    onEvent,
  });
  const states: StreamState[] = [];
  const request = {
    symbols,
    timeframes: ["1m"],
    onBar: (() => {}) as SubscribeRequest["onBar"],
    onState: (state: StreamState) => void states.push(state),
  } satisfies SubscribeRequest;
  return { clock, providers, source, events, states, request };
}

/** The request that a provider gets from now on. */
function speakerOf(provider: FailoverProvider): () => SubscribeRequest {
  const said: SubscribeRequest[] = [];
  const subscribe = provider.subscribe.bind(provider);
  provider.subscribe = (request) => {
    said.push(request);
    return subscribe(request);
  };
  return () => said.at(-1)!;
}

test.each([new Error("no streams today"), "no streams today"])(
  "a provider that cannot be subscribed to is one that refused: %s",
  async (thrown) => {
    const { clock, providers, source, states, request } = pair();
    for (const provider of providers)
      provider.subscribe = () => {
        throw thrown as Error;
      };
    const subscription = source.subscribe(request);
    await clock.advance(minuteMs);
    expect(states.at(-1)).toMatchObject({ kind: "refused", error: new Error("no streams today") });
    expect(subscription.counts()).toMatchObject({ bars: 0, connections: 0 });
    await source.close();
  },
);

test("providers that all refuse when they are asked again end the stream, and nobody looks at it any more", async () => {
  const { clock, providers, source, states, request } = pair();
  const speakers = providers.map(speakerOf);
  source.subscribe(request);
  await clock.advance(minuteMs);
  for (const [index, provider] of providers.entries()) {
    speakers[index]!().onState({ kind: "closed", atMs: clock.nowMs() });
    await provider.close();
  }
  for (const provider of providers)
    provider.subscribe = () => {
      throw new Error("not any more");
    };
  await clock.advance(3 * minuteMs);
  expect(states.at(-1)).toMatchObject({ kind: "refused", error: new Error("not any more") });
  const waits = clock.waits.length;
  await clock.advance(secondMs);
  expect(clock.waits.length - waits).toBeLessThanOrEqual(2);
  await source.close();
});

test("a provider that refuses is asked again after a while, and what it sets aside is told", async () => {
  const { clock, providers, source, events, states, request } = pair();
  const [first] = providers;
  const speaker = speakerOf(first);
  const subscribe = first.subscribe.bind(first);
  first.subscribe = () => {
    first.subscribe = subscribe;
    throw new Error("not yet");
  };
  source.subscribe(request);
  await clock.advance(8 * minuteMs);
  const moves = () => events.flatMap((event) => (event.kind === "switched" ? [event.to] : [event.kind]));
  expect(moves()).toEqual(["second", "first"]);
  // What a provider sets aside itself is told, and counted as its own.
  speaker().onState({ kind: "quarantined", atMs: clock.nowMs(), fault: "ohlc", example: "a row" });
  expect([states.at(-1)!.kind, source.members()[0]!.quarantined]).toEqual(["quarantined", 1]);
  await source.close();
});

test("a provider that was left in trouble is not taken again at once, however bad the other is", async () => {
  const { clock, providers, source, events, request } = pair();
  const [first, second] = providers;
  const speakers = providers.map(speakerOf);
  source.subscribe(request);
  await clock.advance(minuteMs);
  const end = async (index: 0 | 1) => {
    speakers[index]!().onState({ kind: "closed", atMs: clock.nowMs() });
    await providers[index].close();
  };
  await end(0);
  // The first is asked again after a minute, and good from its first bar on.
  await clock.advance(3 * minuteMs);
  await end(1);
  await end(0);
  const moves = () => events.flatMap((event) => (event.kind === "switched" ? [event.to] : [event.kind]));
  await clock.advance(50 * secondMs);
  expect(moves()).toEqual([second.name, first.name, "no-provider"]);
  await clock.advance(15 * secondMs);
  expect(moves().slice(3)).toEqual([second.name]);
  await source.close();
});

test("one stream that ends leaves the others watched over", async () => {
  const { clock, providers, source, events, request } = pair();
  const speaker = speakerOf(providers[0]);
  const other = source.subscribe(request);
  source.subscribe(request);
  await clock.advance(minuteMs);
  other.close();
  speaker().onState({ kind: "closed", atMs: clock.nowMs() });
  await clock.advance(2 * secondMs);
  expect(events).toMatchObject([{ kind: "switched", to: "second", reason: "failing" }]);
  await source.close();
});

test("a receiver that fails or is slow hears the next bar when it is done, and the provider hears of the failure", async () => {
  const { clock, providers, source, request } = pair();
  const speaker = speakerOf(providers[0]);
  const heard: number[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  source.subscribe({
    ...request,
    onBar: ({ closeTimeMs }) => {
      heard.push((closeTimeMs - firstCloseMs) / minuteMs);
      gates.push(Promise.withResolvers<void>());
      return gates.at(-1)!.promise;
    },
  });
  await clock.advance(secondMs);
  const send = (minute: number) => {
    const closeTimeMs = firstCloseMs + minute * minuteMs;
    return speaker().onBar({ symbol: ours, timeframe: "1m", closeTimeMs, ...trueBar(ours, closeTimeMs) });
  };
  await clock.advance(firstCloseMs + 2 * minuteMs + 100 - clock.nowMs());
  // The provider has sent two of them by itself, and nobody has taken the first yet.
  expect(heard).toEqual([0]);
  const third = Promise.resolve(send(2));
  gates[0]!.reject(new Error("the receiver fell over"));
  await clock.advance(0);
  expect(heard).toEqual([0, 1]);
  gates[1]!.resolve();
  await clock.advance(0);
  gates[2]!.reject(new Error("the receiver fell over again"));
  await expect(third).rejects.toThrow("the receiver fell over again");
  await clock.advance(minuteMs + secondMs);
  expect(heard).toEqual([0, 1, 2, 3]);
  // Whoever closes while one waits for the receiver does not get the next.
  await clock.advance(minuteMs);
  await source.close();
  gates[3]!.resolve();
  await clock.advance(0);
  expect(heard).toEqual([0, 1, 2, 3]);
});

test("a consumer that closes in the middle of what it hears, hears nothing more", async () => {
  const { clock, providers, source, events, request } = pair();
  const speaker = speakerOf(providers[0]);
  const kinds: string[] = [];
  const bars: LiveBar[] = [];
  const subscription = source.subscribe({
    ...request,
    onBar: (bar) => void bars.push(bar),
    onState: ({ kind }) => {
      kinds.push(kind);
      if (kind === "quarantined") subscription.close();
    },
  });
  await clock.advance(minuteMs);
  const count = bars.length;
  // A bar that is next and cannot be: it is set aside, and would be told as missing.
  const closeTimeMs = firstCloseMs + minuteMs;
  await clock.advance(closeTimeMs - clock.nowMs());
  speaker().onState({ kind: "heartbeat", atMs: clock.nowMs() });
  await speaker().onBar({
    symbol: ours,
    timeframe: "1m",
    closeTimeMs,
    ...trueBar(ours, closeTimeMs),
    volume: -1,
  });
  await clock.advance(minuteMs);
  expect(kinds.slice(-3)).toEqual(["heartbeat", "quarantined", "closed"]);
  expect([bars.length, events]).toEqual([count, []]);
  await source.close();
});

test("a bar that is left out is told as a gap, but not where no bar means no trade", async () => {
  for (const expectsEveryBar of [true, false]) {
    const { clock, providers, source, states, request } = pair({ expectsEveryBar });
    const speaker = speakerOf(providers[0]);
    source.subscribe(request);
    await clock.advance(secondMs);
    const { onBar } = speaker();
    // From here on only what the test says is said.
    await providers[0].close();
    await clock.advance(firstCloseMs + minuteMs - clock.nowMs());
    const at = (minute: number) => firstCloseMs + minute * minuteMs;
    await onBar({ symbol: ours, timeframe: "1m", closeTimeMs: at(1), ...trueBar(ours, at(1)) });
    const gaps = states.filter(({ kind }) => kind === "gap");
    expect(gaps).toMatchObject(expectsEveryBar ? [{ backfill: [{ symbol: ours, toMs: at(1) }] }] : []);
    await source.close();
  }
});

test("a gap that a provider tells of is told with the bars it means, also one of long ago", async () => {
  const { clock, providers, source, states, request } = pair();
  const speaker = speakerOf(providers[0]);
  source.subscribe(request);
  await clock.advance(5 * minuteMs);
  const past = { symbol: ours, timeframe: "1m", fromMs: firstCloseMs, toMs: firstCloseMs + 1 } as const;
  states.length = 0;
  speaker().onState({ kind: "gap", atMs: clock.nowMs(), backfill: [past] });
  // That it stands once more, and a symbol that we do not know, change nothing.
  speaker().onState({ kind: "live", atMs: clock.nowMs(), backfill: [] });
  const overdue = { kind: "overdue", atMs: clock.nowMs(), timeframe: "1m", lastCloseMs: null } as const;
  speaker().onState({ ...overdue, symbol: "OTHER" });
  expect(states).toMatchObject([
    { kind: "gap", backfill: [past] },
    { kind: "live", backfill: [] },
    { kind: "overdue", symbol: "OTHER" },
  ]);
  await source.close();
});

test("a provider that is still connecting may lose its line, and is left only when it does not stand in time", async () => {
  const { clock, providers, source, events, request } = pair();
  const speaker = speakerOf(providers[0]);
  source.subscribe(request);
  const lost = { kind: "reconnecting", attempt: 1, delayMs: 0, reason: "line cut" } as const;
  speaker().onState({ ...lost, atMs: clock.nowMs() });
  await clock.advance(minuteMs);
  expect(events).toEqual([]);
  await source.close();
});

test("trouble of one symbol is not that of another", async () => {
  const { clock, providers, request } = pair({}, [ours, "ETHUSDT"]);
  const speaker = speakerOf(providers[0]);
  const source = failoverSource({ providers: [{ source: providers[0] }], clock });
  source.subscribe(request);
  await clock.advance(secondMs);
  const { onBar } = speaker();
  await providers[0].close();
  for (let minute = 0; minute < 4; minute++) {
    const closeTimeMs = firstCloseMs + minute * minuteMs;
    await clock.advance(closeTimeMs + 200 - clock.nowMs());
    await onBar({ symbol: ours, timeframe: "1m", closeTimeMs, ...trueBar(ours, closeTimeMs) });
  }
  await clock.advance(20 * secondMs);
  expect(source.feedHealth.troubleWith(ours)).toBeNull();
  expect(source.feedHealth.troubleWith("ETHUSDT")).toMatch(/first owes \d bars of ETHUSDT 1m/);
  await source.close();
});

test("bars of seconds close on seconds", async () => {
  const { clock, providers, source, request, states } = pair();
  const bars: LiveBar[] = [];
  for (const provider of providers) {
    const offered = { ...provider.capabilities, streamTimeframes: ["5s"] };
    Object.assign(provider, { capabilities: offered });
  }
  const timed = failoverSource({ providers: providers.map((one) => ({ source: one })), clock });
  const speaker = speakerOf(providers[0]);
  timed.subscribe({ ...request, timeframes: ["5s"], onBar: (bar) => void bars.push(bar) });
  await clock.advance(10 * secondMs);
  const at = (closeTimeMs: number) =>
    speaker().onBar({ symbol: ours, timeframe: "5s", closeTimeMs, ...trueBar(ours, closeTimeMs) });
  await at(startMs + 10 * secondMs);
  await clock.advance(5 * secondMs);
  await at(startMs + 15 * secondMs - 1);
  expect(bars).toMatchObject([{ closeTimeMs: startMs + 10 * secondMs }]);
  expect(states.at(-1)).toMatchObject({ kind: "quarantined", fault: "offGrid" });
  await timed.close();
  await source.close();
});

test("a provider whose bars come late is left for history, though nothing of it failed", async () => {
  const { clock, providers, request } = pair();
  const slow = new FailoverProvider({ name: "slow", clock, delayMs: 25 * secondMs });
  const events: FailoverEvent[] = [];
  const source = failoverSource({
    providers: [{ source: slow }, { source: providers[1] }],
    clock,
    onEvent: (event) => void events.push(event),
  });
  const subscription = source.subscribe(request);
  await clock.advance(3 * minuteMs);
  subscription.close();
  expect(events).toEqual([]);
  await source.latest(ours, "1m", 1);
  expect(events).toMatchObject([
    { kind: "switched", from: "slow", to: "second", reason: "score", why: "slow scores 0.20" },
  ]);
  await source.close();
});
