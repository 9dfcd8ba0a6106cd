import { expect, test } from "vitest";
import { BarTable } from "../../domain/bar-table.ts";
import { historicalFeed } from "../historical-feed.ts";
import { CatchUpBatch, TakenBatch } from "./live-batch.ts";

test("loaded bars can be left out as in a backtest, and what comes live cannot", () => {
  const bars = new BarTable("X", "1m");
  for (let k = 1; k <= 5; k++) bars.append(k, 1, 1, 1, 1, 1);
  const [history] = historicalFeed([bars]);
  const loaded = new CatchUpBatch(history!, 4);
  expect([loaded.advance(), loaded.nextRow, loaded.endRow, loaded.catchUpToMs]).toEqual([true, 1, 5, 4]);
  loaded.skipTo(4);
  expect([loaded.advance(), loaded.slice.timeMs, loaded.advance()]).toEqual([true, 5, false]);
  let left = 2;
  const live = new TakenBatch(history!.slice, 4, () => left-- > 0);
  live.skipTo();
  expect([live.nextRow, live.endRow]).toEqual([0, 0]);
  expect([live.advance(), live.advance(), live.advance()]).toEqual([true, true, false]);
});
