import { expect, test } from "vitest";
import { roundsOf } from "../rounds.ts";
import { liveOrders } from "./order-life.ts";

const seeds = roundsOf(1_500);

test(`whatever the road to the venue does, holdings stay within what was wanted and end there (${seeds} seeds)`, () => {
  const broken = Array.from({ length: seeds }, (_, seed) => ({ seed, violations: liveOrders(seed) })).filter(
    ({ violations }) => violations.length > 0,
  );
  expect(broken).toEqual([]);
});
