import { expect, test } from "vitest";
import { predictingFeed } from "../src/app/predictions/predicting-feed.ts";
import { PredictionStage } from "../src/app/predictions/prediction-stage.ts";
import { runBacktest } from "../src/app/runs/run-backtest.ts";
import { runConfigSchema } from "../src/app/config/run-config.ts";
import { buildSession, layGround } from "../src/app/session/build-session.ts";
import { syntheticMarket } from "../src/data/synthetic/synthetic-market.ts";
import { sliceBars } from "../src/domain/bars.ts";
import { runBatch } from "../src/engine/step.ts";
import { followPredictions } from "../src/strategies/follow-predictions.ts";
import { liveBench } from "./live-bench.ts";
import { ruleModel } from "./rule-model.ts";

const params = { model: "rule", driftLimit: 10, horizonBars: 4 };
const models = [{ name: "rule", model: ruleModel(), outputs: ["high", "horizon", "low", "probability"] }];

test.each([undefined, "4h"] as const)(
  "predictions that arrive bar by bar lead to the decisions of a backtest, to the last bit (decided on %s)",
  async (timeframe) => {
    const { bars: market } = syntheticMarket({
      seed: 11,
      symbols: 2,
      timeframe: "1h",
      bars: 1_100,
      startMs: Date.UTC(2024, 0, 1),
    });
    const startMs = market[0]!.closeTimeMs[600]! + 60_000;
    const bench = liveBench(startMs, { bars: market, seed: 3 }, { warmupBars: 500, heartbeatMs: 1e12 });
    const { feed, clock, source } = bench;
    const config = runConfigSchema.parse({ instruments: { "*": { calendar: "24/7" } } });
    const setup = { strategy: followPredictions, params, config, ...(timeframe && { timeframe }) };
    const live = new PredictionStage(models, layGround(feed.bars, config, timeframe));
    const ground = layGround(feed.bars, config, timeframe);
    const session = buildSession({ ...setup, bars: feed.bars, externals: live.tables }, ground);
    const read = async (): Promise<void> => {
      for await (const batch of predictingFeed(feed.batches(), live)) runBatch(session, batch);
    };
    const done = read();
    await clock.advance(0);
    source.tell({ kind: "live", atMs: clock.nowMs(), backfill: [] });
    await bench.play(market[0]!.closeTimeMs[1_099]! + 60_000);
    await feed.close();
    await done;

    const seen = market.map((bars, k) => sliceBars(bars, bars.length - feed.bars[k]!.length, bars.length));
    const whole = new PredictionStage(models, layGround(seen, config, timeframe));
    await whole.catchUp();
    const backtest = runBacktest({ ...setup, bars: seen, externals: whole.tables });
    for (const [k, table] of live.tables.entries()) {
      expect(table.length).toBeGreaterThan(100);
      expect(sliceBars(table, 0, table.length)).toEqual(sliceBars(whole.tables[k]!, 0, table.length));
    }
    expect(backtest.funnel.fills).toBeGreaterThan(3);
    expect(session.recorder.log.hash()).toBe(backtest.decisionsHash);
  },
);
