import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { measured } from "./comparison.ts";
import type { ComparedFill } from "./compared-fills.ts";
import { ComparedSide } from "./compared-side.ts";
import { FillComparison } from "./fill-comparison.ts";
import { Halts } from "./halts.ts";

function compareFills(
  ours: readonly ComparedFill[],
  theirs: readonly ComparedFill[],
  pnl: number,
  shadowPnl: number,
  slippageRate: number,
  { ordered = theirs, answeredMs = Infinity, halts = new Halts() } = {},
) {
  const comparison = new FillComparison(new ComparedSide(), new ComparedSide(), undefined, halts);
  for (const fill of ours) comparison.ours.take(fill);
  for (const fill of theirs) comparison.theirs.take(fill);
  for (const { instrument, timeMs, afterMs, quantity } of ordered)
    comparison.ours.orders.add({ instrument, timeMs: timeMs - afterMs, quantity });
  return measured(comparison, comparison.tally(answeredMs), { pnl, shadowPnl }, slippageRate);
}

/** What a backtest filled: buys and sells by turns, five minutes apart. */
function modelled(count: number): readonly ComparedFill[] {
  const prng = new Prng(3);
  return Array.from({ length: count }, (_, k) => ({
    instrument: 0,
    timeMs: k * 300_000,
    quantity: k % 2 === 0 ? 2 : -2,
    price: 100 + prng.normal(),
    afterMs: 60_000,
    orderedQuantity: k % 2 === 0 ? 2 : -2,
    marketPrice: 100,
  }));
}

/** The same fills at prices that are worse by `share` and some noise, and later. */
function real(fills: readonly ComparedFill[], share: number, noise = 0.0001): readonly ComparedFill[] {
  const prng = new Prng(4);
  return fills.map((fill) => ({
    ...fill,
    timeMs: fill.timeMs + 250,
    afterMs: 250,
    price: fill.price * (1 + Math.sign(fill.quantity) * (share + noise * prng.normal())),
  }));
}

test("fills as the model says drift nowhere, however many there are", () => {
  for (const count of [2, 10, 200]) {
    const found = compareFills(real(modelled(count), 0), modelled(count), 5, 5, 0.0005);
    expect(found.drift).toBeNull();
    expect(found).toMatchObject({ matched: count, fillRatio: 1, latencyMsMean: 250 });
  }
});

test("three times the modelled slippage is noticed within a dozen fills, is called slippage, and the refit mends it", () => {
  // The model takes 0.05 %, the venue 0.15 %: 0.1 % on top.
  const model = modelled(12);
  const found = compareFills(real(model, 0.001, 0.00001), model, -2.4, 0, 0.0005);
  expect(found.drift).toContain("slippage");
  expect(found.slippageMean).toBeCloseTo(0.001, 4);
  expect(found.refittedSlippage).toBeCloseTo(0.0015, 4);
  const refitted = model.map((fill) => ({
    ...fill,
    price: fill.price * (1 + Math.sign(fill.quantity) * (found.refittedSlippage - 0.0005)),
  }));
  expect(compareFills(real(model, 0.001), refitted, 0, 0, found.refittedSlippage).drift).toBeNull();
});

test("a few bad fills are chance, and fills better than the model are no alarm", () => {
  expect(compareFills(real(modelled(6), 0.002), modelled(6), 0, 0, 0).drift).toBeNull();
  expect(compareFills(real(modelled(50), -0.002), modelled(50), 0, 0, 0.0005).drift).toBeNull();
});

test("orders that are not filled are noticed by the fill ratio", () => {
  const model = modelled(20);
  const found = compareFills(real(model.slice(0, 12), 0), model, 0, 0, 0);
  expect(found.drift).toContain("fill ratio");
  expect(found).toMatchObject({ fills: 12, shadowFills: 20, fillRatio: 0.6 });
  expect(compareFills([], model, 0, 0, 0).drift).toContain("fill ratio: only 0 %");
});

test("what was not ordered here, and what may still be filled, is no matter of the fill ratio", () => {
  const half = modelled(12);
  const later = half.map((fill) => ({ ...fill, timeMs: fill.timeMs + 7_200_000 }));
  const model = [...half, ...later];
  // The machine slept, or trading was halted: the backtest went on alone.
  const slept = compareFills(real(half, 0), model, 0, 0, 0, { ordered: half });
  expect(slept).toMatchObject({ drift: null, fillRatio: 1 });
  const { timeMs } = half.at(-1)!;
  const early = compareFills(real(half, 0), model, 0, 0, 0, { answeredMs: timeMs });
  expect(early).toMatchObject({ drift: null, fillRatio: 1 });
});

test("what waited here under our own switch is counted as that, and is no matter of the fill ratio", () => {
  const model = modelled(20);
  const halts = new Halts();
  // The ninth to the sixteenth are ordered while it is pulled, and not filled here within ten minutes.
  halts.hear("halted", 8 * 300_000 - 60_000);
  halts.hear("halted", 9 * 300_000);
  halts.hear("active", 15 * 300_000);
  const ours = real([...model.slice(0, 8), ...model.slice(16)], 0);
  expect(compareFills(ours, model, 0, 0, 0, { halts })).toMatchObject({
    waited: 8,
    fillRatio: 1,
    drift: null,
  });
  expect(compareFills(ours, model, 0, 0, 0)).toMatchObject({ waited: 0, fillRatio: 0.6 });
});

test("slippage that is certain and costs nobody anything is no drift", () => {
  const model = modelled(40);
  expect(compareFills(real(model, 0.00004, 0), model, 0, 0, 0.0005).drift).toBeNull();
  expect(compareFills(real(model, 0.00006, 0), model, 0, 0, 0.0005).drift).toContain("slippage");
  expect(compareFills(real(model, 0.00002, 0), model, 0, 0, 0).drift).toContain("slippage");
});

test("an order that is filled in parts is compared as one, at its mean price", () => {
  const part = { instrument: 0, quantity: 1, timeMs: 0, afterMs: 0, orderedQuantity: 2, marketPrice: 100 };
  const found = compareFills(
    [
      { ...part, price: 101 },
      { ...part, timeMs: 10, price: 103 },
    ],
    [{ ...part, quantity: 2, price: 100 }],
    0,
    0,
    0,
  );
  expect(found).toMatchObject({ matched: 1, fillRatio: 1 });
  expect(found.slippageMean).toBeCloseTo(0.02, 12);
});
