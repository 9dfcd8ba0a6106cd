import fc from "fast-check";
import { expect, test } from "vitest";
import { hourMs, minuteMs } from "../../../base/time.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";
import { ccxtPages, type RowsRequest } from "./ccxt-pages.ts";

const nowMs = Date.parse("2024-03-05T12:00:30Z");
const limit = 50;

/** How exchanges choose the rows of an answer among those they have. */
const habits = {
  firstFromStart: (rows: readonly VenueRow[]) => rows.slice(0, limit),
  windowAfterStart: (rows: readonly VenueRow[], { sinceMs, timeframe }: RowsRequest) =>
    rows.filter(({ openMs }) => openMs < sinceMs + limit * timeframeMs(timeframe)),
  lastBeforeEnd: (rows: readonly VenueRow[], { untilMs }: RowsRequest) =>
    rows.filter(({ openMs }) => untilMs === null || openMs < untilMs).slice(-limit),
};

/** Whether something was traded in a stretch of minutes, for minutes as for hours and days. */
type Traded = (fromMs: number, toMs: number) => boolean;

function rowsOf(traded: Traded, { timeframe, sinceMs }: RowsRequest): readonly VenueRow[] {
  const spanMs = timeframeMs(timeframe);
  const rows: VenueRow[] = [];
  for (let openMs = Math.ceil(sinceMs / spanMs) * spanMs; openMs <= nowMs; openMs += spanMs) {
    if (traded(openMs, openMs + spanMs)) rows.push({ openMs, open: 1, high: 1, low: 1, close: 1, volume: 1 });
  }
  return rows;
}

async function fetchOpens(
  habit: keyof typeof habits,
  traded: Traded,
  fromMs: number,
  toMs: number,
  timeframes: readonly Timeframe[],
): Promise<{ opens: number[]; questions: number }> {
  const opens: number[] = [];
  let questions = 0;
  const paging = {
    name: "Venue",
    timeframes,
    limit,
    ask: async (request: RowsRequest) => {
      questions += 1;
      const rows = habits[habit](rowsOf(traded, request), request);
      const isWanted = ({ openMs }: VenueRow): boolean =>
        request.untilMs === null || openMs < request.untilMs;
      return { rows: rows.filter(isWanted), generatedMs: nowMs };
    },
  };
  const { signal } = new AbortController();
  for await (const page of ccxtPages(paging, { symbol: "A/B", timeframe: "1m", fromMs, toMs, signal })) {
    opens.push(...page.rows.map(({ openMs }) => openMs));
  }
  return { opens, questions };
}

const ranges = fc.record({
  /** Minutes before now at which the market was listed, and at which the range begins. */
  listed: fc.integer({ min: 0, max: 4_000 }),
  from: fc.integer({ min: 1, max: 4_000 }),
  /** A stretch without trades: its first minute and its length, longer than a page or not. */
  quiet: fc.integer({ min: 0, max: 4_000 }),
  quietMinutes: fc.integer({ min: 0, max: 600 }),
});

test.each(Object.keys(habits) as (keyof typeof habits)[])(
  "an exchange with the habit %s gives every bar of a range once and in order",
  async (habit) => {
    await fc.assert(
      fc.asyncProperty(ranges, async ({ listed, from, quiet, quietMinutes }) => {
        const minuteAgo = (minutes: number): number =>
          Math.floor(nowMs / minuteMs) * minuteMs - minutes * minuteMs;
        const listedMs = minuteAgo(listed);
        const quietFromMs = minuteAgo(quiet);
        const quietToMs = quietFromMs + quietMinutes * minuteMs;
        const traded: Traded = (startMs, endMs) =>
          endMs > listedMs &&
          startMs <= nowMs &&
          !(startMs >= quietFromMs && endMs <= quietToMs) &&
          !(startMs < listedMs && listedMs >= quietFromMs && endMs <= quietToMs);
        const fromMs = minuteAgo(from);
        const { opens } = await fetchOpens(habit, traded, fromMs, nowMs, ["1m", "1h", "1d"]);
        const expected = rowsOf(traded, {
          symbol: "",
          timeframe: "1m",
          sinceMs: Math.max(listedMs, fromMs - minuteMs),
          untilMs: null,
          signal: new AbortController().signal,
        });
        const lastMs = nowMs - minuteMs;
        expect(opens.filter((openMs) => openMs < lastMs)).toEqual(
          expected.map(({ openMs }) => openMs).filter((openMs) => openMs < lastMs),
        );
      }),
      { seed: 5, numRuns: 150 },
    );
  },
);

test("a year of nothing costs a handful of questions", async () => {
  const listedMs = nowMs - hourMs;
  const yearMs = 365 * 24 * hourMs;
  const { opens, questions } = await fetchOpens(
    "windowAfterStart",
    (_from, toMs) => toMs > listedMs,
    nowMs - yearMs,
    nowMs,
    ["1m", "1h", "1d"],
  );
  expect(opens.length).toBeGreaterThanOrEqual(60);
  expect(questions).toBeLessThan(50);
});
