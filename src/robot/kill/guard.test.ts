import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { silentLog, StillVenue } from "../../../test/fakes/still-venue.ts";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { ClockOff } from "../../base/clock-off.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Robot } from "../robot-parts.ts";
import type { RobotStatus } from "../robot-types.ts";
import { Heartbeat } from "../watchdog.ts";
import { startGuard } from "./guard.ts";
import { Hold } from "./hold.ts";
import { everyAccount, KillSwitch } from "./kill-switch.ts";
import { killTriggersSchema, type MeasuredKind } from "./kill-triggers.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
let homes = 0;

const startMs = Date.UTC(2024, 0, 10, 12);

/** A guard over a robot that is nothing but what it says of itself. */
function bench(triggers: Parameters<typeof killTriggersSchema.parse>[0] = {}) {
  const home = join(folder.path, `${homes++}`);
  mkdirSync(home);
  const clock = new ManualClock(startMs);
  /** A clock on the wall, which somebody may set. */
  const set = { ms: 0 };
  const wall: Clock = {
    nowMs: () => clock.nowMs() + set.ms,
    schedule: (delayMs, run) => clock.schedule(delayMs, run),
  };
  const venue = new StillVenue();
  const status = {
    equity: 10_000,
    venueEquity: null as RobotStatus["venueEquity"],
    venueMoney: null as RobotStatus["venueMoney"],
    lastFillMs: Number.NaN,
    line: { kind: "live", atMs: startMs } as RobotStatus["line"],
    lastBarMs: Number.NaN,
    answerOwedMs: 0,
    unanswered: 0,
    counts: { sent: 0, refusedByVenue: 0, fills: 0 },
  };
  const holding = { quantity: 0 };
  const risk = { value: null as number | null };
  const view = () => ({ largestExposure: Math.abs(holding.quantity) * 100, valueAtRisk: risk.value });
  const notes: string[] = [];
  const note = ({ message }: { message: string }) => notes.push(message);
  const robot = { view, status: () => status, note } as unknown as Robot;
  const killSwitch = new KillSwitch(home, "demo");
  const hold = new Hold();
  const heartbeat = new Heartbeat(join(home, "beat"));
  const start = () =>
    startGuard({
      robot,
      connection: venue.connect(),
      killSwitch,
      triggers: killTriggersSchema.parse(triggers),
      hold,
      gauges: { calendar: calendarNamed("24/7"), timeframe: "1m", dayPath: join(home, "day") },
      heartbeat,
      clock: wall,
      log: silentLog,
    });
  venue.clockSkewMs = startMs;
  return { home, clock, venue, status, notes, holding, killSwitch, hold, heartbeat, risk, set, start };
}
type Bench = ReturnType<typeof bench>;

test("a robot that has done nothing yet trips nothing, for as long as it does nothing wrong", async () => {
  const { clock, start, killSwitch, heartbeat, venue } = bench();
  start();
  for (let second = 0; second < 120; second++) {
    venue.clockSkewMs = clock.nowMs();
    await clock.advance(1_000);
  }
  expect(killSwitch.state().action).toBeNull();
  expect(heartbeat.lastMs()).toBe(clock.nowMs());
});

/** How each trigger is brought about, and what it measures then. */
const causes: Readonly<Record<MeasuredKind, (bench: Bench) => unknown>> = {
  "daily-trades": ({ status }) => (status.counts.fills = 501),
  "position-value": ({ holding }) => (holding.quantity = -201),
  connectivity: ({ status }) =>
    (status.line = { kind: "down", atMs: startMs - 130_000, reason: "no answer" }),
  "daily-loss": ({ status }) => (status.equity = 8_900),
  drawdown: ({ status }) => (status.equity = 6_900),
  "value-at-risk": ({ risk }) => (risk.value = 0.16),
  "reject-rate": ({ status }) => (status.counts = { sent: 10, refusedByVenue: 6, fills: 0 }),
  "stale-data": ({ status, clock }) => {
    status.lastBarMs = startMs;
    (clock as unknown as { timeMs: number }).timeMs += 12 * 60_000;
  },
  "clock-skew": ({ venue }) => (venue.clockSkewMs = startMs + 5_000),
  // The clock goes on by a minute without anybody having had a turn.
  "loop-stall": ({ clock }) => ((clock as unknown as { timeMs: number }).timeMs += 60_000),
};

test.each(Object.entries(causes))(
  "%s pulls the switch, with its limit and what was measured",
  async (kind, cause) => {
    const one = bench();
    // Each by itself, and with an action that latches also where the usual one is to wait.
    const actions = Object.fromEntries(
      Object.keys(causes).map((other) => [other, other === kind ? { action: "reduce" } : { limit: "off" }]),
    );
    const { clock, killSwitch, start } = Object.assign(one, bench(actions));
    start();
    await clock.advance(2_000);
    if (kind !== "clock-skew") expect(killSwitch.state().action).toBeNull();
    cause(one);
    await clock.advance(61_000);
    const { pulls } = killSwitch.state();
    expect(pulls.map(({ trigger }) => trigger)).toEqual([kind]);
    expect(pulls[0]!.value).toBeGreaterThan(pulls[0]!.limit!);
    expect(pulls[0]!.reason).toContain(`limit`);
    // Latched: the cause may pass, the pull stands, also for who starts anew.
    expect(new KillSwitch(one.home, "demo").order().state).not.toBe("active");
  },
);

test("a line that is down is down since it was lost, however often a try to come back fails", async () => {
  const { clock, start, status, killSwitch, venue } = bench({
    connectivity: { limit: 20_000, action: "reduce" },
  });
  start();
  for (let second = 0; second <= 20; second++) {
    expect(killSwitch.state().action).toBeNull();
    if (second % 5 === 0) status.line = { kind: "down", atMs: clock.nowMs(), reason: `try ${second}` };
    venue.clockSkewMs = clock.nowMs();
    await clock.advance(1_000);
  }
  expect(killSwitch.state().pulls.map(({ trigger }) => trigger)).toEqual(["connectivity"]);
});

test("a robot that was down for hours pulls nothing by its old bars, unless none come while it runs", async () => {
  const { clock, start, status, killSwitch, venue } = bench({
    "stale-data": { limit: 20_000, action: "reduce" },
  });
  status.lastBarMs = startMs - 8 * 3_600_000;
  start();
  for (let second = 0; second <= 20; second++) {
    expect(killSwitch.state().action).toBeNull();
    venue.clockSkewMs = clock.nowMs();
    await clock.advance(1_000);
  }
  expect(killSwitch.state().pulls.map(({ trigger }) => trigger)).toEqual(["stale-data"]);
});

test("bars that wait for a strategy that thinks are not overdue", async () => {
  const { clock, status, start, hold } = bench({ "stale-data": { limit: 90_000 } });
  status.lastBarMs = startMs;
  const guard = start();
  for (let second = 1; second <= 240; second++) {
    status.answerOwedMs = second * 1_000;
    await clock.advance(1_000);
  }
  expect(guard.gauges()["stale-data"]).toBe(0);
  expect(hold.reason ?? "").not.toContain("overdue");
});

test.each([
  [
    "connectivity",
    ({ status }: Bench) => (status.line = { kind: "down", atMs: startMs - 130_000, reason: "no answer" }),
  ],
  ["loop-stall", ({ clock }: Bench) => ((clock as unknown as { timeMs: number }).timeMs += 600_000)],
] as const)(
  "what ends by itself (%s) is waited for, and a minute after it trading goes on without anybody",
  async (_, cause) => {
    const one = bench();
    const { clock, start, status, killSwitch, hold, notes, venue } = one;
    const pass = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        venue.clockSkewMs = clock.nowMs();
        await clock.advance(1_000);
      }
    };
    const order = () => hold.under({ state: "active", reason: "" });
    start();
    await pass(2);
    cause(one);
    await pass(2);
    expect(order().state).toBe("reducing");
    expect(order().reason).toMatch(/^it waits: time .* limit (2 min|30 s)$/);
    expect(hold.under({ state: "halted", reason: "a person" })).toEqual({
      state: "halted",
      reason: "a person",
    });
    status.line = { kind: "live", atMs: startMs };
    await pass(55);
    expect(order().state).toBe("reducing");
    await pass(8);
    expect(order().state).toBe("active");
    expect(killSwitch.state().pulls).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(/^nothing is opened/),
      expect.stringMatching(/^over for a minute/),
    ]);
  },
);

test("what is waited for names its cause of now, and a clock that is set back does not make it longer", async () => {
  const { clock, venue, start, status, hold, set } = bench();
  const pass = async (seconds: number, skewMs: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      venue.clockSkewMs = clock.nowMs() + skewMs;
      await clock.advance(1_000);
    }
  };
  start();
  status.line = { kind: "down", atMs: startMs - 130_000, reason: "no answer" };
  await pass(2, 0);
  expect(hold.reason).toMatch(/without a line/);
  status.line = { kind: "live", atMs: startMs };
  await pass(31, 60_000);
  expect(hold.reason).toMatch(/between this clock and the venue's/);
  set.ms = -1_800_000;
  await pass(30, set.ms);
  expect(hold.reason).not.toBeNull();
  // It is over for a while when the clock is set back once more.
  set.ms = -3_600_000;
  await pass(65, set.ms);
  expect(hold.reason).toBeNull();
});

test.each([
  [0, 0],
  [400, 0],
  [900, 500],
  [-300, 300],
])(
  "of an answer that took 0.4 s, told at %i ms after the question, %i ms are certainly wrong",
  async (ms, certain) => {
    const { clock, venue, start } = bench();
    const time = clock as unknown as { timeMs: number };
    Object.defineProperty(venue, "clockSkewMs", { get: () => (time.timeMs += 400) - 400 + ms });
    const guard = start();
    await clock.advance(1_000);
    expect(guard.gauges()["clock-skew"]).toBe(certain);
  },
);

test("a trigger that is off pulls nothing, one that is changed does what it says", async () => {
  const off = bench({ "daily-loss": { limit: "off" }, drawdown: { limit: "off" } });
  off.start();
  off.status.equity = 1;
  await off.clock.advance(2_000);
  expect(off.killSwitch.state().action).toBeNull();
  const freeze = bench({ "daily-loss": { limit: 0.01, action: "freeze" } });
  freeze.start();
  freeze.status.equity = 9_800;
  await freeze.clock.advance(2_000);
  expect(freeze.killSwitch.state().action).toBe("freeze");
});

test("a loss is measured on what the venue says, and equity that is no number is past every limit", async () => {
  const one = bench();
  one.status.venueEquity = { equity: 10_000, atMs: startMs };
  one.start();
  one.status.venueEquity = { equity: 8_000, atMs: startMs };
  await one.clock.advance(2_000);
  expect(one.killSwitch.state().action).toBe("flatten");
  const lost = bench();
  lost.start();
  lost.status.equity = Number.NaN;
  await lost.clock.advance(2_000);
  expect(lost.killSwitch.state().action).toBe("flatten");
});

/** The venue tells its account anew. */
async function tell(
  one: Bench,
  cash: number,
  equity = cash,
  held: Record<string, number> = {},
): Promise<void> {
  await one.clock.advance(60_000);
  const atMs = one.clock.nowMs();
  one.status.venueEquity = { equity, atMs };
  one.status.venueMoney = { cash, equity, venueTimeMs: atMs, held };
  await one.clock.advance(2_000);
}

test("money that is put in or taken out is neither profit nor loss, also while the robot was away", async () => {
  const off = { limit: "off" } as const;
  const one = bench({ connectivity: off, "clock-skew": off, "stale-data": off });
  const guard = one.start();
  await tell(one, 10_000);
  await tell(one, 15_000);
  expect(one.notes).toEqual([expect.stringContaining("5000.00 came into the account without a trade")]);
  expect(guard.days.day).toMatchObject({ startEquity: 15_000, lastEquity: 15_000, peakEquity: 15_000 });
  // A real loss shows as one, of what is there now.
  one.status.equity = 9_850;
  one.status.lastFillMs = one.clock.nowMs() + 1_000;
  await tell(one, 5_000, 14_850, { BTC: 1 });
  expect(guard.gauges()["daily-loss"]).toBeCloseTo(0.01, 9);
  await tell(one, -3_000, 6_850, { BTC: 1 });
  expect(one.notes[1]).toContain("8000.00 left the account without a trade");
  expect(guard.gauges()["daily-loss"]).toBeCloseTo(150 / 7_000, 9);
  guard.stop();
  // Somebody takes half of it while nobody looks.
  one.status.equity = 9_850;
  const again = one.start();
  await tell(one, -6_500, 3_350, { BTC: 1 });
  expect(again.gauges()["daily-loss"]).toBeCloseTo(150 / 3_500, 9);
  expect(one.killSwitch.state().pulls).toEqual([]);
});

test("what is pulled is carried out at the venue, also when it was pulled before the start", async () => {
  const one = bench();
  one.venue.positions.set("BTC", 2);
  one.venue.rest("old", "BTC");
  new KillSwitch(one.home, everyAccount).pull({
    action: "flatten",
    trigger: "person",
    reason: "out",
    atMs: 0,
    by: "anna",
  });
  one.start();
  await one.clock.advance(10_000);
  expect(one.venue.positions.get("BTC")).toBe(0);
  expect(one.venue.working()).toEqual([]);
  const { pulls, done } = one.killSwitch.state();
  expect(done.get(pulls[0]!.id)).toMatchObject({ left: {} });
});

test("a pull that asks for more than the one before is carried out too, and none twice", async () => {
  const one = bench();
  one.venue.positions.set("BTC", 2);
  one.start();
  const pull = { trigger: "person", reason: "", atMs: 0, by: "anna" } as const;
  one.killSwitch.pull({ ...pull, action: "freeze" });
  await one.clock.advance(5_000);
  expect(one.venue.positions.get("BTC")).toBe(2);
  one.killSwitch.pull({ ...pull, action: "flatten" });
  await one.clock.advance(10_000);
  expect(one.venue.positions.get("BTC")).toBe(0);
  const { cancelAlls } = one.venue;
  await one.clock.advance(60_000);
  expect(one.venue.cancelAlls).toBe(cancelAlls);
});

test("what was sent before a pull and comes after everything was closed is closed as well", async () => {
  const one = bench();
  one.venue.positions.set("BTC", 2);
  one.status.unanswered = 1;
  one.start();
  one.killSwitch.pull({ action: "flatten", trigger: "person", reason: "", atMs: 0, by: "anna" });
  await one.clock.advance(5_000);
  expect([one.venue.positions.get("BTC"), one.killSwitch.state().done.size]).toEqual([0, 0]);
  one.venue.positions.set("BTC", 3);
  one.status.unanswered = 0;
  await one.clock.advance(10_000);
  expect([one.venue.positions.get("BTC"), one.killSwitch.state().done.size]).toEqual([0, 1]);
});

test("reduce leaves orders and positions at the venue as they are", async () => {
  const one = bench();
  one.venue.rest("stop", "BTC", "sell");
  one.start();
  one.killSwitch.pull({ action: "reduce", trigger: "person", reason: "", atMs: 0, by: "anna" });
  await one.clock.advance(5_000);
  expect(one.venue.working().length).toBe(1);
});

test("a clock that jumps ahead is named, and once it is right trading goes on within minutes and not after the jump", async () => {
  const traded = bench();
  const { clock, venue, status, hold, notes } = traded;
  const wall = { aheadMs: 0 };
  const rightMs = clock.nowMs.bind(clock);
  clock.nowMs = () => rightMs() + wall.aheadMs;
  const connect = venue.connect.bind(venue);
  const timeMs = () => {
    const { aheadMs } = wall;
    const off = { code: "CLOCK_OFF", exit: "safety", message: "", why: "", fix: "", topic: "clock" } as const;
    return aheadMs === 0 ? Promise.resolve(rightMs()) : Promise.reject(new ClockOff(off, aheadMs));
  };
  venue.connect = () => ({ ...connect(), timeMs });
  const guard = traded.start();
  const minutes = async (count: number): Promise<void> => {
    for (let second = 0; second < count * 60; second++) {
      status.lastBarMs = Math.floor(rightMs() / 60_000) * 60_000;
      await clock.advance(1_000);
    }
  };
  await minutes(1);
  expect(hold.reason).toBeNull();
  wall.aheadMs = 7_200_000;
  await minutes(1);
  expect(hold.reason).not.toBeNull();
  expect(guard.gauges()["clock-skew"]).toBe(7_200_000);
  wall.aheadMs = 0;
  await minutes(4);
  expect([hold.reason, guard.gauges()["clock-skew"]]).toEqual([null, 0]);
  expect(notes.at(-1)).toContain("over for a minute");
  guard.stop();
});

test("what a holding had made before a session took it over is neither a profit nor a loss of its day", async () => {
  const { clock, status, start, venue } = bench();
  // The books have it at what it cost until the first bar; the venue has it at its price.
  status.equity = 10_000;
  status.venueEquity = { equity: 14_000, atMs: startMs } as unknown as RobotStatus["venueEquity"];
  const guard = start();
  venue.clockSkewMs = clock.nowMs();
  await clock.advance(1_000);
  status.equity = 14_000;
  status.lastBarMs = startMs;
  await clock.advance(1_000);
  expect(guard.gauges()["daily-loss"]).toBe(0);
  status.equity = 13_300;
  await clock.advance(1_000);
  expect(guard.gauges()["daily-loss"]).toBeCloseTo(0.05, 9);
  guard.stop();
});
