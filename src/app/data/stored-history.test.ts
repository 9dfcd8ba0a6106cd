import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { centMarket } from "../../../test/robot/kill-market.ts";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { sliceBars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { openData } from "./open-data.ts";
import { storedHistory } from "./stored-history.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const [bars] = centMarket(4, 1, 100, "1m");
const { symbol } = bars!;
const calendar = calendarNamed("24/7");

function historyIn(path: string, warmupBars = 50, sources = ["venue"]) {
  const history = storedHistory({ path, timeframe: "1m", warmupBars, sources, calendarOf: () => calendar });
  return async () => (await history(symbol, -Infinity, Infinity)).length;
}

async function stored(name: string, ...ranges: readonly (readonly [number, number])[]): Promise<string> {
  const path = join(folder.path, name);
  const data = await openData(path, true, { kind: "csv" });
  for (const [from, to] of ranges)
    await data.store.append(symbol, "1m", sliceBars(bars!, from, to), { source: "venue", receivedAtMs: 1 });
  await data.close();
  return path;
}

test("a session warms up from the store where it holds enough bars of its own source without a hole", async () => {
  const whole = await stored("whole", [0, 80]);
  expect(await historyIn(whole)()).toBe(80);
  expect(await historyIn(whole, 81)()).toBe(0);
  expect(await historyIn(whole, 50, ["another"])()).toBe(0);
  expect(await historyIn(await stored("hole", [0, 40], [41, 80]))()).toBe(0);
  expect(await historyIn(join(folder.path, "none"))()).toBe(0);
});
