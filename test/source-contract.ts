import { afterEach, describe, expect, test } from "vitest";
import { dayMs, minuteMs, secondMs } from "../src/base/time.ts";
import type { Bars } from "../src/domain/bars.ts";
import type { BarRequest, RowQuarantine } from "../src/ports/bar-source.ts";
import type { Clock } from "../src/ports/clock.ts";
import { candleAt } from "./fakes/fake-candles.ts";
import { FakeHost, type Fault } from "./fakes/fake-host.ts";
import { ManualClock } from "./fakes/manual-clock.ts";
import type { SourceSubject, SourceUnderTest, SubjectOptions } from "./source-subject.ts";

/** A Tuesday, half past ten in New York. */
const nowMs = Date.parse("2024-03-05T15:30:30Z");
const listedMs = Date.parse("2024-01-10T00:00:00Z");
/** The close of the last bar that has closed. */
const lastMs = nowMs - 30 * secondMs;

const passing: readonly (readonly [string, Fault])[] = [
  ["an error 503 in HTML", { kind: "html", status: 503 }],
  ["a maintenance page with status 200", { kind: "html", status: 200 }],
  ["half of the JSON", { kind: "half" }],
  ["a body cut in the middle", { kind: "cut" }],
  ["a broken connection", { kind: "drop" }],
  ["no answer", { kind: "hang" }],
  ["a redirect", { kind: "reply", status: 302, headers: { location: "http://localhost/" }, body: {} }],
];

/** What everybody may rely on who fetches bars, whatever the source: paging, patience, and no trust. */
export function testSource(subject: SourceSubject): void {
  let running: SourceUnderTest | null = null;
  afterEach(async () => {
    await running?.source.close();
    await running?.host.close();
    running = null;
  });

  async function setUp(
    options: SubjectOptions = {},
    aheadMs = 0,
  ): Promise<SourceUnderTest & { readonly clock: ManualClock }> {
    const clock = new ManualClock(nowMs, "auto");
    const own: Clock = {
      nowMs: () => clock.nowMs() + aheadMs,
      schedule: (spanMs, run) => clock.schedule(spanMs, run),
    };
    running = await subject.start(own, clock, listedMs, options);
    return { ...running, clock };
  }

  async function fetchAll({ source }: SourceUnderTest, request: Partial<BarRequest> = {}): Promise<Bars[]> {
    const pages: Bars[] = [];
    const whole = {
      symbol: subject.symbol,
      timeframe: "1m" as const,
      fromMs: nowMs - 10 * minuteMs,
      toMs: nowMs,
    };
    for await (const page of source.fetchBars({ ...whole, ...request })) pages.push(page);
    return pages;
  }

  const barRequests = ({ host }: SourceUnderTest): number =>
    host.requests.filter(({ path }) => subject.isBarRequest(path)).length;

  describe(`${subject.name}, history`, () => {
    test("a long range comes in pages, oldest first, each bar once and stamped with its close", async () => {
      const set = await setUp();
      const rows = Math.floor(2.5 * subject.pageRows);
      const fromMs = listedMs + dayMs;
      const pages = await fetchAll(set, { fromMs, toMs: fromMs + rows * minuteMs });
      expect(closesOf(pages)).toEqual(Array.from({ length: rows }, (_, k) => fromMs + k * minuteMs));
      expect(barRequests(set)).toBe(3);
      const last = pages.at(-1)!;
      for (const [page, row] of [
        [pages[0]!, 0],
        [last, last.length - 1],
      ] as const) {
        const { open, high, low, close, volume } = candleAt(page.closeTimeMs[row]! - minuteMs, minuteMs);
        expect(
          [page.open, page.high, page.low, page.close, page.volume].map((column) => column[row]),
        ).toEqual([open, high, low, close, volume].map(Number));
      }
    });

    test("the bar that is still open is left out", async () => {
      const closes = closesOf(await fetchAll(await setUp(), { toMs: nowMs + dayMs }));
      expect(closes).toEqual(Array.from({ length: 10 }, (_, k) => lastMs - (9 - k) * minuteMs));
    });

    test.each(passing)("%s is tried again and costs nothing", async (_what, fault) => {
      const set = await setUp({ requestTimeoutMs: 200 });
      // Some sources ask for a list of symbols first.
      await fetchAll(set);
      const before = barRequests(set);
      set.host.faults.push(fault, fault);
      expect(closesOf(await fetchAll(set))).toHaveLength(10);
      expect(barRequests(set) - before).toBe(3);
    });

    test("after six tries the venue counts as unreachable, and the waits grew", async () => {
      const set = await setUp();
      await fetchAll(set);
      const [before, waited] = [barRequests(set), set.clock.waits.length];
      for (let k = 0; k < 6; k++) set.host.faults.push({ kind: "html", status: 502 });
      await expect(fetchAll(set)).rejects.toThrow(/SOURCE_UNREACHABLE.*6 tries.*HTTP 502 with an HTML page/);
      expect(barRequests(set) - before).toBe(6);
      expect(Math.max(...set.clock.waits.slice(waited))).toBeGreaterThan(500);
    });

    test("asked too often, it waits for as long as the venue says", async () => {
      const set = await setUp();
      await fetchAll(set);
      const { fault, spanMs } = subject.busy(set.clock.nowMs());
      const startMs = set.clock.nowMs();
      set.host.faults.push(fault);
      await fetchAll(set);
      expect(set.clock.nowMs() - startMs).toBeGreaterThanOrEqual(spanMs);
    });

    test("a redirect is not followed: it would carry what it knows to another host", async () => {
      const set = await setUp();
      await fetchAll(set);
      const other = await FakeHost.start(set.clock);
      set.host.faults.push({
        kind: "reply",
        status: 302,
        headers: { location: `${other.url}/elsewhere` },
        body: {},
      });
      await fetchAll(set);
      expect(other.requests).toEqual([]);
      await other.close();
    });

    test("a row that comes twice is one bar, and an impossible one is left out, counted and shown", async () => {
      const set = await setUp();
      await fetchAll(set);
      const { answer } = set.host;
      set.host.answer = (request) => {
        const reply = answer(request);
        if (!subject.isBarRequest(request.path)) return reply;
        const edit = (rows: readonly unknown[]): readonly unknown[] =>
          rows.flatMap((row, k) => (k === 4 ? [subject.withVolume(row, -3)] : [row, row]));
        return { ...reply, body: subject.editRows(reply.body, edit) };
      };
      let faults: readonly RowQuarantine[] = [];
      const pages = await fetchAll(set, { onQuarantine: (entries) => (faults = entries) });
      expect(closesOf(pages)).toHaveLength(9);
      expect(new Set(closesOf(pages)).size).toBe(9);
      expect(faults.map(({ fault, count }) => [fault, count])).toEqual([["negativeVolume", 1]]);
      expect(faults[0]!.examples).toEqual([expect.stringContaining("volume -3")]);
    });

    test("an unknown symbol is refused at once, with the nearest one", async () => {
      const [symbol, nearest] = subject.unknown;
      const error = await fetchAll(await setUp(), { symbol }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        parts: { code: "SYMBOL_UNKNOWN", fix: `did you mean "${nearest}"?` },
      });
    });

    test("a timeframe that the venue lacks is refused without asking", async () => {
      const set = await setUp();
      await expect(fetchAll(set, { timeframe: subject.timeframeMissing })).rejects.toThrow(
        /TIMEFRAME_UNSUPPORTED/,
      );
      expect(barRequests(set)).toBe(0);
    });

    test.each([
      ["ahead of", 60],
      ["behind", -60],
    ])(
      "a clock that is a minute %s the venue's is an error, not a source of open bars",
      async (where, ahead) => {
        const set = await setUp({}, ahead * secondMs);
        await expect(fetchAll(set)).rejects.toThrow(new RegExp(`CLOCK_OFF.*${where} `));
      },
    );

    test("a caller can give up a fetch, and a closed source stops its own and starts no others", async () => {
      const set = await setUp();
      await fetchAll(set);
      set.host.faults.push({ kind: "hang" }, { kind: "hang" });
      const controller = new AbortController();
      const given = fetchAll(set, { signal: controller.signal });
      setImmediate(() => controller.abort(new Error("enough")));
      await expect(given).rejects.toThrow("enough");
      const stopped = fetchAll(set);
      setImmediate(() => void set.source.close());
      await expect(stopped).rejects.toThrow(/SOURCE_CLOSED/);
      await expect(fetchAll(set)).rejects.toThrow(/SOURCE_CLOSED/);
    });
  });
}

function closesOf(pages: readonly Bars[]): number[] {
  return pages.flatMap((page) => [...page.closeTimeMs]);
}
