import { expect, test } from "vitest";
import { BarTable } from "../../domain/bar-table.ts";
import { chunksOf } from "./chunks-of.ts";

/** A page of bars that close then, of a provider. */
function page(closes: readonly number[], provider?: string) {
  const table = new BarTable("X", "1m");
  for (const close of closes) table.append(close, 1, 1, 1, 1, 1);
  return Object.assign(table, provider === undefined ? {} : { provider });
}

async function chunks(pages: readonly (ReturnType<typeof page> | Error)[], rowsMin: number) {
  const told: string[] = [];
  async function* tell() {
    for (const one of pages) {
      if (one instanceof Error) throw one;
      yield one;
    }
  }
  try {
    for await (const { bars, provider } of chunksOf(tell(), rowsMin))
      told.push(`${provider ?? "-"} ${bars.closeTimeMs.subarray(0, bars.length).join()}`);
  } catch (error) {
    told.push((error as Error).message);
  }
  return told;
}

test("pages are joined until there are enough, and never those of two providers", async () => {
  const pages = [page([1], "a"), page([2, 3], "a"), page([4], "a"), page([5], "b"), page([6], "b")];
  expect(await chunks(pages, 3)).toEqual(["a 1,2,3", "a 4", "b 5,6"]);
  expect(await chunks([page([1]), page([2])], 10)).toEqual(["- 1,2"]);
});

test("what came before an answer broke off is handed out first, and pages without bars make no chunk", async () => {
  const broken = new Error("broken off");
  expect(await chunks([page([1], "a"), broken], 3)).toEqual(["a 1", "broken off"]);
  expect(await chunks([page([], "a"), broken], 3)).toEqual(["broken off"]);
  expect(await chunks([broken], 3)).toEqual(["broken off"]);
  expect(await chunks([page([])], 3)).toEqual([]);
});
