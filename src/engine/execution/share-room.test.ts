import { expect, test } from "vitest";
import { storyOf } from "../../../test/portfolio-harness.ts";
import type { RunConfigInput } from "../../app/config/run-config.ts";
import { runConfigSchema } from "../../app/config/run-config.ts";
import { runBacktest } from "../../app/runs/run-backtest.ts";
import { dayMs } from "../../base/time.ts";
import { barsOf } from "../../domain/bars.ts";
import type { Protection } from "../../domain/target.ts";
import { strategy } from "../../ports/strategy.ts";

const firstDayMs = Date.UTC(2024, 0, 1);

/** A market that stands still: its price, what it trades a day, and the weight that is wanted of it by day. */
type Still = {
  readonly price?: number;
  readonly volume?: number;
  readonly wants: Readonly<Record<number, number>>;
  readonly levels?: Protection;
};

const free: RunConfigInput = {
  account: { kind: "cash", cash: 10_000 },
  sizing: { use: "fixed-fraction", fraction: 1 },
  costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 }, borrowRate: 0 },
  execution: { rebalanceBand: 0 },
};

/** What becomes of markets A, B, C ... of one account: fills and refusals, a line each. */
function run(markets: readonly Still[], config: RunConfigInput = {}, instrument: object = {}) {
  const bars = markets.map(({ price = 100, volume = 1_000 }, k) => {
    const flat = new Float64Array(6).fill(price);
    const closeTimeMs = flat.map((_, row) => firstDayMs + (row + 1) * dayMs);
    const prices = { open: flat, high: flat, low: flat, close: flat };
    return barsOf("ABCDEFGH"[k]!, "1d", { closeTimeMs, ...prices, volume: flat.map(() => volume) });
  });
  const subject = strategy({
    name: "wanting",
    summary: "For this test.",
    params: {},
    setup: ({ bars: own }) => ({ close: own.close }),
    onBar({ timeMs, symbol, target }) {
      const { wants, levels } = markets["ABCDEFGH".indexOf(symbol)]!;
      // The first day is warm-up.
      const weight = wants[(timeMs - firstDayMs) / dayMs - 1];
      if (weight !== undefined) target(weight, { reason: "wanted", ...levels });
    },
  });
  const instruments = { "*": { lotSize: 1, calendar: "24/7", ...instrument } };
  const parsed = runConfigSchema.parse({ ...free, instruments, ...config });
  const result = runBacktest({ bars, strategy: subject, params: {}, config: parsed });
  const day = "2024-01-".length;
  return {
    fills: storyOf(result, ["fill"]).map((line) => line.slice(day).replace("fill ", "")),
    refused: [...result.log.events.countsOf("refused")],
    trimmed: [...result.log.events.countsOf("trimmed")],
    ended: storyOf(result, ["canceled", "rejected"]),
    sent: storyOf(result, ["order"]).map((line) => line.slice(day).replace("order ", "")),
  };
}

const all = { wants: { 1: 1 } };
const crowd = "gross-exposure: all positions together would be too large";

test("two that each want all of a cash account get half of it each, and their costs are set aside", () => {
  expect(run([all, all])).toMatchObject({ fills: ["03 A 50@100", "03 B 50@100"], trimmed: [[crowd, 2]] });
  const costs = { ...free.costs, commission: { use: "rate", rate: 0.01 } };
  // 5,000 / 101 are 49.5.
  expect(run([all, all], { costs })).toMatchObject({ fills: ["03 A 49@100", "03 B 49@100"], ended: [] });
});

test("three that want half each of an account without leverage get a third, and of one with twice they get all", () => {
  const half = { wants: { 1: 0.5 } };
  const account = (leverage: number) => ({ account: { kind: "margin", cash: 10_000, leverage } as const });
  expect(run([half, half, half], account(1)).fills).toEqual(["03 A 33@100", "03 B 33@100", "03 C 33@100"]);
  const wide = run([half, { wants: { 1: -0.5 } }, half], account(2));
  expect(wide).toMatchObject({ fills: ["03 A 50@100", "03 B -50@100", "03 C 50@100"], trimmed: [] });
});

test("what two want in different sizes stays in proportion", () => {
  expect(run([all, { wants: { 1: 0.25 } }]).fills).toEqual(["03 A 80@100", "03 B 20@100"]);
});

test("what is held keeps its part, what reduces makes room, and only what opens is scaled", () => {
  const less = { wants: { 1: 0.8, 3: 0.4 } };
  const more = { wants: { 3: 0.6 } };
  expect(run([more, less]).fills).toEqual(["03 B 80@100", "05 B -40@100", "05 A 60@100"]);
  const held = { wants: { 1: 0.5 } };
  expect(run([{ wants: { 3: 1 } }, held, { wants: { 3: 1 } }]).fills).toEqual([
    "03 B 50@100",
    "05 A 25@100",
    "05 C 25@100",
  ]);
});

test("of a reversal only what is beyond flat is scaled", () => {
  const account = { kind: "margin", cash: 10_000, leverage: 1 } as const;
  // Of 10,000 the one wants to be 10,000 short, the other 5,000 long: two thirds of each are there.
  const markets = [{ wants: { 1: 0.5, 3: -1 } }, { wants: { 3: 0.5 } }];
  expect(run(markets, { account }).fills).toEqual(["03 A 50@100", "05 A -116@100", "05 B 33@100"]);
});

test("one place for two goes to the most traded, then to the larger order, and only between equals to a name", () => {
  const risk = { rules: [{ use: "open-positions", limit: 1 }] };
  const half = { wants: { 1: 0.5 } };
  const [small, busy] = [{ wants: { 1: 0.2 } }, { volume: 2_000, wants: { 1: 0.2 } }];
  expect(run([half, busy], { risk })).toMatchObject({
    fills: ["03 B 20@100"],
    refused: [["open-positions: too many positions are open", 1]],
  });
  expect(run([small, half], { risk }).fills).toEqual(["03 B 50@100"]);
  // As many units at twice the price are twice the value.
  expect(run([half, { price: 200, wants: { 1: 0.2 } }], { risk }).fills).toEqual(["03 B 10@200"]);
  expect(run([half, half], { risk }).fills).toEqual(["03 A 50@100"]);
});

test("a limit on places leaves the room of those that it refuses to the others", () => {
  const risk = { rules: [{ use: "open-positions", limit: 2 }] };
  expect(run([all, { volume: 10, wants: { 1: 1 } }, all], { risk }).fills).toEqual([
    "03 A 50@100",
    "03 C 50@100",
  ]);
});

test("the last lot, and the venue's smallest order, go by the order of service and are refused beyond it", () => {
  const dear = { price: 8_000, wants: { 1: 1 } };
  const busy = { ...dear, volume: 2_000 };
  expect(run([dear, busy])).toMatchObject({ fills: ["03 B 1@8000"], refused: [[crowd, 1]] });
  // Thirds of 10,000 are below 4,000: two smallest orders fit.
  expect(run([all, { ...all, volume: 2_000 }, all], {}, { notionalMin: 4_000 })).toMatchObject({
    fills: ["03 B 40@100", "03 A 40@100"],
    refused: [[crowd, 1]],
  });
});

test("a limit of one symbol alone scales nobody else", () => {
  const risk = { rules: [{ use: "position-limit", limit: 0.3 }] };
  const { fills, trimmed } = run([all, { wants: { 1: 0.2 } }, all], { risk });
  expect(fills).toEqual(["03 A 30@100", "03 C 30@100", "03 B 20@100"]);
  expect(trimmed).toEqual([["position-limit: the position would be too large", 2]]);
});

test("a limit that is not about the sum of all positions scales by what it leaves", () => {
  const risk = { rules: [{ use: "buying-power", margin: 1, reserve: 0.4 }] };
  expect(run([all, all], { risk }).fills).toEqual(["03 A 30@100", "03 B 30@100"]);
});

test("a limit of each order's own that only costs would pass does not hide the one of all together", () => {
  const risk = { rules: [{ use: "order-notional", money: 7_900 }] };
  const costs = { ...free.costs, commission: { use: "rate", rate: 0.01 } };
  const most = { wants: { 1: 0.8 } };
  // 5,000 / 101 are 49.5.
  expect(run([most, most], { risk, costs }).fills).toEqual(["03 A 49@100", "03 B 49@100"]);
});

test("what protects an entry that was made smaller goes with it, though there seemed to be no room for it at first", () => {
  const guarded = { ...all, levels: { stopPrice: 90 } };
  const { fills, refused, sent } = run([guarded, guarded]);
  expect([fills, refused]).toEqual([["03 A 50@100", "03 B 50@100"], []]);
  expect(sent).toEqual(["02 A 50 wanted", "02 A -100 stop-loss", "02 B 50 wanted", "02 B -100 stop-loss"]);
});

test("at one close what makes a position smaller is sent first, a reversal too, and then the most traded", () => {
  const account = { kind: "margin", cash: 10_000, leverage: 1 } as const;
  const turning = { wants: { 1: 0.8, 3: -0.4 } };
  const more = { volume: 2_000, wants: { 3: 0.2 } };
  const most = { volume: 3_000, wants: { 3: 0.2 } };
  const sent = run([more, most, turning], { account }).sent.slice(1);
  expect(sent).toEqual(["04 C -120 wanted", "04 B 20 wanted", "04 A 20 wanted"]);
});
