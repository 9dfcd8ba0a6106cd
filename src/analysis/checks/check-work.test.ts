import { expect, test } from "vitest";
import { countWork } from "./check-work.ts";

test("what a check has done begins at nothing, grows with its runs, and never passes the total that was said at first", () => {
  const heard: (readonly [number, number])[] = [];
  const took = countWork({ onDone: (done: number, total: number) => heard.push([done, total]) } as never, 10);
  took(4);
  took(5);
  took(5);
  expect(heard).toEqual([
    [0, 10],
    [4, 10],
    [9, 10],
    [10, 10],
  ]);
});
