import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);
const root = join(folder, "store");
const ids = ["20260101-000000-a", "20260102-000000-b", "20260103-000000-c"];

beforeEach(() => {
  for (const id of ids) {
    mkdirSync(join(root, id), { recursive: true });
    // A manifest that cannot be read: what is damaged must be removable.
    writeFileSync(join(root, id, "manifest.json"), "{");
  }
  mkdirSync(join(root, "aaa-notes"), { recursive: true });
});

async function removed(args: readonly string[]): Promise<unknown> {
  const { code, out } = await runKiwi(folder, ["runs", ...args, "--runs", "store", "--json"]);
  return code === 0 ? (JSON.parse(out) as { removed: unknown }).removed : JSON.parse(out);
}

test("runs are removed by the beginning of their ids, and the others stay", async () => {
  expect(await removed(["rm", "20260101", "last"])).toEqual([ids[0], ids[2]]);
  expect(readdirSync(root)).toEqual([ids[1], "aaa-notes"]);
});

test("where one name is unknown nothing is removed, and what is no run cannot be named", async () => {
  expect(await removed(["rm", ids[0]!, "20270101"])).toMatchObject({
    ok: false,
    error: { code: "RUN_UNKNOWN" },
  });
  expect(await removed(["rm", "aaa-notes"])).toMatchObject({ ok: false, error: { code: "RUN_UNKNOWN" } });
  expect(await removed(["rm", "../store/" + ids[0]!])).toMatchObject({ ok: false });
  expect(readdirSync(root)).toEqual([...ids, "aaa-notes"]);
});

test("all but the newest are removed, and nothing that is no run", async () => {
  expect(await removed(["gc", "--keep", "2"])).toEqual([ids[0]]);
  expect(await removed(["gc", "--keep", "2"])).toEqual([]);
  expect(await removed(["gc", "--keep", "0"])).toEqual(ids.slice(1));
  expect(existsSync(join(root, "aaa-notes"))).toBe(true);
});

test.each(["-1", "1.5", "few", ""])("--keep %j is refused", async (keep) => {
  expect(await removed(["gc", `--keep=${keep}`])).toMatchObject({ ok: false });
  expect(readdirSync(root)).toContain(ids[0]);
});

test("the code of a strategy is printed as it stands in its file", async () => {
  const builtIn = await runKiwi(folder, ["strategy", "show", "sma-cross", "--source"]);
  expect([builtIn.code, builtIn.out]).toEqual([
    0,
    expect.stringContaining("export const smaCross = strategy({"),
  ]);
  writeFileSync(join(folder, "mine.ts"), "export default 1;\n");
  const own = await runKiwi(folder, ["strategy", "show", "mine", "--source", "--json"]);
  expect(JSON.parse(own.out)).toMatchObject({ schema: "strategy-source@1", source: "export default 1;\n" });
  const none = await runKiwi(folder, ["strategy", "show", "./mien.ts", "--source", "--json"]);
  expect(JSON.parse(none.out)).toMatchObject({
    error: { code: "STRATEGY_FILE_NOT_FOUND", fix: expect.stringContaining("did you mean mine.ts?") },
  });
  const unknown = await runKiwi(folder, ["strategy", "show", "sma-crss", "--source", "--json"]);
  expect(JSON.parse(unknown.out)).toMatchObject({ error: { code: "STRATEGY_UNKNOWN" } });
});
