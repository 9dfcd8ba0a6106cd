import fc from "fast-check";
import { expect, test } from "vitest";
import { splitRows } from "./split-rows.ts";

test("what is held out is half of what the model in use has not seen, and never more than a third of all", () => {
  expect(splitRows(2_400, 900)).toEqual({ kind: "after", heldOut: 450 });
  expect(splitRows(1_000, 21)).toEqual({ kind: "after", heldOut: 10 });
  expect(splitRows(1_000, 1_000)).toEqual({ kind: "after", heldOut: 333 });
});

test("with next to nothing new it is the last fifth", () => {
  expect(splitRows(1_000, 19)).toEqual({ kind: "tail", heldOut: 200 });
});

test("something is left to train on, and bars that are called unseen are", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 100_000 }), fc.nat(100_000), (rows, after) => {
      const { kind, heldOut } = splitRows(rows, Math.min(after, rows));
      expect(heldOut).toBeLessThan(rows / 2);
      if (kind === "after") expect(heldOut).toBeLessThanOrEqual(after);
    }),
    { seed: 20_261_121 },
  );
});
