import { expect, test } from "vitest";
import { dailyBars } from "../../../test/portfolio-harness.ts";
import { survivorshipWarnings } from "./survivorship.ts";

const year = Array.from({ length: 400 }, () => 10);
const tables = (count: number) => Array.from({ length: count }, (_, k) => dailyBars(`S${k}`, year));

test("many symbols that all live until the last day are survivors, and that is said", () => {
  expect(survivorshipWarnings(tables(10), undefined)).toEqual([
    expect.stringMatching(/^all 10 symbols have bars until 2025-02-04: .*survivorship bias/),
  ]);
});

test("a few symbols, a short time, or one that ended before the others give no warning", () => {
  expect(survivorshipWarnings(tables(9), undefined)).toEqual([]);
  expect(survivorshipWarnings([...tables(9), dailyBars("DEAD", year.slice(0, 300))], undefined)).toEqual([]);
  const short = Array.from({ length: 12 }, (_, k) => dailyBars(`S${k}`, year.slice(0, 300)));
  expect(survivorshipWarnings(short, undefined)).toEqual([]);
});

test("members without bars are counted", () => {
  const stay = [{ fromDay: 0, toDay: Infinity }];
  const membership = new Map([
    ["S0", stay],
    ["GONE", stay],
  ]);
  expect(survivorshipWarnings(tables(2), membership)).toEqual([
    "1 of 2 members of the universe have no bars and cannot be chosen: GONE",
  ]);
});
