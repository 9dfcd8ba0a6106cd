import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { syntheticMarket } from "../../../data/synthetic/synthetic-market.ts";
import { sliceBars } from "../../../domain/bars.ts";
import { kiwiConfigSchema } from "../../config/config-schema.ts";
import { foundSearch, holdSearch } from "./open-search.ts";
import { beginJournal, readTable, searchesFolder } from "../search-journal.ts";
import type { SearchRequest } from "../search-request.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-search-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [bars] = syntheticMarket({ seed: 1, symbols: 1, timeframe: "1h", bars: 50, startMs: 0 }).bars;
const strategyFile = join(folder, "mine.ts");
writeFileSync(strategyFile, "one");

const groundOf = (length: number) =>
  ({
    found: { ownFiles: [strategyFile] },
    loaded: { sources: [{ bars: sliceBars(bars!, 0, length) }] },
    detail: [],
    setup: {},
  }) as unknown as Parameters<typeof holdSearch>[1];

const asked: SearchRequest = {
  request: { folder, strategy: "mine.ts", params: {}, config: kiwiConfigSchema.parse({}), nowMs: 0 },
  method: "grid",
  trials: 9,
  vary: [],
  where: [],
  onlyWhen: [],
  objective: "sharpe",
  require: [],
  pareto: [],
  folds: 1,
  holdout: 0,
  seed: 1,
  command: "kiwi optimize mine.ts",
};
const measured = { value: 1, why: null, inSample: { sharpe: 1 }, folds: [], outOfSample: null };
const row = (trial: number) => ({ trial, share: 1, setting: {}, status: "measured" as const, ...measured });

test("a search is gone on with over its own bars and code, from a whole table, and by one process at a time", () => {
  const begun = holdSearch(foundSearch(asked), groundOf(50));
  begun.journal.append([row(0), row(1), row(2)]);
  const last = () => foundSearch({ folder, resume: "last" });
  const hold = (length = 50) => holdSearch(last(), groundOf(length));
  expect(() => hold()).toThrow("SEARCH_RUNNING");
  begun.release();
  // The folder of a validation is newer, and no search.
  beginJournal(join(searchesFolder(folder), "9"), { ...asked, madeBy: "validate" });
  expect(last().folder).toBe(begun.journal.folder);
  expect(last().asked).toEqual(asked);
  const again = hold();
  expect(again.journal.rows).toEqual([row(0), row(1), row(2)]);
  again.release();
  expect(() => hold(49)).toThrow("SEARCH_OTHER");
  writeFileSync(strategyFile, "two");
  expect(() => hold()).toThrow("SEARCH_OTHER");
  writeFileSync(strategyFile, "one");

  const table = join(begun.journal.folder, "trials.jsonl");
  const lines = readFileSync(table, "utf8").split("\n");
  for (const edited of [
    [lines[0]!, "hello", lines[2]!],
    [lines[0]!, lines[2]!],
    [lines[0]!, lines[0]!],
  ]) {
    writeFileSync(table, `${edited.join("\n")}\n`);
    expect(() => hold()).toThrow(/SEARCH_EDITED line 2 of /);
    expect(() => readTable(begun.journal.folder)).toThrow(/SEARCH_EDITED line 2 of /);
  }
  // Killed in the middle of a line, and before the first one.
  writeFileSync(table, `${lines[0]}\n{"trial":1,`);
  const cut = hold();
  expect(cut.journal.rows).toEqual([row(0)]);
  cut.release();
  rmSync(table);
  const empty = hold();
  expect(empty.journal.rows).toEqual([]);
  empty.release();
});
