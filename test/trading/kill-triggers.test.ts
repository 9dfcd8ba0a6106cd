import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import { startGuard, type Guard } from "../../src/robot/kill/guard.ts";
import { Hold } from "../../src/robot/kill/hold.ts";
import { KillSwitch } from "../../src/robot/kill/kill-switch.ts";
import { killTriggersSchema, type MeasuredKind } from "../../src/robot/kill/kill-triggers.ts";
import { Heartbeat } from "../../src/robot/watchdog.ts";
import { silentLog } from "../fakes/still-venue.ts";
import { centMarket, withLevels } from "../robot/kill-market.ts";
import { RobotBench } from "../robot/robot-bench.ts";
import { temporaryFolder } from "../run-kiwi.ts";

// Every trigger, on a real robot that trades at an exchange: what leaves afterwards only makes holdings smaller.

const folder = temporaryFolder();
afterAll(folder.remove);

const barsBefore = 60;
const barsAfter = 24;

/** A limit that ordinary trading passes, or what is done to the world so that one is passed. */
const causes: Readonly<
  Record<MeasuredKind, { readonly limit?: number; readonly cause?: (bench: Traded) => unknown }>
> = {
  "daily-trades": { limit: 3 },
  "position-value": { limit: 0.05 },
  "daily-loss": { limit: 0.00001 },
  drawdown: { limit: 0.00001 },
  connectivity: { cause: ({ bench }) => (bench.link.line = { kind: "down", atMs: -1e12, reason: "a test" }) },
  "value-at-risk": { cause: (traded) => (traded.valueAtRisk = 1) },
  "reject-rate": {
    cause: ({ bench }) =>
      (bench.link.interfere = () => ({ kind: "rejected", code: "unavailable", reason: "a test" })),
  },
  "stale-data": { cause: (traded) => (traded.lateMs += 30 * 86_400_000) },
  "clock-skew": { cause: ({ bench }) => (bench.link.timeMs = () => Promise.resolve(1)) },
  "loop-stall": { limit: 2_700_000, cause: (traded) => (traded.lateMs += 3_600_000) },
};

type Traded = { readonly bench: RobotBench; readonly home: string; valueAtRisk: number; lateMs: number };

function guardOf(traded: Traded, kind: MeasuredKind, killSwitch: KillSwitch): Guard {
  const { bench, home } = traded;
  const clock = bench.world.clockOf(bench.world.process("guard"));
  const triggers = Object.fromEntries(
    Object.entries(causes).map(([name, { limit }]) => [
      name,
      name === kind ? { ...(limit === undefined ? {} : { limit }), action: "reduce" } : { limit: "off" },
    ]),
  );
  return startGuard({
    robot: {
      status: () => bench.robot!.status(),
      view: () => ({ ...bench.robot!.view(), valueAtRisk: traded.valueAtRisk }),
      note: (incident) => bench.robot!.note(incident),
    },
    connection: bench.link,
    killSwitch,
    triggers: killTriggersSchema.parse(triggers),
    hold: new Hold(),
    gauges: { calendar: calendarNamed("24/7"), timeframe: "1h", dayPath: join(home, "day") },
    heartbeat: new Heartbeat(join(home, "beat")),
    clock: {
      nowMs: () => clock.nowMs() + traded.lateMs,
      // Bars of an hour have 3,600 seconds: a look in half an hour sees as much, and a stall is what lasts longer.
      schedule: (spanMs, run) => clock.schedule(spanMs * 1_800, run),
    },
    log: silentLog,
  });
}

function holdings({ side }: RobotBench): ReadonlyMap<string, number> {
  return new Map([...side.account().positions].map(([symbol, { quantity }]) => [symbol, quantity]));
}

/** Lets bars close, and fails where one of them leaves a larger or a turned holding. */
async function onlyShrinks(bench: RobotBench, count: number): Promise<void> {
  for (let k = 0; k < count; k++) {
    const before = holdings(bench);
    await bench.bars(1);
    await bench.pass(2_000);
    for (const [symbol, quantity] of holdings(bench)) {
      const held = before.get(symbol) ?? 0;
      expect(Math.abs(quantity), `${symbol} held`).toBeLessThanOrEqual(Math.abs(held));
      expect(quantity * held).toBeGreaterThanOrEqual(0);
    }
  }
}

test.each(Object.keys(causes) as MeasuredKind[])(
  "after %s nothing that adds risk leaves, nor after a restart",
  async (kind) => {
    const home = join(folder.path, kind);
    mkdirSync(home);
    const killSwitch = new KillSwitch(home, "demo");
    const tape = centMarket(5, 2, barsBefore + 2 * barsAfter);
    const bench = new RobotBench({
      tape,
      strategy: withLevels,
      parts: { tradingState: () => killSwitch.order() },
    });
    await bench.start();
    const traded: Traded = { bench, home, valueAtRisk: 0, lateMs: 0 };
    const guard = guardOf(traded, kind, killSwitch);
    await bench.bars(barsBefore);
    await causes[kind].cause?.(traded);
    // Refusals are judged over ten orders; everything else is found at the next looks.
    for (let k = 0; k < 60 && killSwitch.state().action === null; k++) {
      await bench.bars(1);
      await bench.pass(2_000);
    }
    expect(killSwitch.state().pulls.map(({ trigger }) => trigger)).toEqual([kind]);
    expect(bench.link.sent.length).toBeGreaterThan(0);
    // What had been sent before comes to its end.
    await bench.bars(1);
    await bench.pass(2_000);
    bench.link.interfere = () => null;
    await onlyShrinks(bench, barsAfter / 2);
    guard.stop();
    await bench.robot!.stop();
    await bench.start();
    await bench.bars(1);
    await onlyShrinks(bench, barsAfter / 3);
    await bench.robot!.stop();
  },
  60_000,
);
