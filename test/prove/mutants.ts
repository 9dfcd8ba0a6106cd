import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Prng } from "../../src/base/prng.ts";
import { Lane } from "./ask-lane.ts";
import { isHarmless } from "./harmless.ts";
import { mutantsOf, type Mutant } from "./mutate.ts";

const root = join(import.meta.dirname, "../..");
const size = Number(process.env["MUTANTS"] ?? 300);
/** Only faults at these places (`path:line`, or how a path begins, with commas between), to look at survivors again. */
const only = process.env["ONLY"]?.split(",");
/** Faults whose tests were written after looking at them say little about the others: another seed draws others. */
const seed = Number(process.env["SEED"] ?? 20_261_129);
/** Asks the quick tests of each room alone: what they notice is a lower bound of what all would. */
const isQuick = process.env["QUICK"] !== undefined;
/** A run that computes this many times as long as one without a fault hangs. */
const slownessMax = 6;
/** Words for the paths of tests that are asked one list after the other; the slow ones, of long runs, may be left out. */
type Room = { readonly quick: readonly Words[]; readonly slow: readonly Words[] };
type Words = readonly string[];
/**
 * Equity must not be lost by a slip here. Each room with the tests that are to notice: those that take longer are asked
 * only about what the others did not notice. The options of plug-ins are compared with the reference of the documents.
 */
const rooms: Readonly<Record<string, Room>> = {
  "src/engine": {
    quick: [
      [
        "src/engine/",
        "src/app/session/",
        "test/renamed-runs.",
        "!src/engine/conservation",
        "!src/engine/journal/restore-session",
        "!src/app/session/build-arsenal",
        "!src/app/session/quoted-costs",
      ],
    ],
    slow: [
      [
        "src/engine/conservation",
        "src/engine/journal/restore-session",
        "src/app/session/build-arsenal",
        "src/app/session/quoted-costs",
        "src/app/runs/",
        "src/selection/",
        "test/simulation/order-life",
      ],
    ],
  },
  "src/venue": {
    quick: [["src/venue/", "test/fills-document", "src/app/session/corporate-actions"]],
    slow: [["test/simulation/order-life", "src/engine/conservation"]],
  },
  "src/risk": { quick: [["src/risk/"], ["src/app/session/risk-rules", "test/reference."]], slow: [] },
  "src/costs": { quick: [["src/costs/"], ["test/reference."]], slow: [["src/app/session/quoted-costs"]] },
  "src/data/repair": {
    quick: [["src/data/repair/"]],
    slow: [["src/app/data/", "test/simulation/interrupted-repair"]],
  },
};

type Outcome = "noticed" | "never ended" | "not noticed";
type Verdict = { readonly mutant: Mutant; readonly outcome: Outcome };

/** Plants small faults, one at a time, in copies of the project, and counts how many of them the tests notice. */
export async function prove(): Promise<string> {
  const able = allMutants().filter(isAskedFor);
  const drawn = sample(
    able.filter((mutant) => !isHarmless(mutant)),
    size,
  );
  const usual = await usualSeconds(drawn);
  const queue = [...drawn];
  const verdicts: Verdict[] = [];
  // Who has no patience for all of them hears what was found so far: the order is that of chance.
  process.once("SIGINT", () => queue.splice(0));
  const lanes = Array.from({ length: Math.min(2, availableParallelism()) }, () =>
    withLane(async (lane) => {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        const outcome = await outcomeOf(lane, mutant, usual);
        verdicts.push({ mutant, outcome });
        const line = outcome === "noticed" ? "" : `${outcome}: ${described(mutant)}\n`;
        process.stderr.write(`\r${line}${verdicts.length} of ${drawn.length} faults tried `);
      }
    }),
  );
  await Promise.all(lanes);
  const left = able.filter(isHarmless).length;
  return `${reportOn(verdicts)}\n\n${left} of ${able.length} that could be planted change nothing (test/prove/harmless.ts).`;
}

function reportOn(verdicts: readonly Verdict[]): string {
  const missed = verdicts.filter(({ outcome }) => outcome === "not noticed");
  const ofRooms = Object.keys(rooms).map((room) => {
    const own = verdicts.filter(({ mutant }) => roomOf(mutant) === room);
    return own.length === 0 ? [] : [`- ${room}: ${summaryOf(own)}`];
  });
  return [
    `All planted faults: ${summaryOf(verdicts)} (seed ${seed})`,
    ...ofRooms.flat(),
    "",
    "Not noticed:",
    ...missed.map(({ mutant }) => `- ${described(mutant)}`).sort(),
  ].join("\n");
}

function summaryOf(verdicts: readonly Verdict[]): string {
  const count = (wanted: Outcome): number => verdicts.filter(({ outcome }) => outcome === wanted).length;
  const found = verdicts.length - count("not noticed");
  const share = ((found / verdicts.length) * 100).toFixed(1);
  return `${found} of ${verdicts.length}, ${share} % (${count("never ended")} because they never ended)`;
}

function isAskedFor(mutant: Mutant): boolean {
  return (
    only?.some((place) =>
      place.includes(":") ? place === placeOf(mutant) : mutant.path.startsWith(place),
    ) ?? true
  );
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

/** Runs what is given with a lane over a copy of the project, and clears both away. */
async function withLane<T>(use: (lane: Lane) => Promise<T>): Promise<T> {
  const copy = copyOfProject();
  const lane = new Lane(copy);
  try {
    return await use(lane);
  } finally {
    lane.end();
    rmSync(copy, { recursive: true });
  }
}

/** Seconds of processor time that each list of the rooms' tests takes without a fault; throws where they do not pass. */
async function usualSeconds(drawn: readonly Mutant[]): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  await withLane(async (lane) => {
    for (const mutant of drawn.filter(
      (one, k) => drawn.findIndex((other) => roomOf(one) === roomOf(other)) === k,
    ))
      for (const filters of listsOf(mutant)) {
        const told = await lane.ask({ path: mutant.path, text: mutant.sound, filters, secondsMax: 600 });
        if (told.kind !== "answer" || !told.isPassed || told.tests === 0)
          throw new Error(`the tests ${filters.join(" ")} fail without a fault`);
        times.set(filters.join(" "), told.seconds);
      }
  });
  return times;
}

/** The tests to ask about a fault, cheapest first: those of its file, those beside it, then the lists of its room. */
function stagesOf(mutant: Mutant): readonly Words[] {
  const lists = listsOf(mutant);
  const quick = lists[0]!;
  const own = mutant.path.replace(/ts$/, "test.");
  const beside = `${dirname(mutant.path)}/`;
  const without = quick.filter((word) => word.startsWith("!"));
  return [[own, ...without], ...(quick.includes(beside) ? [] : [[beside, ...without]]), ...lists];
}

function listsOf(mutant: Mutant): readonly Words[] {
  const { quick, slow } = rooms[roomOf(mutant)]!;
  return isQuick ? quick : [...quick, ...slow];
}

/** Asks tests about a fault until some notice it. A run that hangs has noticed it too. */
async function outcomeOf(lane: Lane, mutant: Mutant, usual: ReadonlyMap<string, number>): Promise<Outcome> {
  const { path } = mutant;
  let outcome: Outcome = "not noticed";
  const [quick] = listsOf(mutant);
  for (const filters of stagesOf(mutant)) {
    if (outcome !== "not noticed") break;
    const own = usual.get(filters.join(" "));
    // Some of the quick tests that take longer than all of them do hang.
    const secondsMax = 5 + (own === undefined ? usual.get(quick!.join(" "))! : own * slownessMax);
    const told = await lane.ask({ path, text: mutant.text, filters, secondsMax });
    if (told.kind === "hangs") outcome = "never ended";
    else if (!told.isPassed) outcome = "noticed";
  }
  await lane.ask({ path, text: mutant.sound, filters: [], secondsMax: 600 });
  return outcome;
}
