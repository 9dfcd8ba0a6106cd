import { expect, test } from "vitest";
import { make } from "../../test/plugin-tools.ts";
import { alarmAt } from "../../test/risk-harness.ts";
import { drawdownHalt } from "./drawdown-halt.ts";

test("it closes everything at the limit below the peak and stays so for good", () => {
  const rule = make(drawdownHalt, { limit: 0.2 });
  expect(alarmAt(rule, 1, 10_000).kind).toBe("clear");
  expect(alarmAt(rule, 2, 20_000).kind).toBe("clear");
  expect(alarmAt(rule, 3, 16_001).kind).toBe("clear");
  const alarm = {
    kind: "flatten",
    reason: "the drawdown is too deep",
    limit: 0.2,
    value: 0.2,
  };
  expect(alarmAt(rule, 4, 16_000)).toEqual(alarm);
  expect(alarmAt(rule, 5, 50_000)).toEqual(alarm);
});

test("an equity that is no number halts too", () => {
  const rule = make(drawdownHalt);
  alarmAt(rule, 1, 10_000);
  expect(alarmAt(rule, 2, Number.NaN).kind).toBe("flatten");
});
