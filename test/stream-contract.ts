import { afterEach, describe, expect, test } from "vitest";
import { minuteMs, secondMs } from "../src/base/time.ts";
import type { LiveBar, StreamState, Subscription } from "../src/ports/bar-source.ts";
import { candleAt } from "./fakes/fake-candles.ts";
import { ManualClock, until } from "./fakes/manual-clock.ts";
import type { SourceSubject, SourceUnderTest, SubjectOptions } from "./source-subject.ts";

/** A Tuesday, ten o'clock in New York. */
const startMs = Date.parse("2024-03-05T15:00:00Z");

type StreamUnderTest = SourceUnderTest & {
  readonly clock: ManualClock;
  readonly bars: LiveBar[];
  readonly revisions: LiveBar[];
  readonly states: StreamState[];
  readonly stream: Subscription;
};

/** What everybody may rely on who listens to bars, whatever the source: order, no doubles, and no silence. */
export function testStream(subject: SourceSubject & { readonly stream: object }): void {
  const { symbol } = subject;
  const { hasEveryMinute } = subject.stream as { readonly hasEveryMinute: boolean };
  let running: StreamUnderTest | null = null;
  afterEach(async () => {
    running?.stream.close();
    await running?.source.close();
    await running?.host.close();
    running = null;
  });

  async function setUp(options: SubjectOptions = {}): Promise<StreamUnderTest> {
    const clock = new ManualClock(startMs);
    const under = await subject.start(clock, clock, 0, { staleAfterMs: 10 * minuteMs, ...options });
    const [bars, revisions, states]: [LiveBar[], LiveBar[], StreamState[]] = [[], [], []];
    const stream = under.source.subscribe({
      symbols: [symbol],
      timeframes: ["1m"],
      onBar: (bar) => void bars.push(bar),
      onRevision: (bar) => void revisions.push(bar),
      onState: (state) => void states.push(state),
    });
    running = { ...under, clock, bars, revisions, states, stream };
    return running;
  }

  /** Does what sends a message and waits until it has arrived. */
  async function arrives(set: StreamUnderTest, send: () => void): Promise<void> {
    const before = set.stream.counts().messages;
    send();
    await until(() => set.stream.counts().messages > before, "the message arrives");
  }

  const candleOf = (minute: number) => candleAt(startMs + minute * minuteMs, minuteMs);
  const bar = async (set: StreamUnderTest, minute: number): Promise<void> =>
    arrives(set, () => set.sendBar!(symbol, candleOf(minute)));

  /** Loses the connection and fails `failures` times in a row to get it back. */
  async function loseAndReturn(set: StreamUnderTest, failures: number): Promise<void> {
    set.host.isRefusing = true;
    set.host.cutSockets();
    for (let failure = 1; failure <= failures; failure++) {
      await until(() => statesOf(set, "reconnecting").length === failure, `failure ${failure}`);
      if (failure === failures) set.host.isRefusing = false;
      await set.clock.advance(statesOf(set, "reconnecting").at(-1)!.delayMs);
    }
    await live(set, 2);
  }

  describe(`${subject.name}, stream`, () => {
    test("a closed bar arrives once, stamped with its close; an open one does not arrive", async () => {
      const set = await setUp();
      await live(set);
      if (set.sendOpenBar !== undefined) await arrives(set, () => set.sendOpenBar!(symbol, candleOf(0)));
      await set.clock.advance(3 * minuteMs);
      expect(set.bars).toEqual([]);
      await bar(set, 0);
      await bar(set, 0);
      await bar(set, 1);
      const { openMs: _stamp, ...prices } = candleOf(0);
      expect(set.bars[0]).toEqual({
        symbol,
        timeframe: "1m",
        closeTimeMs: startMs + minuteMs,
        ...Object.fromEntries(Object.entries(prices).map(([name, text]) => [name, Number(text)])),
      });
      expect(minutesOf(set.bars)).toEqual([1, 2]);
      const open = set.sendOpenBar === undefined ? 0 : 1;
      expect(set.stream.counts()).toMatchObject({ open, duplicates: 1, bars: 2, connections: 1 });
    });

    test("a bar that comes late is not delivered out of order, and a hole is named", async () => {
      const set = await setUp();
      await live(set);
      await set.clock.advance(4 * minuteMs);
      for (const minute of [0, 2, 1]) await bar(set, minute);
      expect(minutesOf(set.bars)).toEqual([1, 3]);
      expect(set.stream.counts().late).toBe(1);
      const hole = { symbol, timeframe: "1m", fromMs: startMs + minuteMs + 1, toMs: startMs + 3 * minuteMs };
      // Where a minute without a trade has no bar, a hole is nothing to report.
      expect(statesOf(set, "gap").map(({ backfill }) => backfill)).toEqual(hasEveryMinute ? [[hole]] : []);
    });

    test("a changed bar is a revision and not a second bar", async () => {
      const set = await setUp();
      await live(set);
      await set.clock.advance(2 * minuteMs);
      await bar(set, 0);
      await arrives(set, () => set.sendRevision!(symbol, { ...candleOf(0), volume: "99" }));
      expect([set.bars.length, set.revisions.map(({ volume }) => volume)]).toEqual([1, [99]]);
    });

    test("after 15 failures in a row it is back, subscribed again, and says what was missed", async () => {
      const set = await setUp();
      await live(set);
      await set.clock.advance(minuteMs);
      await bar(set, 0);
      await loseAndReturn(set, 15);
      expect(set.host.socketCount).toBe(16);
      expect(set.subscriptions!()).toBe(2);
      const { atMs, backfill } = statesOf(set, "live")[1]!;
      expect(backfill).toEqual([{ symbol, timeframe: "1m", fromMs: startMs + minuteMs + 1, toMs: atMs + 1 }]);
      const minute = Math.floor((atMs - startMs) / minuteMs);
      await set.clock.advance(2 * minuteMs);
      await bar(set, minute);
      expect(minutesOf(set.bars)).toEqual([1, minute + 1]);
      // What was missed has been told: the next bar opens no hole.
      expect(statesOf(set, "gap")).toEqual([]);
    });

    test("waits between reconnects grow to a minute at most and are jittered", async () => {
      const set = await setUp();
      await live(set);
      await loseAndReturn(set, 12);
      const delays = statesOf(set, "reconnecting").map(({ delayMs }) => delayMs);
      for (const [k, delayMs] of delays.entries()) {
        expect(delayMs).toBeGreaterThanOrEqual(250);
        expect(delayMs).toBeLessThanOrEqual(250 + Math.min(60_000, 1_000 * 2 ** k));
      }
      expect(new Set(delays).size).toBe(delays.length);
      expect(Math.max(...delays)).toBeGreaterThan(10_000);
    });

    test("an open but silent socket is noticed, dropped and replaced", async () => {
      const set = await setUp({ staleAfterMs: 80 * secondMs });
      await live(set);
      await set.clock.advance(minuteMs);
      await bar(set, 0);
      await set.clock.advance(80 * secondMs);
      await until(() => statesOf(set, "reconnecting").length === 1, "the silence is noticed");
      expect(statesOf(set, "reconnecting")[0]!.reason).toMatch(/silent for 1 min 20 s/);
      await set.clock.advance(statesOf(set, "reconnecting")[0]!.delayMs);
      await live(set, 2);
      expect(statesOf(set, "live")[1]!.backfill).toHaveLength(1);
    });

    test("a connection that is never confirmed is given up and tried again", async () => {
      const set = await setUp();
      set.host.socketHandler = {};
      await set.clock.advance(15 * secondMs);
      expect(statesOf(set, "reconnecting")).toHaveLength(1);
    });

    test("a closed subscription is silent and its socket is gone; a closed source starts none", async () => {
      const set = await setUp();
      await live(set);
      set.stream.close();
      await until(() => set.host.sockets.size === 0, "the socket closes");
      await set.clock.advance(10 * minuteMs);
      expect([set.states.at(-1)!.kind, set.host.socketCount]).toEqual(["closed", 1]);
      await set.source.close();
      const again = { symbols: [symbol], timeframes: ["1m"] as const, onBar() {}, onState() {} };
      expect(() => set.source.subscribe(again)).toThrow(/SOURCE_CLOSED/);
    });

    test("closing the source closes its streams", async () => {
      const set = await setUp();
      await live(set);
      await set.source.close();
      await until(() => set.host.sockets.size === 0, "the socket closes");
      expect(set.states.at(-1)!.kind).toBe("closed");
    });
  });
}

function statesOf<Kind extends StreamState["kind"]>({ states }: StreamUnderTest, kind: Kind) {
  return states.filter((state): state is Extract<StreamState, { kind: Kind }> => state.kind === kind);
}

async function live(set: StreamUnderTest, times = 1): Promise<void> {
  await until(() => statesOf(set, "live").length === times, `live ${times} times`);
}

function minutesOf(bars: readonly LiveBar[]): number[] {
  return bars.map(({ closeTimeMs }) => (closeTimeMs - startMs) / minuteMs);
}
