import { expect, test } from "vitest";
import type { Finding } from "../../data/validation/bar-report.ts";
import { lookedOverTexts, summaryTexts, type LookedOver } from "./check-summary.ts";

const gap: Finding = { kind: "gap", severity: "info", count: 2, message: "", examples: [] };
const jump: Finding = { kind: "jump", severity: "warning", count: 1, message: "", examples: [] };

function series(name: string, findings: readonly Finding[] = [], more: Partial<LookedOver> = {}): LookedOver {
  return { name, bars: 10, findings, notUsed: 0, isDamaged: false, text: `text of ${name}`, ...more };
}

test("of one series there is nothing to sum up", () => {
  const all = [series("A 1d", [jump])];
  expect([lookedOverTexts(all), summaryTexts(all)]).toEqual([["text of A 1d"], []]);
});

test("a few are shown, of many those that need a look", () => {
  const few = Array.from({ length: 12 }, (_, k) => series(`S${k}`));
  expect(lookedOverTexts(few)).toHaveLength(12);
  const many = [
    ...few,
    series("harmless", [gap]),
    series("jumpy", [jump]),
    series("broken", [], { isDamaged: true }),
    series("dirty", [], { notUsed: 3 }),
  ];
  expect(lookedOverTexts(many)).toEqual(["text of jumpy", "text of broken", "text of dirty"]);
});

test("the worst comes first, with its names; what is harmless is only counted", () => {
  const [text] = summaryTexts([
    series("A 1d", [gap, jump]),
    series("B 1d", [gap]),
    series("C 1d", [], { isDamaged: true, bars: 0 }),
    series("D 1d", [], { notUsed: 3 }),
  ]);
  expect(text!.split("\n").map((line) => line.replaceAll(/ +/g, " ").trim())).toEqual([
    "4 series, 30 bars: 1 clean, 3 to look at",
    "count series what",
    "error 1 1 cannot be read: C 1d",
    "not used 3 1 rows that no market can have made: D 1d",
    "warning 1 1 jumps (splits that are not adjusted for?): A 1d",
    "info 4 2 gaps",
  ]);
});

test("a long list of names is cut and says so", () => {
  const all = Array.from({ length: 20 }, (_, k) => series(`S${k}`, [jump]));
  expect(summaryTexts(all)[0]).toMatch(/S15, and 4 more$/);
});
