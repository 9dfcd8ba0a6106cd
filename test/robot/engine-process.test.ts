import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { layGround } from "../../src/app/session/build-session.ts";
import { conversionsFor } from "../../src/domain/currency.ts";
import { Ledger } from "../../src/domain/ledger.ts";
import type { BarTable } from "../../src/domain/bar-table.ts";
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

function remoteOf({ config }: RobotBench, mischief: Mischief | null): Partial<RobotParts> {
  const { instruments } = layGround(tape, config);
  const { account } = config;
  const prices = new Ledger(account.cash, instruments, conversionsFor(instruments, "USD", {}), account);
  return {
    remote: {
      builder,
      making: { config, mischief },
      environment: {},
      limits: { cpuMsMax: 500, memoryMbMax: 96 },
      instruments,
      prices,
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
    const table = tape[0] as BarTable;
    await until(at, () => robot.status().lastBarMs >= table.closeTimeMs[at.row]!, msMax);
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
  "one that does wrong every time is left alone after the third; its stop works, and nothing is opened",
  async () => {
    const at = bench();
    const row = await heldAt();
    const robot = await at.start(remoteOf(at, { kind: "loop", atMs: barMs(row), once: null }));
    await bars(at, robot, row);
    const held = tape.map(({ symbol }) => robot.holding(symbol));
    expect(held.some((quantity) => quantity !== 0)).toBe(true);
    await at.bars(1);
    await until(at, () => at.incidents.filter(({ kind }) => kind === "strategy ended").length === 3);
    expect(at.incidents.at(-1)!.message).toContain("not started again");
    const sent = at.link.sent.length;
    // Each holding has its stop at the venue, and the venue goes on with the bars.
    const works = at.side.openOrders().filter(({ terms }) => terms?.type === "stop_market");
    expect(works).toHaveLength(held.filter((quantity) => quantity !== 0).length);
    await at.bars(150 - row - 1);
    for (const { reduceOnly } of at.link.sent.slice(sent)) expect(reduceOnly).toBe(true);
    for (const [k, { symbol }] of tape.entries())
      expect(Math.abs(robot.holding(symbol))).toBeLessThanOrEqual(Math.abs(held[k]!));
    const account = await at.link.account();
    for (const { symbol } of tape)
      expect(account.positions.get(symbol)?.quantity ?? 0).toBe(robot.holding(symbol));
    // The strategy has not heard of its stops, and whoever asks the robot is told all the same.
    const { positions, equity, orders } = robot.status();
    for (const { symbol } of tape)
      expect(positions.find((line) => line.symbol === symbol)?.quantity ?? 0).toBe(robot.holding(symbol));
    expect(orders).toHaveLength(at.side.openOrders().length);
    if (tape.every(({ symbol }) => robot.holding(symbol) === 0))
      expect(equity).toBeCloseTo(account.equity, 6);
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
