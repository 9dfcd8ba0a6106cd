import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Prng } from "../../src/base/prng.ts";
import { mutantsOf, type Mutant } from "./mutate.ts";

const root = join(import.meta.dirname, "../..");
const size = Number(process.env["MUTANTS"] ?? 300);
const seed = 20_261_129;
/** A run that takes this many times as long as one without a fault hangs. */
const slownessMax = 6;
/** Equity must not be lost by a slip here. Each room with the tests that are to notice, the quick ones first. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  "src/engine": ["src/engine", "test/simulation/order-life", "src/app/session"],
  "src/venue": [
    "src/venue",
    "test/fills-document.test.ts",
    "test/simulation/order-life",
    "src/engine/conservation",
    "src/app/session/corporate-actions",
  ],
  "src/risk": ["src/risk", "src/app/plugins/registry-contract"],
  "src/costs": ["src/costs", "src/app/plugins/registry-contract"],
  "src/data/repair": ["src/data/repair", "src/app/data", "test/simulation/interrupted-repair"],
};

type Outcome = "noticed" | "never ended" | "not noticed";
type Verdict = { readonly mutant: Mutant; readonly outcome: Outcome };

/** Plants small faults, one at a time, in copies of the project, and counts how many of them the tests notice. */
export async function prove(): Promise<string> {
  const drawn = sample(allMutants(), size);
  const usualMs = await usualTimes(new Set(drawn.map(roomOf)));
  const queue = [...drawn];
  const verdicts: Verdict[] = [];
  const lanes = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    const copy = copyOfProject();
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      verdicts.push({ mutant, outcome: await outcomeOf(copy, mutant, usualMs.get(roomOf(mutant))!) });
      process.stderr.write(`\r${verdicts.length} of ${drawn.length} faults tried `);
    }
    rmSync(copy, { recursive: true });
  });
  await Promise.all(lanes);
  return reportOn(verdicts);
}

function reportOn(verdicts: readonly Verdict[]): string {
  const missed = verdicts.filter(({ outcome }) => outcome === "not noticed");
  const endless = verdicts.filter(({ outcome }) => outcome === "never ended").length;
  const share = ((verdicts.length - missed.length) / verdicts.length) * 100;
  const lines = missed
    .map(({ mutant: { path, line, before, after } }) => `- ${path}:${line} \`${before}\` -> \`${after}\``)
    .sort();
  return [
    `${verdicts.length} planted faults, ${share.toFixed(1)} % noticed by the tests (${endless} because they never ended); not noticed:`,
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

function roomOf({ path }: Mutant): string {
  return Object.keys(rooms).find((room) => path.startsWith(`${room}/`))!;
}

/** How long the tests of each room take without a fault; throws where they do not pass. */
async function usualTimes(names: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
  const copy = copyOfProject();
  const times = new Map<string, number>();
  for (const room of names) {
    const startMs = performance.now();
    if ((await statusOf(room, copy, 600_000)) !== 0)
      throw new Error(`the tests of ${room} fail without a fault`);
    times.set(room, performance.now() - startMs);
  }
  rmSync(copy, { recursive: true });
  return times;
}

/** Runs the tests of a room over a copy with the fault in it. A run that hangs has noticed it too. */
async function outcomeOf(copy: string, mutant: Mutant, usualMs: number): Promise<Outcome> {
  const { path, text } = mutant;
  writeFileSync(join(copy, path), text);
  const status = await statusOf(roomOf(mutant), copy, usualMs * slownessMax);
  writeFileSync(join(copy, path), readFileSync(join(root, path), "utf8"));
  if (status === null) return "never ended";
  return status === 0 ? "not noticed" : "noticed";
}

function statusOf(room: string, copy: string, limitMs: number): Promise<number | null> {
  const vitest = join(copy, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--bail=1", "--reporter=dot", "--root", copy, ...rooms[room]!];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: copy, stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
    child.on("exit", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}
