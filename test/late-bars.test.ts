import { expect, test } from "vitest";
import { buildSession, layGround } from "../src/app/session/build-session.ts";
import { runConfigSchema } from "../src/app/config/run-config.ts";
import { hourMs } from "../src/base/time.ts";
import { barsOf, type Bars } from "../src/domain/bars.ts";
import { runBatch } from "../src/engine/step.ts";
import { strategy } from "../src/ports/strategy.ts";
import { liveBench } from "./live-bench.ts";

const startMs = Date.UTC(2024, 0, 3, 12);
const graceMs = 5_000;

/** Hourly bars that close at 100, 101, 102, ... */
function rising(symbol: string, hours: number): Bars {
  const column = (value: (k: number) => number) => Float64Array.from({ length: hours }, (_, k) => value(k));
  const close = column((k) => 100 + k);
  return barsOf(symbol, "1h", {
    closeTimeMs: column((k) => startMs + (k - 9) * hourMs),
    open: close,
    high: close,
    low: close,
    close,
    volume: column(() => 1_000),
  });
}

/**
 * A session of a cash account over A and B, both wanted whole from the bar that closes one hour after the start on. The
 * bar of B at that close comes `lateMs` after it.
 */
async function sessionWith(lateMs: number) {
  const market = ["A", "B"].map((symbol) => rising(symbol, 14));
  const bench = liveBench(startMs, { bars: market, seed: 1 }, { graceMs, heartbeatMs: 1e12 });
  const { clock, source, feed } = bench;
  const asked: string[] = [];
  const subject = strategy({
    name: "wants-all",
    summary: "Notes on which bars it is asked, and wants all that there is.",
    params: {},
    setup: ({ bars }) => ({ close: bars.close }),
    onBar({ symbol, timeMs, series, target }) {
      const hour = (timeMs - startMs) / hourMs;
      if (hour <= 0) return;
      asked.push(`${symbol} ${hour} ${series.close.prev} ${series.close.now}`);
      target(1, "all of it");
    },
  });
  const config = runConfigSchema.parse({
    account: { kind: "cash", cash: 10_000 },
    sizing: { use: "fixed-fraction", fraction: 1 },
    instruments: { "*": { lotSize: 1, calendar: "24/7" } },
  });
  await feed.start();
  const session = buildSession(
    { bars: feed.bars, strategy: subject, params: {}, config },
    layGround(feed.bars, config),
  );
  const done = (async () => {
    for await (const batch of feed.batches()) runBatch(session, batch);
  })();
  await clock.advance(0);
  source.tell({ kind: "live", atMs: clock.nowMs(), backfill: [] });
  for (const bar of source.between(startMs + 1, startMs + 4 * hourMs)) {
    const isLate = bar.symbol === "B" && bar.closeTimeMs === startMs + hourMs;
    clock.schedule(bar.closeTimeMs + (isLate ? lateMs : 1_000) - startMs, () => source.send(bar));
  }
  await clock.advance(4 * hourMs);
  await feed.close();
  await done;
  const { ledger } = session.portfolio;
  return { asked, bench, held: [...ledger.quantity], counts: feed.counts() };
}

const late = { kind: "late", symbol: "B", closeTimeMs: startMs + hourMs };

test("a bar that comes within the wait is decided on with the others, and shares the money with them", async () => {
  const { asked, bench, held } = await sessionWith(graceMs - 1_000);
  expect(asked.slice(0, 2)).toEqual(["A 1 109 110", "B 1 109 110"]);
  // 10,000 for two of 110 each, and costs.
  expect(held).toEqual([45, 44]);
  expect(bench.eventsOf("late")).toEqual([]);
});

test("nobody is asked about a bar that comes after the wait: it is told, seen at the next one, and finds what is left", async () => {
  const { asked, bench, held, counts } = await sessionWith(20_000);
  expect(asked.slice(0, 3)).toEqual(["A 1 109 110", "A 2 110 111", "B 2 110 111"]);
  expect(bench.eventsOf("incomplete")).toMatchObject([{ timeMs: startMs + hourMs, missing: ["B"] }]);
  expect(bench.eventsOf("late")).toEqual([{ ...late, lateMs: 20_000, isAppended: true }]);
  // A had all of the money when B came.
  expect(held).toEqual([89, 0]);
  expect([counts.late, counts.bars]).toEqual([1, 7]);
});

test("a bar that is missing when the next one of its symbol comes is fetched first, told, and decided on by nobody", async () => {
  const { asked, bench, held, counts } = await sessionWith(hourMs + 20_000);
  expect(asked.slice(0, 3)).toEqual(["A 1 109 110", "A 2 110 111", "B 2 110 111"]);
  // The next one comes a second after its close; what the stream tells of the first one after that is nothing new.
  expect(bench.eventsOf("late")).toEqual([{ ...late, lateMs: hourMs + 1_000, isAppended: true }]);
  expect([counts.late, counts.duplicates]).toEqual([1, 1]);
  expect(held).toEqual([89, 0]);
});
