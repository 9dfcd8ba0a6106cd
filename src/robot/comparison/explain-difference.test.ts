import fc from "fast-check";
import { expect, test } from "vitest";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import { buildSession, layGround } from "../../app/session/build-session.ts";
import { Prng } from "../../base/prng.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import type { ComparedFill, ComparedOrder } from "./compared-fills.ts";
import { ComparedSide } from "./compared-side.ts";
import { SessionComparison } from "./comparison.ts";
import { explainDifference, type Explanation } from "./explain-difference.ts";
import { FillComparison } from "./fill-comparison.ts";
import { Shadow } from "./shadow.ts";

type Side = {
  readonly fills: readonly ComparedFill[];
  readonly orders: readonly ComparedOrder[];
  readonly kept: readonly ComparedFill[];
};
const lastPrice = 110;
const sumOf = (parts: Explanation): number => Object.values(parts).reduce((sum, part) => sum + part, 0);
/** What fills have made at the last price, by cash and holding. */
const madeBy = ({ fills, kept }: Side): number =>
  [...fills, ...kept].reduce((sum, { quantity, price }) => sum - quantity * price + quantity * lastPrice, 0);

function compared(ours: Side, theirs: Side): FillComparison {
  const comparison = new FillComparison(new ComparedSide(), new ComparedSide());
  for (const [side, { fills, orders, kept }] of [
    [comparison.ours, ours],
    [comparison.theirs, theirs],
  ] as const) {
    for (const order of orders) side.orders.add(order);
    for (const one of fills) side.take(one);
    for (const one of kept) side.keep(one);
  }
  return comparison;
}

function explained(ours: Side, theirs: Side, fees = 0, shadowFees = 0): Explanation {
  const comparison = compared(ours, theirs);
  return explainDifference(comparison, comparison.tally(), {
    pnl: madeBy(ours) - fees,
    shadowPnl: madeBy(theirs) - shadowFees,
    fees,
    shadowFees,
    lastPrice: () => lastPrice,
    unitValue: () => 1,
  });
}

const fill = (over: Partial<ComparedFill> = {}): ComparedFill => ({
  instrument: 0,
  timeMs: 1_000,
  quantity: 2,
  price: 100,
  afterMs: 0,
  orderedQuantity: 2,
  marketPrice: 100,
  ...over,
});
const side = (fills: readonly ComparedFill[], kept: readonly ComparedFill[] = []): Side => ({
  fills,
  kept,
  orders: fills.map(({ instrument, timeMs, orderedQuantity }) => ({
    instrument,
    timeMs,
    quantity: orderedQuantity,
  })),
});
const nothing = { price: 0, delay: 0, fee: 0, missed: 0, data: 0 };

test("each cause of a difference has its own part", () => {
  const model = side([fill()]);
  const close = (ours: Side, wanted: Partial<Explanation>, fees = 0): void => {
    const parts = explained(ours, model, fees);
    for (const [name, part] of Object.entries({ ...nothing, rest: 0, ...wanted }))
      expect(parts[name as keyof Explanation], name).toBeCloseTo(part, 9);
  };
  close(side([fill()]), {});
  close(side([fill({ price: 101 })]), { price: -2 });
  close(side([fill({ price: 103, marketPrice: 103 })]), { delay: -6 });
  close(side([fill()]), { fee: -0.5 }, 0.5);
  // The market went up by ten since: not to have two of them costs twenty.
  close({ ...side([]), orders: model.orders }, { missed: -20 });
  close(side([]), { data: -20 });
  close(side([fill({ quantity: 1 })]), { missed: -10 });
  close(side([fill({ quantity: 1, orderedQuantity: 1 })]), { data: -10 });
  // A venue that keeps a tenth of a unit as its fee: worth ten when bought, and eleven now.
  close(side([fill()], [fill({ quantity: -0.1 })]), { fee: -11 }, 10);
});

test("the parts add up to the whole for any fills, and fills leave nothing unexplained", () => {
  const anyFill = fc.record({
    instrument: fc.integer({ min: 0, max: 2 }),
    timeMs: fc.integer({ min: 0, max: 100 }).map((k) => k * 60_000),
    quantity: fc.double({ min: -5, max: 5, noNaN: true }).filter((one) => Math.abs(one) > 1e-3),
    price: fc.double({ min: 50, max: 200, noNaN: true }),
    afterMs: fc.integer({ min: 0, max: 60_000 }),
    orderedQuantity: fc.constantFrom(1, -1, 3, Number.NaN),
    marketPrice: fc.oneof(fc.double({ min: 50, max: 200, noNaN: true }), fc.constant(Number.NaN)),
  });
  const anySide = fc.tuple(fc.array(anyFill, { maxLength: 30 }), fc.array(anyFill, { maxLength: 3 }));
  const fee = fc.double({ min: 0, max: 10, noNaN: true });
  fc.assert(
    fc.property(anySide, anySide, fee, fee, ([ours, kept], [theirs], fees, shadowFees) => {
      const [own, other] = [side(ours, kept), side(theirs)];
      const parts = explained(own, other, fees, shadowFees);
      expect(sumOf(parts)).toBeCloseTo(madeBy(own) - fees - (madeBy(other) - shadowFees), 6);
      expect(parts.rest).toBeCloseTo(0, 6);
    }),
    { numRuns: 200 },
  );
});

test("two sessions over the same bars differ by their costs, and by nothing that is not explained", async () => {
  const prng = new Prng(11);
  const bars = new BarTable("BTCUSDT", "1h");
  for (let hour = 1, price = 100; hour <= 600; hour++) {
    const open = price;
    price *= 1 + 0.01 * prng.normal();
    bars.append(
      hour * 3_600_000,
      open,
      Math.max(open, price) * 1.002,
      Math.min(open, price) * 0.998,
      price,
      1e6,
    );
  }
  const sessionWith = async (...sets: readonly string[]) => {
    const { config } = await resolveConfig({ folder: import.meta.dirname, file: null, env: {}, sets });
    const setup = { bars: [bars], strategy: smaCross, params: { fast: 3, slow: 8 }, config };
    const shadow = new Shadow(buildSession(setup, layGround([bars], config)), [bars], 0);
    shadow.advance(Infinity);
    return shadow.session;
  };
  const model = await sessionWith();
  const real = await sessionWith("costs.slippage.rate=0.002", "costs.commission.rate=0.003");
  const { explanation, pnl, shadowPnl, matched, drift } = new SessionComparison(
    real,
    model,
    [bars],
    0,
    0.0005,
  ).compare();
  expect(matched).toBeGreaterThan(20);
  expect(sumOf(explanation)).toBeCloseTo(pnl - shadowPnl, 6);
  expect(Math.abs(explanation.rest)).toBeLessThan(1e-6);
  expect(explanation.delay).toBe(0);
  expect(explanation.price).toBeLessThan(0);
  expect(explanation.fee).toBeLessThan(0);
  expect(drift).toContain("slippage");
});

test("a comparison that looks again and again says what one look over everything says", () => {
  // Two sides of one strategy: most fills have a counterpart, some come late, in parts, in another size or not at all.
  const fate = fc.record({
    gapMs: fc.integer({ min: 0, max: 20 * 60_000 }),
    instrument: fc.integer({ min: 0, max: 2 }),
    quantity: fc.constantFrom(2, -2, 5),
    price: fc.double({ min: 50, max: 200, noNaN: true }),
    kind: fc.constantFrom("both", "both", "late", "parts", "ours", "theirs", "unordered", "smaller"),
    looks: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 60 }), (fates) => {
      const whole = compared(side([]), side([]));
      const looking = compared(side([]), side([]));
      let timeMs = 0;
      for (const { gapMs, instrument, quantity, price, kind, looks } of fates) {
        timeMs += gapMs;
        const one = { ...fill(), instrument, timeMs, quantity, price, orderedQuantity: quantity };
        const order = { instrument, timeMs, quantity };
        const late = { ...one, timeMs: timeMs + 9 * 60_000, afterMs: 9 * 60_000, marketPrice: 103 };
        for (const { ours, theirs } of [whole, looking]) {
          if (kind !== "theirs" && kind !== "unordered") ours.orders.add(order);
          theirs.orders.add(order);
          if (kind !== "ours") theirs.take(one);
          if (kind === "parts")
            for (const part of [0.5, 0.5]) ours.take({ ...one, quantity: quantity * part });
          else if (kind === "late") ours.take(late);
          else if (kind === "smaller") ours.take({ ...one, quantity: quantity / 2 });
          else if (kind !== "theirs" && kind !== "unordered") ours.take({ ...one, price: price + 1 });
        }
        if (looks) looking.settle(timeMs - 3_600_000);
      }
      const [once, often] = [whole.tally(), looking.tally()];
      expect(often.matched).toBe(once.matched);
      expect(often.worseMean).toBeCloseTo(once.worseMean, 9);
      if (once.matched > 1) expect(often.worseError).toBeCloseTo(once.worseError, 9);
      const figures = (tally: typeof once, instrument: number) => {
        const { price, delay, missed, data } = tally.of(instrument);
        return [price, delay, missed.quantity, missed.cost, data.quantity, data.cost];
      };
      for (const instrument of [0, 1, 2])
        for (const [k, figure] of figures(once, instrument).entries())
          expect(figures(often, instrument)[k]).toBeCloseTo(figure, 6);
      // What is settled is not kept.
      looking.settle(timeMs + 86_400_000);
      expect([looking.ours.recent, looking.theirs.recent]).toEqual([[], []]);
      expect(looking.tally().matched).toBe(once.matched);
    }),
    { seed: 3, numRuns: 100 },
  );
});
