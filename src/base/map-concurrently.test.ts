import { expect, test } from "vitest";
import { mapConcurrently } from "./map-concurrently.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("results come in the order of the items, and never more than the limit run at once", async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 550 }, (_, k) => k);
  const results = await mapConcurrently(items, 8, async (item, index) => {
    most = Math.max(most, ++running);
    for (let turns = item % 5; turns >= 0; turns--) await turn();
    running -= 1;
    return item * 2 + (index - item);
  });
  expect(results).toEqual(items.map((item) => item * 2));
  expect(most).toBe(8);
});

test("after a failure nothing more is started, what runs is waited for, and the first error is thrown", async () => {
  const started: number[] = [];
  const finished: number[] = [];
  const work = mapConcurrently([0, 1, 2, 3, 4, 5], 2, async (item) => {
    started.push(item);
    await turn();
    if (item === 1) throw new Error("one");
    await turn();
    finished.push(item);
  });
  await expect(work).rejects.toThrow("one");
  expect([started, finished]).toEqual([[0, 1], [0]]);
});

test("no items are no work, and a limit below one is one", async () => {
  expect(await mapConcurrently([], 3, async () => 1)).toEqual([]);
  expect(await mapConcurrently([1, 2], 0, async (item) => item)).toEqual([1, 2]);
});
