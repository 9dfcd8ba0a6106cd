import { expect, test } from "vitest";
import { EngineEnds } from "./engine-ends.ts";

const calm = { step: null, isBare: false };

test("an engine that ends is started again twice; the third time in an hour its strategy is muted, and after three more it stays gone", () => {
  const ends = new EngineEnds();
  for (const [atMs, waitMs] of [
    [0, 1_000],
    [1_000, 2_000],
  ] as const) {
    expect(ends.note({ ...calm, atMs })).toContain("started again; nothing is opened");
    expect(ends).toMatchObject({ isMuted: false, isLast: false, waitMs });
  }
  expect(ends.note({ ...calm, atMs: 2_000 })).toContain("3 of 3 times within an hour");
  expect(ends).toMatchObject({ isMuted: true, isLast: false, waitMs: 1_000 });
  ends.note({ ...calm, atMs: 3_000 });
  ends.note({ ...calm, atMs: 4_000 });
  expect(ends.note({ ...calm, atMs: 5_000 })).toContain("not started again");
  expect(ends.isLast).toBe(true);
});

test("ends that lie hours apart are no series, unless it is the same step again", () => {
  const ends = new EngineEnds();
  for (let hour = 0; hour < 9; hour += 2) ends.note({ ...calm, step: hour, atMs: hour * 3_600_000 });
  expect(ends.isMuted).toBe(false);
  ends.note({ ...calm, step: 8, atMs: 10 * 3_600_000 });
  expect(ends.isMuted).toBe(true);
});

test("whose holding has no stop at the venue is muted at once, for its exit cannot wait", () => {
  const ends = new EngineEnds();
  expect(ends.note({ atMs: 0, step: 5, isBare: true })).toContain("no stop at the venue");
  expect(ends).toMatchObject({ isMuted: true, isLast: false });
});
