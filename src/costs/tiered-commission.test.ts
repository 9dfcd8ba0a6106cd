import { expect, test } from "vitest";
import { dayMs } from "../base/time.ts";
import { tieredCommission } from "./tiered-commission.ts";

const start = Date.UTC(2024, 0, 1);
const tiers = [
  { fromMs: 0, volume: 0, maker: 0.001, taker: 0.002 },
  { fromMs: 0, volume: 1_000, maker: 0.0005, taker: 0.001 },
];

test("a tier is earned by the whole days before, and lost when they are too long ago", () => {
  const commission = tieredCommission(tiers);
  const feeOn = (day: number): number => {
    commission.at!(start + day * dayMs);
    return commission.fee(1, 100, "taker");
  };
  expect(feeOn(0)).toBeCloseTo(0.2, 12);
  commission.traded!(1_000);
  // The day itself does not count yet.
  expect(feeOn(0.9)).toBeCloseTo(0.2, 12);
  expect(feeOn(1)).toBeCloseTo(0.1, 12);
  expect(commission.fee(1, 100, "maker")).toBeCloseTo(0.05, 12);
  expect(commission.rate(1, 100)).toBe(0.001);
  expect(feeOn(30)).toBeCloseTo(0.1, 12);
  expect(feeOn(31)).toBeCloseTo(0.2, 12);
});

test("a fee that is asked for and not paid counts for nothing", () => {
  const commission = tieredCommission(tiers);
  commission.at!(start);
  for (let k = 0; k < 100; k++) commission.fee(1, 1_000_000, "taker");
  commission.at!(start + dayMs);
  expect(commission.fee(1, 100, "taker")).toBeCloseTo(0.2, 12);
});

test("a new schedule holds from its day on", () => {
  const commission = tieredCommission([
    ...tiers,
    { fromMs: start + 5 * dayMs, volume: 0, maker: 0, taker: 0.01 },
  ]);
  commission.at!(start + 4.9 * dayMs);
  expect(commission.fee(1, 100, "taker")).toBeCloseTo(0.2, 12);
  commission.at!(start + 5 * dayMs);
  expect(commission.fee(1, 100, "taker")).toBeCloseTo(1, 12);
});

test("the trades of a day and of several days are added, and a schedule may have one tier", () => {
  const commission = tieredCommission(tiers);
  for (const [day, notional] of [
    [0, 300],
    [1, 300],
    [1, 399],
    [2, 1],
  ] as const) {
    commission.at!(start + day * dayMs);
    expect(commission.fee(1, 100, "taker")).toBeCloseTo(0.2, 12);
    commission.traded!(notional);
  }
  // 300 + 300 + 399 + 1 reach the tier to the cent.
  commission.at!(start + 3 * dayMs);
  expect(commission.fee(1, 100, "taker")).toBeCloseTo(0.1, 12);
  expect(tieredCommission(tiers.slice(0, 1)).fee(1, 100, "taker")).toBeCloseTo(0.2, 12);
});

test("who has not traded enough for the first tier is in it all the same", () => {
  const commission = tieredCommission(tiers.map((tier) => ({ ...tier, volume: tier.volume + 500 })));
  expect(commission.fee(1, 100, "taker")).toBeCloseTo(0.2, 12);
});

test("before the first moment it knows the first schedule holds, from the first of volumes", () => {
  const schedule = (fromMs: number, taker: number) => [
    { fromMs, volume: 0, maker: 0, taker },
    { fromMs, volume: 1, maker: 0, taker: taker / 2 },
  ];
  const commission = tieredCommission([...schedule(-5, 0.04), ...schedule(0, 0.01)]);
  expect(commission.fee(1, 100, "taker")).toBe(4);
  commission.at!(0);
  expect(commission.fee(1, 100, "taker")).toBe(1);
});
