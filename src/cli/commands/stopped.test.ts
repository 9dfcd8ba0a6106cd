import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";

const program = join(import.meta.dirname, "..", "..", "..", "bin", "kiwi.js");
const { path: folder, remove } = temporaryFolder();
afterAll(remove);

writeFileSync(
  join(folder, "slow.ts"),
  `import { int, strategy } from "kiwi";
export default strategy({ name: "slow", summary: "", params: { n: int(5, { min: 2, max: 99 }) },
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ target }) { const until = performance.now() + 2; while (performance.now() < until); target(1, "in"); } });
`,
);

/** Starts a command, sends Ctrl-C as soon as it says what is waited for, and gives its end and what it said. */
async function stopped(when: RegExp, ...args: readonly string[]): Promise<{ end: unknown; err: string }> {
  const child = spawn(process.execPath, [program, ...args, "--progress", "json"], {
    cwd: folder,
    env: { ...process.env, npm_lifecycle_event: undefined },
  });
  let err = "";
  let isSent = false;
  child.stderr.on("data", (piece: Buffer) => {
    err += piece.toString();
    if (!isSent && when.test(err)) isSent = child.kill("SIGINT");
  });
  const end = await new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
  return { end, err: err.slice(err.lastIndexOf("}\n") + 2) };
}

test.each([
  ["check", /"stage":"checks"/, ["check", "all", "./slow.ts"], 130, /^stopped: .*\n.*kiwi check repro\n$/],
  [
    "validate",
    /"trials","done":0/,
    ["validate", "./slow.ts"],
    130,
    /^stopped[^]*begins again.*--trials 50\n$/,
  ],
  // A training computes in native code: its process ends by the signal itself, which shells show as 130.
  [
    "train",
    /"stage":"(?!load)[^"]+"/,
    ["train", "forest", "--set", "training.forest.trees=2000", "--horizon", "2"],
    "SIGINT",
    /^stopped: no model was finished. The same command begins again.*\n$/,
  ],
] as const)("Ctrl-C in %s says what is kept and how to go on", async (_name, when, args, end, words) => {
  const found = await stopped(
    when,
    ...args,
    "--data",
    `synthetic:bars=${end === 130 ? 400 : 1700},symbols=1`,
    "--seed",
    "7",
  );
  expect(found.err).toMatch(words);
  expect(found.end).toBe(end);
});
