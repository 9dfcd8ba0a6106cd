import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "./run-kiwi.ts";

// bin/kiwi.js runs what bin/bundle.js put together, and nobody may be able to tell but by the clock.
const root = join(import.meta.dirname, "..");
const { path: home, remove } = temporaryFolder();
afterAll(remove);

function start(clone: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, "bin", "kiwi.js"), ...args], {
    cwd: home,
    env: { ...process.env, npm_lifecycle_event: undefined, KIWI_PLAIN: undefined, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const bundle = (clone: string) =>
  spawnSync(process.execPath, [join(clone, "bin", "bundle.js")], { encoding: "utf8" }).stderr;

/** A clone of a few lines, whose modules say what they are and where they run from. */
function tinyClone(): string {
  const clone = join(home, "clone");
  cpSync(join(root, "bin"), join(clone, "bin"), { recursive: true });
  mkdirSync(join(clone, "node_modules"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")).filter((name) => name !== ".cache"))
    symlinkSync(join(root, "node_modules", name), join(clone, "node_modules", name));
  for (const folder of ["cli", "app/plugins"]) mkdirSync(join(clone, "src", folder), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(clone, "src", name), text);
  write("index.ts", "export const nothing: null = null;\n");
  write("data.ts", "export const nothing: null = null;\n");
  write("app/plugins/running-code.ts", 'export const sourceHash = (): string => "read";\n');
  write("cli/word.ts", 'export const word: string = "first";\n');
  write(
    "cli/main.ts",
    'import { sourceHash } from "../app/plugins/running-code.ts";\nimport { word } from "./word.ts";\n' +
      'const isBundled = new Error().stack!.includes("cli--main.mjs");\n' +
      "console.log(word, sourceHash(), import.meta.filename, isBundled);\n",
  );
  return clone;
}

test("an edit is seen at once, whatever it leaves as it was, and what was made before is not run again", () => {
  const clone = tinyClone();
  const main = join(clone, "src", "cli", "main.ts");
  const word = join(clone, "src", "cli", "word.ts");
  const said = (env: NodeJS.ProcessEnv = {}) => start(clone, [], env).stdout.trim();
  expect(said()).toBe(`first read ${main} false`);
  expect(bundle(clone)).toBe("");
  expect(said()).toBe(`first read ${main} true`);
  expect(said({ KIWI_PLAIN: "1" })).toBe(`first read ${main} false`);
  // The same size, and the time of writing set back to what it was.
  const { atime, mtime } = statSync(word);
  writeFileSync(word, 'export const word: string = "other";\n');
  utimesSync(word, atime, mtime);
  expect(said()).toBe(`other read ${main} false`);
  expect(bundle(clone)).toBe("");
  expect(said()).toBe(`other read ${main} true`);
  // Elsewhere, its addresses would lead to where it was.
  const moved = `${clone} moved`;
  renameSync(clone, moved);
  expect(start(moved, []).stdout.trim()).toBe(`other read ${join(moved, "src", "cli", "main.ts")} false`);
});

test("a bundle decides, names its code and watches a stranger's code as the source does", () => {
  expect(bundle(root)).toBe("");
  const own = join(home, "own.ts");
  writeFileSync(
    own,
    'import { sma, strategy } from "kiwi";\nimport { DataPipeline } from "kiwi/data";\n' +
      'export default strategy({ name: "own", summary: "", params: {}, setup: ({ bars }) => ({ slow: sma(bars.close, 9), close: bars.close }),\n' +
      "  onBar({ series, target }) { if (Date.now() === 0 && DataPipeline) return; target(series.close.now > series.slow.now ? 1 : 0, 'above'); } });\n",
  );
  const hashesOf = (env: NodeJS.ProcessEnv) => {
    const args = ["backtest", own, "--data", "synthetic:bars=300", "--report", "none", "--json"];
    const { status, stdout, stderr } = start(root, args, env);
    expect([status, stderr]).toEqual([0, ""]);
    return (JSON.parse(stdout) as { readonly hash: Record<string, string> }).hash;
  };
  const [bundled, plain] = [hashesOf({}), hashesOf({ KIWI_PLAIN: "1" })];
  expect(bundled).toEqual(plain);
  for (const name of ["code", "decisions"]) expect(bundled[name]).toMatch(/^[0-9a-f]{64}$/);
  const { stdout } = start(root, ["check", "lookahead", own, "--data", "synthetic:bars=300"]);
  expect(stdout).toContain("own.ts calls Date.now");
  expect(stdout).toContain("own.ts imports kiwi/data");
});
