import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Prng } from "../../src/base/prng.ts";
import { mutantsOf, type Mutant } from "./mutate.ts";

const root = join(import.meta.dirname, "../..");
const size = Number(process.env["MUTANTS"] ?? 300);
/** Only the faults at these places (`path:line`, with commas between), to look at survivors again. */
const only = process.env["ONLY"]?.split(",");
const seed = 20_261_129;
/** A run that computes this many times as long as one without a fault hangs. */
const slownessMax = 6;
/** How long a test may wait for something that never comes: so long that no busy machine is taken for a fault. */
const waitingMsMax = 600_000;
/** Of the rounds of chance a part is enough: the more faults are noticed, not fewer, the more rounds there are. */
const shareOfRounds = "0.1";
/**
 * Equity must not be lost by a slip here. Each room with the tests that are to notice, in halves: the slow ones, of many
 * rounds or long runs, are asked only about what the quick ones did not notice.
 */
const rooms: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "src/engine": [
    [
      "src/engine",
      "src/app/session",
      ...without("conservation", "restore-session", "build-arsenal", "build-together"),
    ],
    ["engine/conservation", "restore-session", "build-arsenal", "build-together", "simulation/order-life"],
  ],
  "src/venue": [
    ["src/venue", "test/fills-document", "src/app/session/corporate-actions"],
    ["simulation/order-life", "engine/conservation"],
  ],
  "src/risk": [["src/risk"], ["src/app/plugins/registry-contract"]],
  "src/costs": [["src/costs"], ["src/app/plugins/registry-contract"]],
  "src/data/repair": [["src/data/repair"], ["src/app/data", "simulation/interrupted-repair"]],
};

function without(...names: readonly string[]): readonly string[] {
  return names.map((name) => `--exclude=**/${name}*`);
}

type Outcome = "noticed" | "never ended" | "not noticed";
type Verdict = { readonly mutant: Mutant; readonly outcome: Outcome };

/** Plants small faults, one at a time, in copies of the project, and counts how many of them the tests notice. */
export async function prove(): Promise<string> {
  const drawn = sample(allMutants(), size).filter(
    (mutant) => only === undefined || only.includes(placeOf(mutant)),
  );
  const usual = await usualSeconds(drawn);
  const queue = [...drawn];
  const verdicts: Verdict[] = [];
  // Who has no patience for all of them hears what was found so far: the order is that of chance.
  process.once("SIGINT", () => queue.splice(0));
  const lanes = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    const copy = copyOfProject();
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const outcome = await outcomeOf(copy, mutant, usual);
      verdicts.push({ mutant, outcome });
      const line = outcome === "noticed" ? "" : `${outcome}: ${described(mutant)}\n`;
      process.stderr.write(`\r${line}${verdicts.length} of ${drawn.length} faults tried `);
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
  return [
    `${verdicts.length} planted faults, ${share.toFixed(1)} % noticed by the tests (${endless} because they never ended); not noticed:`,
    ...missed.map(({ mutant }) => `- ${described(mutant)}`).sort(),
  ].join("\n");
}

function placeOf({ path, line }: Mutant): string {
  return `${path}:${line}`;
}

function described(mutant: Mutant): string {
  return `${placeOf(mutant)} \`${mutant.before}\` -> \`${mutant.after}\``;
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

/** Seconds of processor time that each half of the rooms' tests takes without a fault; throws where they do not pass. */
async function usualSeconds(drawn: readonly Mutant[]): Promise<ReadonlyMap<string, number>> {
  const copy = copyOfProject();
  const times = new Map<string, number>();
  for (const half of [...new Set(drawn.map(roomOf))].flatMap((room) => rooms[room]!)) {
    const { code, seconds } = await runTests(half, copy, 600);
    if (code !== 0) throw new Error(`the tests ${half.join(" ")} fail without a fault`);
    times.set(half.join(" "), seconds);
  }
  rmSync(copy, { recursive: true });
  return times;
}

/** The tests to ask about a fault, cheapest first: those beside it, where there are any, then the halves of its room. */
function stagesOf(mutant: Mutant): readonly (readonly string[])[] {
  const folder = dirname(mutant.path);
  const hasTests = readdirSync(join(root, folder)).some((name) => name.endsWith(".test.ts"));
  const halves = rooms[roomOf(mutant)]!;
  if (!hasTests || folder === roomOf(mutant)) return halves;
  return [[`${folder}/`, ...halves[0]!.filter((argument) => argument.startsWith("--"))], ...halves];
}

/** Runs the tests of a room over a copy with the fault in it. A run that hangs has noticed it too. */
async function outcomeOf(copy: string, mutant: Mutant, usual: ReadonlyMap<string, number>): Promise<Outcome> {
  const { path, text } = mutant;
  writeFileSync(join(copy, path), text);
  let outcome: Outcome = "not noticed";
  const halves = rooms[roomOf(mutant)]!;
  for (const tests of stagesOf(mutant)) {
    if (outcome !== "not noticed") break;
    // The tests beside it are some of its room's.
    const seconds = usual.get(tests.join(" ")) ?? usual.get(halves[0]!.join(" "))!;
    const { code, isOutOfTime } = await runTests(tests, copy, seconds * slownessMax);
    if (isOutOfTime) outcome = "never ended";
    else if (code !== 0) outcome = "noticed";
  }
  writeFileSync(join(copy, path), readFileSync(join(root, path), "utf8"));
  return outcome;
}

type TestRun = {
  readonly code: number | null;
  /** Of the processor, which a machine with much else to do spends no faster. */
  readonly seconds: number;
  readonly isOutOfTime: boolean;
};

/**
 * Runs tests under a shell that allows so many seconds of processor time and no more: what the clock says would depend on
 * who else is at work. The shell tells what was used as its last words.
 */
function runTests(tests: readonly string[], copy: string, secondsMax: number): Promise<TestRun> {
  const vitest = join(copy, "node_modules/vitest/vitest.mjs");
  const own = ["run", "--bail=1", "--reporter=dot", "--maxWorkers=1", `--testTimeout=${waitingMsMax}`];
  const script = `ulimit -t ${Math.ceil(secondsMax)}; "$@" >/dev/null 2>&1; code=$?; times; exit $code`;
  return new Promise((resolve) => {
    const child = spawn(
      "sh",
      ["-c", script, "sh", process.execPath, vitest, ...own, "--root", copy, ...tests],
      { cwd: copy, stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, KIWI_ROUNDS: shareOfRounds } },
    );
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.on("close", (code) => {
      const seconds = secondsOf(said);
      resolve({ code, seconds, isOutOfTime: code !== 0 && seconds >= Math.ceil(secondsMax) - 1 });
    });
  });
}

/** User and system seconds of a shell's children: the last line of `times`. */
function secondsOf(times: string): number {
  const parts = [
    ...times
      .trim()
      .split("\n")
      .at(-1)!
      .matchAll(/(\d+)m([\d.]+)s/g),
  ];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
