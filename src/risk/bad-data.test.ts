import { expect, test } from "vitest";
import { barsFrom, make, testTools, type TestBar } from "../../test/plugin-tools.ts";
import { ask } from "../../test/risk-harness.ts";
import { hourMs } from "../base/time.ts";
import { barsOf, type Bars } from "../domain/bars.ts";
import type { RiskVerdict } from "../ports/risk.ts";
import { badData } from "./bad-data.ts";

const good: TestBar = [10, 12, 9, 11, 5];

/** What the rule says right after the last of these hourly bars. */
function afterBars(rows: readonly TestBar[], options = {}): RiskVerdict {
  return after(barsFrom(rows), rows.length, options);
}

function after(bars: Bars, row: number, options = {}): RiskVerdict {
  const lastBarTimeMs = bars.closeTimeMs[row - 1] ?? Number.NaN;
  return ask(make(badData, options, testTools([bars])), { lastBarTimeMs });
}

test("a good bar is traded on", () => {
  expect(afterBars([good]).kind).toBe("approve");
  // A share that stood still, and a source without volumes.
  expect(afterBars([[10, 10, 10, 10, 0]]).kind).toBe("approve");
});

test("prices and volumes below one are as good as others, and the last bits of a rounding are forgiven", () => {
  expect(afterBars([[0.5, 0.6, 0.4, 0.5, 0.1]]).kind).toBe("approve");
  const top = (high: number) => afterBars([[10, high, 9, 11, 5]]).kind;
  // A thousand-millionth of the price is 1.1e-8.
  expect([top(11 - 1e-8), top(11 - 1.2e-8)]).toEqual(["approve", "refuse"]);
  const bottom = (low: number) => afterBars([[10, 12, low, 11, 5]]).kind;
  expect([bottom(10 + 1.1e-8), bottom(10 + 1.3e-8)]).toEqual(["approve", "refuse"]);
});

test("a first bar that cannot be right is told from none", () => {
  expect(afterBars([[10, 9, 12, 11, 5]])).toMatchObject({ reason: "a recent bar cannot be right" });
  expect(after(barsFrom([good]), 0)).toMatchObject({ reason: "too few bars have come yet", value: 0 });
});

test("after a day's last short bar the market is closed, and the bars before it are counted", () => {
  const ones = Float64Array.of(1, 1);
  // A session of 6.5 hours in New York in winter: 15:30 to 21:00 UTC by hours, the last of half of one.
  const closing = (hour: number, minute: number) => Date.UTC(2024, 0, 3, hour, minute);
  const says = (before: number, last: number) => {
    const columns = { open: ones, high: ones, low: ones, close: ones, volume: ones };
    const bars = barsOf("TEST", "1h", { closeTimeMs: Float64Array.of(before, last), ...columns });
    return ask(make(badData, {}, testTools([bars], "us-equity")), { lastBarTimeMs: last }).kind;
  };
  expect(says(closing(20, 30), closing(21, 0))).toBe("approve");
  expect(says(closing(19, 30), closing(21, 0))).toBe("refuse");
});

test.each<[string, TestBar]>([
  ["high below close", [10, 10.5, 9, 11, 5]],
  ["low above open", [10, 12, 10.5, 11, 5]],
  ["high below low", [10, 9, 12, 11, 5]],
  ["a price of zero", [10, 12, 0, 11, 5]],
  ["a price that is missing", [10, 12, 9, Number.NaN, 5]],
  ["a price without end", [10, Infinity, 9, 11, 5]],
  ["a negative volume", [10, 12, 9, 11, -1]],
])("a bar with %s is not", (_, bad) => {
  expect(afterBars([good, bad])).toEqual({
    kind: "refuse",
    reason: "a recent bar cannot be right",
    limit: 1,
    value: 0,
  });
});

test("after a bad bar as many good ones are needed as the option says", () => {
  const bad: TestBar = [10, 9, 12, 11, 5];
  const rows = [good, bad, good, good, good];
  const kinds = rows.map((_row, k) => afterBars(rows.slice(0, k + 1), { goodBarsMin: 2 }).kind);
  expect(kinds).toEqual(["refuse", "refuse", "refuse", "approve", "approve"]);
  expect(afterBars([good], { goodBarsMin: 2 })).toMatchObject({
    reason: "too few bars have come yet",
    value: 1,
  });
});

test("a bar right after a hole is not traded on, one after a small hole is where that is allowed", () => {
  const hours = [1, 2, 5, 6];
  const ones = Float64Array.from(hours, () => 1);
  const closeTimeMs = Float64Array.from(hours, (hour) => hour * hourMs);
  const columns = { open: ones, high: ones, low: ones, close: ones, volume: ones };
  const bars = barsOf("TEST", "1h", { closeTimeMs, ...columns });
  expect(after(bars, 2).kind).toBe("approve");
  expect(after(bars, 3)).toMatchObject({ reason: "bars are missing right before a recent one" });
  expect(after(bars, 4).kind).toBe("approve");
  expect(after(bars, 3, { gapBarsMax: 1 }).kind).toBe("refuse");
  expect(after(bars, 3, { gapBarsMax: 2 }).kind).toBe("approve");
});

test("a weekend is no hole", () => {
  const ones = Float64Array.of(1, 1);
  // Currencies close on Friday at 22:00 UTC, and their first hour after that ends on Sunday at 23:00.
  const closeTimeMs = Float64Array.of(Date.UTC(2024, 0, 5, 22), Date.UTC(2024, 0, 7, 23));
  const bars = barsOf("TEST", "1h", {
    closeTimeMs,
    open: ones,
    high: ones,
    low: ones,
    close: ones,
    volume: ones,
  });
  const rule = (calendar: string) => make(badData, {}, testTools([bars], calendar));
  expect(ask(rule("24/5"), { lastBarTimeMs: closeTimeMs[1]! }).kind).toBe("approve");
  expect(ask(rule("24/7"), { lastBarTimeMs: closeTimeMs[1]! }).kind).toBe("refuse");
});

test("bars of the future change nothing", () => {
  const bars = barsFrom([good, good, [10, 9, 12, 11, -5]]);
  expect(after(bars, 2).kind).toBe("approve");
  expect(after(bars, 3).kind).toBe("refuse");
});

test("what the feed is in trouble for is the reason, whatever the bars look like", () => {
  const feedHealth = {
    troubleWith: (symbol: string) => (symbol === "TEST0" ? "two sources disagree" : null),
  };
  const tools = { ...testTools([barsFrom([good])]), feedHealth };
  const verdict = ask(make(badData, { goodBarsMin: 0 }, tools), { lastBarTimeMs: hourMs });
  expect(verdict).toMatchObject({ kind: "refuse", reason: "two sources disagree" });
  const calm = { ...tools, feedHealth: { troubleWith: () => null } };
  expect(ask(make(badData, {}, calm), { lastBarTimeMs: hourMs }).kind).toBe("approve");
});
