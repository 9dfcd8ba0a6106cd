import { expect, test } from "vitest";
import { BarTable } from "../domain/bar-table.ts";
import type { Session } from "../engine/session.ts";
import { Shadow } from "./shadow.ts";

/** No step can be taken with it: whoever tries throws. */
const noSession = {} as Session;

test.each([
  ["before the robot's first bar", Number.NaN],
  ["before the first bar of the market", 0],
  ["at the end of all bars", Infinity],
])("%s the shadow waits, and takes no step without bars", (_, untilMs) => {
  expect(() => new Shadow(noSession, [], 0).advance(untilMs)).not.toThrow();
  expect(() => new Shadow(noSession, [new BarTable("A", "1m")], 0).advance(untilMs)).not.toThrow();
});
