import { expect, test } from "vitest";
import { settle } from "../../../../test/fakes/manual-clock.ts";
import { BoundedDelivery } from "./bounded-delivery.ts";

const quiet = { onOverflow() {}, onFailure() {} };

test("a receiver that takes at once is never queued for", () => {
  const got: number[] = [];
  const delivery = new BoundedDelivery<number>(0, (item) => void got.push(item), quiet);
  for (let k = 0; k < 1_000; k++) delivery.push(k);
  expect([got.length, delivery.delivered, delivery.dropped]).toEqual([1_000, 1_000, 0]);
});

test("a slow receiver gets one item at a time, in order", async () => {
  const got: number[] = [];
  let running = 0;
  const delivery = new BoundedDelivery<number>(
    10,
    async (item) => {
      expect(++running).toBe(1);
      await settle(1);
      got.push(item);
      running -= 1;
    },
    quiet,
  );
  for (let k = 0; k < 5; k++) delivery.push(k);
  await settle(20);
  expect(got).toEqual([0, 1, 2, 3, 4]);
});

test("a receiver that fails is reported and gets the next item all the same", async () => {
  const got: number[] = [];
  const failures: unknown[] = [];
  const delivery = new BoundedDelivery<number>(
    10,
    (item) => {
      got.push(item);
      if (item === 1) throw new Error("at once");
      return Promise.reject(new Error("later"));
    },
    { ...quiet, onFailure: (error) => failures.push(String(error)) },
  );
  for (const item of [1, 2, 3]) delivery.push(item);
  await settle();
  expect(got).toEqual([1, 2, 3]);
  expect(failures).toEqual(["Error: at once", "Error: later", "Error: later"]);
});

test("what is dropped is told at the first and when the queue is empty again", async () => {
  const told: number[][] = [];
  let release = (): void => {};
  const delivery = new BoundedDelivery<number>(1, () => new Promise<void>((resolve) => (release = resolve)), {
    ...quiet,
    onOverflow: (dropped) => told.push([...dropped]),
  });
  for (let k = 0; k < 5; k++) delivery.push(k);
  expect(told).toEqual([[2]]);
  release();
  await settle();
  release();
  await settle();
  expect(told).toEqual([[2], [2, 3, 4]]);
  expect([delivery.delivered, delivery.dropped]).toEqual([2, 3]);
});

test("after closing nothing is delivered", async () => {
  const got: number[] = [];
  const delivery = new BoundedDelivery<number>(5, async (item) => void got.push(item), quiet);
  delivery.push(1);
  delivery.push(2);
  delivery.close();
  delivery.push(3);
  await settle();
  expect(got).toEqual([1]);
});
