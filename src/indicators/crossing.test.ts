import { expect, test } from "vitest";
import { foldOver } from "../../test/indicator-fixtures.ts";
import { crossingIndicator } from "./crossing.ts";
import { crossoverIndicator } from "./crossover.ts";
import { crossunderIndicator } from "./crossunder.ts";

const a = Float64Array.of(1, 2, 3, 3, 2, 2, 1, 3, 3, 1);
const b = Float64Array.of(2, 2, 2, 3, 3, 2, 2, 2, 3, 2);

test("a touch alone is no crossing, and leaving it to the other side is", () => {
  expect([...foldOver(crossingIndicator, {}, [a, b])[0]!]).toEqual([0, 0, 1, 0, -1, 0, -1, 1, 0, -1]);
});

test("it says what crossover and crossunder say", () => {
  const over = foldOver(crossoverIndicator, {}, [a, b])[0]!;
  const under = foldOver(crossunderIndicator, {}, [a, b])[0]!;
  const both = foldOver(crossingIndicator, {}, [a, b])[0]!;
  expect([...both]).toEqual([...over].map((value, row) => value - under[row]!));
});
