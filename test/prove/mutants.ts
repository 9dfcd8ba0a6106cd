import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Prng } from "../../src/base/prng.ts";
import { mutantsOf, type Mutant } from "./mutate.ts";

const root = join(import.meta.dirname, "../..");
const size = Number(process.env["MUTANTS"] ?? 300);
const seed = 20_261_129;
const timeLimitMs = 90_000;
/** Equity must not be lost by a slip here. Each room with the tests that are to notice, the quick ones first. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  "src/engine": [
    "src/engine",
    "test/simulation/order-life",
    "src/app/session",
    "src/selection",
    "src/app/runs",
  ],
  "src/venue": [
    "src/venue",
    "test/fills-document.test.ts",
    "src/engine",
    "src/domain/ledger.test.ts",
    "test/simulation/order-life",
    "src/app/runs",
  ],
  "src/risk": ["src/risk", "src/app/plugins", "src/engine"],
  "src/costs": ["src/costs", "src/app/plugins", "src/venue"],
  "src/data/repair": ["src/data", "src/app/data"],
};

type Verdict = { readonly mutant: Mutant; readonly isFound: boolean };

/** Plants small faults, one at a time, in copies of the project, and counts how many of them the tests notice. */
export async function prove(): Promise<string> {
  const drawn = sample(allMutants(), size);
  const queue = [...drawn];
  const verdicts: Verdict[] = [];
  const lanes = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    const copy = copyOfProject();
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      verdicts.push({ mutant, isFound: await isNoticed(copy, mutant) });
      process.stderr.write(`\r${verdicts.length} of ${drawn.length} faults tried `);
    }
    rmSync(copy, { recursive: true });
  });
  await Promise.all(lanes);
  return reportOn(verdicts);
}

function reportOn(verdicts: readonly Verdict[]): string {
  const missed = verdicts.filter(({ isFound }) => !isFound);
  const share = ((verdicts.length - missed.length) / verdicts.length) * 100;
  const lines = missed
    .map(({ mutant: { path, line, before, after } }) => `- ${path}:${line} \`${before}\` -> \`${after}\``)
    .sort();
  return [
    `${verdicts.length} planted faults, ${share.toFixed(1)} % noticed by the tests; not noticed:`,
    ...lines,
  ].join("\n");
}

function allMutants(): readonly Mutant[] {
  return Object.keys(rooms).flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .sort()
      .flatMap((name) => mutantsOf(`${room}/${name}`, readFileSync(join(root, room, name), "utf8"))),
  );
}

function sample(mutants: readonly Mutant[], count: number): readonly Mutant[] {
  const prng = new Prng(seed);
  const rest = [...mutants];
  return Array.from(
    { length: Math.min(count, rest.length) },
    () => rest.splice(prng.integer(rest.length), 1)[0]!,
  );
}

function copyOfProject(): string {
  const copy = mkdtempSync(join(tmpdir(), "kiwi-mutants-"));
  for (const name of [
    "src",
    "test",
    "bench",
    "examples",
    "docs",
    "bin",
    "package.json",
    "tsconfig.json",
    "vitest.config.ts",
  ])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** Runs the tests of a room over a copy with the fault in it. A run that hangs has noticed it too. */
async function isNoticed(copy: string, { path, text }: Mutant): Promise<boolean> {
  const room = Object.keys(rooms).find((name) => path.startsWith(`${name}/`))!;
  const original = readFileSync(join(root, path), "utf8");
  writeFileSync(join(copy, path), text);
  const vitest = join(copy, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--bail=1", "--reporter=dot", "--root", copy, ...rooms[room]!];
  const status = await statusOf(args, copy);
  writeFileSync(join(copy, path), original);
  return status !== 0;
}

function statusOf(args: readonly string[], cwd: string): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), timeLimitMs);
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}
