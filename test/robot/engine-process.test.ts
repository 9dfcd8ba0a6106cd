import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { builtIn } from "../../src/app/plugins/registry.ts";
import { layGround } from "../../src/app/session/build-session.ts";
import { commissionOf } from "../../src/app/session/commission-of.ts";
import { conversionsFor } from "../../src/domain/currency.ts";
import { Ledger } from "../../src/domain/ledger.ts";
import type { Timeframe } from "../../src/domain/timeframe.ts";
import { strategyMuted } from "../../src/robot/robot-status.ts";
import type { Robot, RobotParts } from "../../src/robot/robot-parts.ts";
import { barMs, type Mischief } from "./engine-builder.ts";
import { centMarket, withLevels } from "./kill-market.ts";
import { RobotBench } from "./robot-bench.ts";

// Real processes: what a strategy does there is done.

const tape = centMarket(7, 2, 150);
/** Starting one takes a second of processor, and on a busy machine many of the clock. */
const timeoutMs = 240_000;
const builder = new URL("engine-builder.ts", import.meta.url);
const benches: RobotBench[] = [];
afterEach(async () => {
  for (const { robot } of benches.splice(0)) await robot?.stop();
});

function bench(): RobotBench {
  const made = new RobotBench({ tape, strategy: withLevels });
  benches.push(made);
  return made;
}

function remoteOf(
  { config }: RobotBench,
  mischief: Mischief | null,
  timeframe: Timeframe = "1h",
): Partial<RobotParts> {
  const { instruments, calendars } = layGround(tape, config);
  const { account } = config;
  const prices = new Ledger(account.cash, instruments, conversionsFor(instruments, "USD", {}), account);
  return {
    remote: {
      builder,
      making: { config, mischief, timeframe },
      environment: {},
      limits: { cpuMsMax: 500, memoryMbMax: 96 },
      instruments,
      prices,
      commission: commissionOf(
        { config, registry: builtIn },
        { market: { instruments, bars: [] }, calendars },
      ),
      onRelived() {},
      newAnswers: () => [],
      isShadowOn: () => false,
      onEvents: () => {},
    },
  };
}

/** Bars one after the other; the thread answers in its own time. */
async function bars(at: RobotBench, robot: Robot, count: number, msMax = timeoutMs / 2): Promise<void> {
  for (let k = 0; k < count; k++) {
    await at.bars(1);
    await until(at, () => robot.status().lastBarMs >= at.closeMs, msMax);
  }
}

async function until(at: RobotBench, isTrue: () => boolean, msMax = timeoutMs / 2): Promise<void> {
  for (const endMs = performance.now() + msMax; performance.now() < endMs;) {
    await at.rest();
    if (isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`it did not happen within ${msMax} ms`);
}

/** What a robot with its engine in the same thread comes to: an engine in its own process must come to the same. */
async function undisturbed(count: number) {
  const at = bench();
  const robot = await at.start();
  await at.bars(count);
  return told(robot);
}

function told(robot: Robot) {
  const { decisionsHash, equity, positions } = robot.status();
  return { decisionsHash, equity, positions };
}

const folder = mkdtempSync(join(tmpdir(), "kiwi-engine-"));
afterAll(() => rmSync(folder, { recursive: true }));

test(
  "an engine in a process of its own decides as one in the robot's, also after a restart",
  async () => {
    const expected = await undisturbed(150);
    const at = bench();
    for (const count of [60, 90]) {
      const robot = await at.start(remoteOf(at, null));
      await bars(at, robot, count);
      if (count === 90) expect(told(robot)).toEqual(expected);
      else await robot.stop();
    }
    expect(at.incidents.map(({ kind }) => kind)).toEqual(["recovered"]);
  },
  timeoutMs,
);

let expected: ReturnType<typeof told> | undefined;

test.each(["loop", "throw", "objects", "native", "numbers", "at once", "exit"] as const)(
  "a strategy that does wrong once (%s) is ended, lives through its journal, and ends as if nothing had happened",
  async (kind) => {
    expected ??= await undisturbed(75);
    const at = bench();
    const robot = await at.start(remoteOf(at, { kind, atMs: barMs(60), once: join(folder, kind) }));
    await bars(at, robot, 75);
    expect(told(robot)).toEqual(expected);
    expect(at.incidents.map(({ kind: what }) => what)).toEqual(["strategy ended", "strategy back"]);
  },
  timeoutMs,
);

test(
  "one that does wrong every time is muted: its stops and targets go on, nothing is opened, and a start asks it again",
  async () => {
    const at = bench();
    const row = await heldAt();
    const looping = remoteOf(at, { kind: "loop", atMs: barMs(row), once: null });
    const robot = await at.start(looping);
    await bars(at, robot, row);
    const held = tape.map(({ symbol }) => robot.holding(symbol));
    expect(held.some((quantity) => quantity !== 0)).toBe(true);
    await bars(at, robot, 1);
    const kinds = at.incidents.map(({ kind }) => kind);
    expect(kinds).toEqual(["strategy ended", "strategy ended", "strategy muted"]);
    expect(robot.status().trading).toEqual({ state: "reducing", reason: strategyMuted });
    const sent = at.link.sent.length;
    await bars(at, robot, 20);
    for (const { reduceOnly } of at.link.sent.slice(sent)) expect(reduceOnly).toBe(true);
    const account = await at.link.account();
    for (const { symbol } of tape)
      expect(account.positions.get(symbol)?.quantity ?? 0).toBe(robot.holding(symbol));
    expect(robot.status().equity).toBeCloseTo(account.equity, 6);
    const { decisionsHash } = robot.status();
    await robot.stop();
    // The one that is mended lives through the same journal: on those bars it is not asked either.
    const mended = await at.start(remoteOf(at, null));
    expect(mended.status()).toMatchObject({ decisionsHash, trading: { state: "active" } });
    const before = at.link.sent.length;
    await bars(at, mended, 60);
    expect(at.link.sent.slice(before).some(({ reduceOnly }) => !reduceOnly)).toBe(true);
  },
  timeoutMs,
);

test(
  "one that hangs while its position has no stop, for the venue takes none, is muted at once, and the position is closed",
  async () => {
    const seconds = centMarket(7, 2, 150, "1s");
    const noStops = { orderTypes: ["market", "limit"] } as const;
    const at = new RobotBench({ tape: seconds, strategy: withLevels, capabilities: noStops });
    benches.push(at);
    const calm = await at.start();
    const isHeld = (robot: Robot) => seconds.some(({ symbol }) => robot.holding(symbol) !== 0);
    while (!isHeld(calm)) await at.bars(1);
    const { row } = at;
    const again = new RobotBench({ tape: seconds, strategy: withLevels, capabilities: noStops });
    benches.push(again);
    const atMs = barMs(row + 1, 1_000);
    const robot = await again.start(remoteOf(again, { kind: "loop", atMs, once: null }, "1s"));
    await bars(again, robot, row + 1);
    expect(isHeld(robot)).toBe(true);
    await again.bars(1);
    await until(again, () => again.incidents.some(({ kind }) => kind === "strategy muted"));
    expect(again.incidents.map(({ kind }) => kind)).toEqual(["strategy ended", "strategy muted"]);
    expect(isHeld(robot)).toBe(true);
    await bars(again, robot, 60);
    expect(isHeld(robot)).toBe(false);
    const account = await again.link.account();
    for (const { symbol } of seconds) expect(account.positions.get(symbol)?.quantity ?? 0).toBe(0);
  },
  timeoutMs,
);

/** The first bar, from the sixtieth on, after which something is held with a stop. */
async function heldAt(): Promise<number> {
  const at = bench();
  const robot = await at.start();
  await at.bars(60);
  while (!robot.status().orders.some(({ isProtection, status }) => isProtection && status === "accepted"))
    await at.bars(1);
  return at.row + 1;
}
