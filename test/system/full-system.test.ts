import { afterEach, expect, test } from "vitest";
import { minuteMs, secondMs } from "../../src/base/time.ts";
import { strategy, type TargetOptions } from "../../src/ports/strategy.ts";
import { KillSwitch } from "../../src/robot/kill/kill-switch.ts";
import { canMakeDisk, fillDisk, withSmallDisk } from "../small-disk.ts";
import { PaperStack } from "./paper-stack.ts";
import { noTrouble } from "./troubled-link.ts";

// The whole robot with its feed, disk, guard and alerts, while what is around it fails: what it decides and holds, what
// people are told, and how it comes back. What fails on the order path alone is in test/robot.

const warmupBars = 30;
const stacks: PaperStack[] = [];
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.remove();
});

/** A stack whose strategy wants what it is told: by bars from the start, weight and levels as a share of the price. */
async function trading(
  wishes: Readonly<Record<number, readonly [number, number?]>>,
  folder?: string,
): Promise<PaperStack> {
  const made: { stack?: PaperStack } = {};
  const told = strategy({
    name: "told",
    summary: "Wants what a test says.",
    params: {},
    setup: ({ bars: { close } }) => ({ close }),
    onBar({ series, target, timeMs }) {
      const firstMs = made.stack!.market[0]!.closeTimeMs[warmupBars - 1]!;
      const wish = wishes[Math.round((timeMs - firstMs) / minuteMs)];
      if (wish === undefined) return;
      const [weight, stopShare] = wish;
      const stop: Partial<TargetOptions> =
        stopShare === undefined ? {} : { stopPrice: Math.round(series.close.now * stopShare * 100) / 100 };
      target(weight, { reason: "told", ...stop });
    },
  });
  const stack = new PaperStack({
    seed: 3,
    symbols: 1,
    warmupBars,
    bars: warmupBars + 80,
    strategy: told,
    ...(folder === undefined ? {} : { folder }),
  });
  made.stack = stack;
  stacks.push(stack);
  await stack.start();
  return stack;
}

const pulls = (stack: PaperStack) =>
  new KillSwitch(stack.folder, stack.link.accountName).state().pulls.map(({ trigger }) => trigger);
/** What the robot holds by its own books. */
const own = ({ robot }: PaperStack) => robot!.status().positions[0]!.quantity;
const works = ({ side }: PaperStack) => side.openOrders().map(({ terms }) => terms?.type);

test("good data and a venue that takes its time: the same orders, the same holding, nothing to tell", async () => {
  const stack = await trading({ 2: [1], 6: [0] });
  stack.link.trouble.answerMs = 4_000;
  await stack.bars(4);
  expect(stack.held()).toBeGreaterThan(0);
  await stack.bars(4);
  expect([stack.held(), own(stack), stack.link.sent.length]).toEqual([0, 0, 2]);
  expect([stack.told, pulls(stack)]).toEqual([[], []]);
});

test("no data: what is held keeps its stop, nothing is opened, people are told once, and exits go on when bars come", async () => {
  const stack = await trading({ 2: [1, 0.8], 20: [0] });
  await stack.bars(4);
  const held = stack.held();
  stack.setStreaming(false);
  await stack.bars(14);
  expect([stack.held(), works(stack)]).toEqual([held, ["stop_market"]]);
  expect(pulls(stack)).toEqual(["stale-data"]);
  expect(stack.told).toEqual([
    expect.stringMatching(/^critical: source memory: 3 bars have not come/),
    expect.stringMatching(/^critical: trading is reducing: stale-data/),
  ]);
  stack.setStreaming(true, stack.world.nowMs - 20 * minuteMs);
  await stack.bars(6);
  // A pull stands until a person lifts it; it lets exits through.
  expect([stack.held(), own(stack), works(stack)]).toEqual([0, 0, []]);
  expect(stack.told).toHaveLength(2);
});

test("a venue that answers with errors only: the order that is too old by then is given up, once, and the next one is sent", async () => {
  const stack = await trading({ 2: [1, 0.8], 12: [0], 14: [1] });
  await stack.bars(1);
  stack.link.trouble.hasErrors = true;
  await stack.bars(4);
  expect([stack.held(), own(stack)]).toEqual([0, 0]);
  stack.link.trouble = { ...noTrouble };
  await stack.bars(12);
  expect(stack.held()).toBeGreaterThan(0);
  expect(own(stack)).toBe(stack.held());
  const names = stack.account.orders.history().map(({ clientOrderId }) => clientOrderId);
  expect(new Set(names).size).toBe(names.length);
  expect(stack.told.toSorted()).toEqual(
    ["info: question failed", "info: SYN1: order lost", "warning: SYN1: order unresolved"].toSorted(),
  );
});

test("outages: a short one is told once and changes nothing, a long one stops the opening of positions", async () => {
  const stack = await trading({ 2: [1, 0.8], 8: [0], 16: [1] });
  await stack.bars(4);
  stack.link.setDown(true);
  await stack.pass(30 * secondMs);
  stack.link.setDown(false);
  await stack.bars(6);
  expect([stack.held(), own(stack)]).toEqual([0, 0]);
  expect([stack.told, pulls(stack)]).toEqual([["info: line down", "info: line back"], []]);
  stack.link.setDown(true);
  await stack.bars(4);
  stack.link.setDown(false);
  await stack.bars(4);
  expect(pulls(stack)).toEqual(["connectivity"]);
  expect([stack.held(), stack.robot!.status().line.kind]).toEqual([0, "live"]);
  expect(stack.told.filter((line) => line.includes("connectivity"))).toHaveLength(1);
  expect(new Set(stack.told).size).toBe(stack.told.length);
});

test("a robot that is started again holds what it held, under the same stop, says so once, and sends nothing twice", async () => {
  const stack = await trading({ 2: [1, 0.8], 8: [0] });
  await stack.bars(4);
  const held = stack.held();
  await stack.stop();
  await stack.bars(2);
  await stack.start();
  expect([own(stack), stack.held(), works(stack)]).toEqual([held, held, ["stop_market"]]);
  expect(stack.told).toEqual(["info: recovered"]);
  await stack.bars(4);
  expect([own(stack), stack.held(), works(stack), stack.link.sent.length]).toEqual([0, 0, [], 3]);
});

test("a clock that is moved stops the opening of positions, is told once, and lets exits through", async () => {
  const stack = await trading({ 2: [1, 0.8], 6: [1], 9: [0] });
  await stack.bars(4);
  const held = stack.held();
  stack.moveClock(10 * minuteMs);
  await stack.bars(3);
  expect(pulls(stack)).toContain("clock-skew");
  expect([stack.held(), works(stack)]).toEqual([held, ["stop_market"]]);
  stack.moveClock(-10 * minuteMs);
  await stack.bars(4);
  expect([stack.held(), own(stack)]).toEqual([0, 0]);
  expect(stack.told.filter((line) => line.includes("clock: "))).toHaveLength(1);
  expect(new Set(stack.told).size).toBe(stack.told.length);
});

test.skipIf(!canMakeDisk)(
  "a full disk ends the robot before anything is sent that is not written; with room it goes on from its journal",
  async () => {
    await withSmallDisk(2_000, async (folder) => {
      const stack = await trading({ 2: [1, 0.8], 12: [-1], 20: [0] }, folder);
      await stack.bars(3);
      const [held, sent] = [stack.held(), stack.link.sent.length];
      const { robot } = stack;
      const empty = fillDisk(folder);
      // The last page of the journal may have room for a few records more.
      await stack.bars(12);
      expect(await robot!.done).toMatchObject({ kind: "failed", error: { parts: { code: "DISK_FAILED" } } });
      expect([stack.held(), stack.link.sent.length, works(stack)]).toEqual([held, sent, ["stop_market"]]);
      expect(stack.told.filter((line) => !line.includes("store journal"))).toEqual(["critical: disk failed"]);
      empty();
      await stack.stop();
      await stack.start();
      expect([own(stack), stack.held()]).toEqual([held, held]);
      await stack.bars(10);
      expect([own(stack), stack.held()]).toEqual([0, 0]);
      expect(stack.told.filter((line) => line === "info: recovered")).toHaveLength(1);
      await stack.stop();
    });
  },
);
