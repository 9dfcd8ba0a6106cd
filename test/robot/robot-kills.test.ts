import { expect, test } from "vitest";
import { runKilled } from "./kill-run.ts";

const bars = 160;
/** Here no two symbols fill in one instant: a death between two such fills may let them come the other way round. */
const seed = 17;

test("a robot that is killed at random moments decides, orders and ends as one that was left alone", async () => {
  const alone = await runKilled(0, seed, bars);
  const killed = await runKilled(5, seed, bars);
  expect(alone.fillsAtVenue).toBeGreaterThan(5);
  expect(killed.kills).toBe(5);
  expect(killed.killedAtBars).toBeGreaterThan(2);
  expect(killed.decisions).toEqual(alone.decisions);
  expect(killed.decisionsHash).toBe(alone.decisionsHash);
  expect(killed.positions).toEqual(alone.positions);
  expect(killed.equity).toBe(alone.equity);
  expect(killed.fillsAtVenue).toBe(alone.fillsAtVenue);
}, 120_000);
