import { expect, test } from "vitest";
import { Prng } from "../../src/base/prng.ts";
import { KiwiError } from "../../src/base/errors.ts";
import { barsOf } from "../../src/domain/bars.ts";
import { mutateJson } from "../fuzz/mutate.ts";
import { needSound, needWayOut } from "../fuzz/sound.ts";
import { attemptOf, fuzzTargets } from "./fuzz.ts";

/* The small size of `npm run prove fuzz`: the same targets, a seed that stays. */

const seed = 20240131;

test.each(fuzzTargets.map((target) => [target.name, target] as const))(
  "%s: nothing that comes in breaks it, and nothing that is no bar comes out",
  async (name, target) => {
    const attempts = name.endsWith("history") ? 2 : 80;
    for (let attempt = 0; attempt < attempts; attempt++) await attemptOf(target, seed, attempt);
  },
);

test("the judges of a fuzz run see a bar that is none, times that go back and an error without a way out", () => {
  const bars = (close: number, timesMs: readonly number[]) =>
    barsOf("X", "1m", {
      closeTimeMs: Float64Array.from(timesMs),
      open: Float64Array.of(10, 10),
      high: Float64Array.of(12, 12),
      low: Float64Array.of(9, 9),
      close: Float64Array.of(11, close),
      volume: Float64Array.of(0, 0),
    });
  expect(() => needSound(bars(11, [1, 2]), 0, 2)).not.toThrow();
  for (const broken of [bars(13, [1, 2]), bars(Number.NaN, [1, 2]), bars(11, [2, 2]), bars(11, [1, 3])])
    expect(() => needSound(broken, 0, 2)).toThrow("no bar");
  expect(() => needWayOut(new TypeError("x is undefined"))).toThrow("x is undefined");
  const parts = { code: "A", exit: "data", message: "b", why: "", fix: "c", topic: "d" } as const;
  expect(() => needWayOut(new KiwiError(parts))).toThrow("A says nothing in why");
});

test("a mutation changes a message, and the same seed changes it the same way", () => {
  const message = {
    list: [
      [1, "2"],
      [3, "4"],
    ],
    name: "x",
  };
  const changed = [1, 2, 3, 4, 5].map((at) => JSON.stringify(mutateJson(message, new Prng(at))));
  expect(changed).toEqual([1, 2, 3, 4, 5].map((at) => JSON.stringify(mutateJson(message, new Prng(at)))));
  expect(new Set(changed).size).toBeGreaterThan(3);
  expect(message).toEqual({
    list: [
      [1, "2"],
      [3, "4"],
    ],
    name: "x",
  });
});
