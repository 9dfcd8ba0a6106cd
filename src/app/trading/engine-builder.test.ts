import { join } from "node:path";
import { expect, test } from "vitest";
import { dailyBars, firstDayMs, storyOf } from "../../../test/portfolio-harness.ts";
import { dayMs } from "../../base/time.ts";
import type { BarTable } from "../../domain/bar-table.ts";
import { Shadow } from "../../robot/comparison/shadow.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { findStrategy } from "../plugins/find-strategy.ts";
import { runBacktest } from "../runs/run-backtest.ts";
import type { RunTables } from "../runs/run-tables.ts";
import buildEngine from "./engine-builder.ts";

const folder = join(import.meta.dirname, "../../../examples");
const strategyText = "./momentum-rotation.ts";
const firstDay = firstDayMs / dayMs;
const days = 200;
/** Three that rise, the first the fastest; the second is split two for one after a hundred days. */
const bars = [0.004, 0.003, 0.002].map((rise, k) =>
  dailyBars(
    `S${k}`,
    Array.from({ length: days }, (_, day) => (50 * Math.exp(rise * day)) / (k === 1 && day >= 100 ? 2 : 1)),
  ),
);
const tables: RunTables = {
  membership: new Map([
    ["S0", [{ fromDay: firstDay, toDay: firstDay + 80 }]],
    ["S1", [{ fromDay: firstDay, toDay: Infinity }]],
    ["S2", [{ fromDay: firstDay, toDay: Infinity }]],
  ]),
  actions: [{ symbol: "S1", day: firstDay + 100, kind: "split", ratio: 2 }],
};
const config = runConfigSchema.parse({
  account: { cash: 10_000 },
  execution: { flattenAtEnd: false },
  instruments: { "*": { lotSize: 1, calendar: "24/7" } },
});
const params = { top: 1, length: 20 };

async function liveHash(told: RunTables): Promise<string> {
  const order = { folder, plugins: [], strategyText, params, config, timeframe: "1d", tables: told } as const;
  const { bars: grown, shadow } = await buildEngine({
    ...order,
    shadowFromMs: -Infinity,
    symbols: bars.map(({ symbol }) => symbol),
    cash: 10_000,
  });
  const beside = new Shadow(shadow!.session, grown, -Infinity);
  for (let row = 0; row < days; row++) {
    for (const [k, { closeTimeMs, open, high, low, close, volume }] of bars.entries())
      (grown[k] as BarTable).append(
        closeTimeMs[row]!,
        open[row]!,
        high[row]!,
        low[row]!,
        close[row]!,
        volume[row]!,
      );
    beside.advance(Infinity);
  }
  return shadow!.session.recorder.log.hash();
}

test("a session knows members and corporate actions as a backtest does: bar by bar it decides the same", async () => {
  const { strategy } = await findStrategy(folder, strategyText);
  const backtest = runBacktest({ bars, strategy, params, config, ...tables });
  const story = storyOf(backtest, ["fill"]).map((line) => line.replace(/^\S+ fill (\S+) (-?).*$/, "$1$2"));
  expect(story.slice(0, 3)).toEqual(["S0", "S0-", "S1"]);
  expect(await liveHash(tables)).toBe(backtest.decisionsHash);
  expect(await liveHash({ membership: tables.membership! })).not.toBe(backtest.decisionsHash);
  expect(await liveHash({ actions: tables.actions! })).not.toBe(backtest.decisionsHash);
});
