import { expect, test } from "vitest";
import { robotWireTrial } from "./robot-wire-trial.ts";

/** A sample of what `npm run prove wire` runs: one for each broker that has an emulator, side by side. */
test("over a faulty wire the robot sends nothing twice, protects what it holds, and both books agree afterwards", async () => {
  const trials = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((seed) => robotWireTrial(seed)));
  expect(trials.map(({ broker, faults, violations }) => [broker, faults, violations])).toEqual(
    trials.map(({ broker, faults }) => [broker, faults, []]),
  );
  expect(trials.reduce((sum, { fills }) => sum + fills, 0)).toBeGreaterThan(6);
}, 120_000);

test("a robot whose entries go out twice is found out", async () => {
  const trials = await Promise.all([2, 9].map((seed) => robotWireTrial(seed, { spoil: "twice" })));
  expect(trials.flatMap(({ violations }) => violations).join("; ")).toMatch(/lives 2 times|were wanted/);
}, 120_000);

test("the venue's program is started again: told once, recovery said, and the robot goes on without a person", async () => {
  const trials = await Promise.all(
    [0, 1, 2, 3].map((seed) => robotWireTrial(seed, { isVenueRestarted: true })),
  );
  for (const { broker, told, violations, starts, fills } of trials) {
    expect([broker, starts, violations]).toEqual([broker, 1, []]);
    expect(told.filter((kind) => kind === "line down" || kind === "line back")).toEqual([
      "line down",
      "line back",
    ]);
    expect(fills).toBeGreaterThan(0);
  }
}, 120_000);
