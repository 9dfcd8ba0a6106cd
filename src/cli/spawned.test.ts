import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../test/run-kiwi.ts";

// The program as a shell starts it: streams, exit codes and signals are those of a process.
const program = join(import.meta.dirname, "..", "..", "bin", "kiwi.js");
const { path: folder, remove } = temporaryFolder();
afterAll(remove);

function start(...args: readonly string[]) {
  return spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    // As somebody types it, and not as npm does who runs these tests.
    env: { ...process.env, npm_lifecycle_event: undefined },
    encoding: "utf8",
    maxBuffer: 1e8,
  });
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

/** A strategy file of this name whose onBar has this body. */
function write(name: string, onBar: string, top = ""): void {
  writeFileSync(
    join(folder, name),
    `import { strategy } from "kiwi";\n${top}\nexport default strategy({ name: "own", summary: "", params: {},
      setup: ({ bars }) => ({ close: bars.close }), onBar({ timeMs, target }) { ${onBar} } });\n`,
  );
}

test("60,000 lines that a strategy prints arrive, all of them and in their order", () => {
  // The first of 61 bars warms up: `prev` could not be read on it.
  write("prints.ts", "for (let k = 0; k < 1000; k++) console.log('line', timeMs, k, 'é'.repeat(20));");
  const args = ["./prints.ts", "--data", "synthetic:bars=61,symbols=1", "--report", "none", "--no-benchmark"];
  const { status, stderr } = start("backtest", ...args);
  expect(status).toBe(0);
  const lines = stderr.split("\n").filter((line) => line.startsWith("line "));
  expect(lines).toHaveLength(60_000);
  const times = lines.map((line) => line.split(" ").slice(1, 3).map(Number));
  const isInOrder = times.every(
    ([timeMs, k], at) => k === at % 1000 && timeMs! >= times[Math.max(0, at - 1)]![0]!,
  );
  expect(isInOrder).toBe(true);
  expect(lines.every((line) => line.endsWith(` ${"é".repeat(20)}`))).toBe(true);
});

test.each([
  ["a promise that failed", "void Promise.reject(new Error('lost'));", "STRATEGY_STRAY_ERROR", "lost"],
  [
    "a timer that threw",
    "setTimeout(() => { throw new Error('late'); }, 0);",
    "STRATEGY_STRAY_ERROR",
    "late",
  ],
  ["an onBar that returns a promise", "return Promise.resolve();", "STRATEGY_ASYNC", "returned a promise"],
])("%s is the strategy's error, and nothing is kept", (_what, onBar, code, words) => {
  write("strays.ts", onBar);
  const { status, stderr } = start(
    "backtest",
    "./strays.ts",
    "--data",
    "synthetic:bars=60",
    "--out",
    code + words,
  );
  expect(status).toBe(4);
  expect(stderr).toContain(`error ${code}`);
  expect(stderr).toContain(words);
  expect(existsSync(join(folder, code + words))).toBe(false);
});

test("a pipe that is closed early changes no exit code", async () => {
  const args = ["backtest", "sma-cross", "--data", "synthetic:bars=300", "--report", "none"];
  const child = spawn(process.execPath, [program, ...args, "--fail-if", "trades>=0"], { cwd: folder });
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.once("exit", resolve));
  expect(code).toBe(5);
});

// Under another Node the program starts the pinned one: what reaches the first process must reach the second.
const launcher = join(folder, "launch.mjs");
writeFileSync(
  launcher,
  `import { runUnder } from ${JSON.stringify(pathToFileURL(join(program, "..", "run-under.js")).href)};
   process.exitCode = await runUnder(process.execPath, process.argv.slice(2));`,
);

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGKILL", null],
] as const)("%s to the launcher ends the run behind it, and nothing is kept", async (signal, exit) => {
  write("slow.ts", "const until = performance.now() + 50; while (performance.now() < until);");
  const out = `slow-${signal}`;
  const args = [
    "backtest",
    "./slow.ts",
    "--data",
    "synthetic:bars=60,symbols=1",
    "--out",
    out,
    "--report",
    "none",
  ];
  const child = spawn(process.execPath, [launcher, program, ...args, "--progress", "json"], { cwd: folder });
  await new Promise((resolve) =>
    child.stderr.on("data", (text: Buffer) => text.includes("backtest") && resolve(0)),
  );
  child.kill(signal);
  // The pipe closes when the last process that holds it is gone: had the run gone on, it would take three seconds.
  const began = performance.now();
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code).toBe(exit);
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(existsSync(join(folder, out)) ? readdirSync(join(folder, out)) : []).toEqual([]);
});

test("what the program behind the launcher ends with, the launcher ends with", () => {
  const ended = spawnSync(process.execPath, [launcher, program, "backtest", "--nonsense"], { cwd: folder });
  expect(ended.status).toBe(2);
});

test("where Node gives up the launcher says what that means", () => {
  const { status, stderr } = spawnSync(process.execPath, [launcher, "-e", "process.abort()"], {
    encoding: "utf8",
  });
  expect(status).toBe(134);
  expect(stderr).toMatch(/error OUT_OF_MEMORY {2}.*\nwhy {3}.*\nfix {3}.*\n$/);
});
