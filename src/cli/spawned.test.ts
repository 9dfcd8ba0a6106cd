import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../test/run-kiwi.ts";

// The program as a shell starts it: streams, exit codes and signals are those of a process.
const program = join(import.meta.dirname, "..", "..", "bin", "kiwi.js");
const { path: folder, remove } = temporaryFolder();
afterAll(remove);

function start(...args: readonly string[]) {
  return spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: "utf8" });
}

test("a backtest writes one JSON document to standard output and nothing else, anywhere", () => {
  const { status, stdout, stderr } = start(
    "backtest",
    "sma-cross",
    "--data",
    "synthetic:bars=800",
    "--report",
    "none",
    "--json",
  );
  expect([status, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toMatchObject({ schema: "backtest@1", ok: true, dataKind: "synthetic" });
});

test("an error leaves standard output empty and ends with its exit code", () => {
  const { status, stdout, stderr } = start("backtest", "--nonsense");
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^error FLAG_UNKNOWN {2}.*\nwhy {3}.*\nfix {3}.*\ndocs {2}kiwi help commands\n$/);
});

test("Ctrl-C ends with 130, also while a strategy hangs", async () => {
  const strategy = `import { strategy } from "kiwi";
    export default strategy({ name: "hangs", summary: "", params: {}, setup: ({ bars }) => ({ c: bars.close }),
      onBar() { process._rawDebug("asked"); for (;;); } });`;
  writeFileSync(join(folder, "hangs.ts"), strategy);
  const child = spawn(process.execPath, [program, "backtest", "./hangs.ts", "--data", "synthetic:bars=50"], {
    cwd: folder,
  });
  child.stderr.once("data", () => child.kill("SIGINT"));
  const code = await new Promise((resolve) => child.once("exit", resolve));
  expect(code).toBe(130);
});
