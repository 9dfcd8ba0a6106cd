import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openData } from "../../src/app/data/open-data.ts";
import { storedHistory } from "../../src/app/data/stored-history.ts";
import { sliceBars } from "../../src/domain/bars.ts";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import { centMarket } from "../../test/robot/kill-market.ts";
import { PaperStack } from "../../test/system/paper-stack.ts";

// The whole paper stack at bars of a minute in virtual time: processor time as a share of one core of the time that
// passed for it, with the emulated exchange in the same process; memory; and the start with 100 bars of history, from
// memory and, with 500, from a Parquet store on the disk: from nothing to the decisions on the first bar after it.
const figures: Record<string, number> = {};
await measure(50, 60);
await measure(600, 10);
await measureStoredStart(50, 500);
console.log(JSON.stringify(figures));

async function measure(symbols: number, minutes: number): Promise<void> {
  const stack = new PaperStack({ seed: 9, symbols, warmupBars: 100, bars: 110 + minutes });
  const beginning = process.cpuUsage();
  await stack.start();
  await stack.bars(1);
  if (symbols === 50) figures["robotStartSeconds"] = secondsSince(beginning);
  // The compiler has seen everything by then.
  await stack.bars(5);
  const before = process.cpuUsage();
  await stack.bars(minutes);
  figures[`robotShare${symbols}`] = secondsSince(before) / (minutes * 60);
  figures[`robotMemory${symbols}Mb`] = process.memoryUsage().rss / 1e6;
  await stack.remove();
}

/** The source is asked for nothing: all 500 bars of each symbol are in the store. */
async function measureStoredStart(symbols: number, warmupBars: number): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), "kiwi-bench-start-"));
  const timeframe = "1m";
  const data = await openData(path, true);
  for (const table of centMarket(9, symbols, warmupBars, timeframe))
    await data.store.append(table.symbol, timeframe, sliceBars(table, 0, warmupBars), {
      source: "bench",
      receivedAtMs: Date.now(),
    });
  await data.close();
  const calendar = calendarNamed("24/7");
  const [beginning, wall] = [process.cpuUsage(), performance.now()];
  const calendarOf = () => calendar;
  const history = storedHistory({ path, timeframe, warmupBars, sources: ["bench"], calendarOf });
  const stack = new PaperStack({ seed: 9, symbols, warmupBars, bars: warmupBars + 10, history });
  await stack.start();
  await stack.bars(1);
  figures["robotStoredStartSeconds"] = secondsSince(beginning);
  figures["robotStoredStartWallSeconds"] = (performance.now() - wall) / 1_000;
  if (stack.source.fetches.length > 0) throw new Error("the source was asked for what the store has");
  await stack.remove();
  await rm(path, { recursive: true });
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
