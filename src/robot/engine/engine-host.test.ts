import { expect, test } from "vitest";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import { buildSession, layGround } from "../../app/session/build-session.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { EngineHost } from "./engine-host.ts";

const hourMs = 3_600_000;

/** How many orders the backtest beside an engine has made, when bars `staleFrom` to `staleTo` were history by the time they came. */
async function shadowOrders(staleFrom: number, staleTo: number): Promise<number> {
  const { config } = await resolveConfig({ folder: import.meta.dirname, file: undefined, env: {}, sets: [] });
  const bars = new BarTable("BTCUSDT", "1h");
  const setup = { bars: [bars], strategy: smaCross, params: { fast: 2, slow: 3 }, config };
  const session = buildSession(setup, layGround([bars], config));
  const host = new EngineHost({
    bars: [bars],
    cash: config.account.cash,
    build: ({ broker, tradingState }) =>
      buildSession(setup, layGround([bars], config), { broker, tradingState }),
    shadow: { session, fromMs: 0, slippageRate: 0 },
  });
  for (let hour = 1; hour <= 40; hour++) {
    const close = 100 + 5 * Math.sin(hour / 2);
    const bar = { instrument: 0, open: close, high: close, low: close, close, volume: 1e6 };
    const closed = { ...bar, closeTimeMs: hour * hourMs };
    const isStale = hour >= staleFrom && hour <= staleTo;
    const step = { kind: "slice", timeMs: hour * hourMs, isStale, bars: [closed], reports: [] } as const;
    host.answer({ kind: "steps", records: [step], trading: null }, () => {});
  }
  host.answer({ kind: "compare" }, () => {});
  return session.recorder.log.events.count("order");
}

test("bars that came too late to be traded on are traded on by the backtest beside it as little", async () => {
  expect(await shadowOrders(0, 0)).toBeGreaterThan(3);
  expect(await shadowOrders(4, 40)).toBe(0);
});
