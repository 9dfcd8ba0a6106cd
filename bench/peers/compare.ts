import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesOf } from "../../src/base/hash.ts";
import { startContestant, type Contestant, type Outcome } from "./contestant.ts";
import { environmentFor, findPython } from "./environment.ts";
import { barsOf, busyPairs, pairs, works, type WorkName } from "./work.ts";

const folder = import.meta.dirname;
const columns = ["closeTimeMs", "open", "high", "low", "close", "volume"] as const;
const warmUps = 10;
/** Returns may differ by this share of the starting money: Kiwi rounds quantities down to lots, a peer does not. */
const returnTolerance = 1e-6;

/** A contest, and which of the others do exactly what Kiwi does. The rest trade nearly alike and are shown beside it. */
type Contest = { readonly work: WorkName; readonly rounds: number; readonly others: readonly string[] };
const contests: readonly Contest[] = [
  { work: "engine", rounds: 11, others: ["vectorbt", "bare"] },
  { work: "report", rounds: 11, others: ["vectorbt"] },
  { work: "sweep", rounds: 5, others: ["vectorbt"] },
  { work: "busy", rounds: 5, others: ["vectorbt"] },
  { work: "slow", rounds: 3, others: ["backtesting", "nautilus"] },
];
const nearlyAlike = new Set(["backtesting", "nautilus"]);

/** One line of the table. */
export type Comparison = {
  readonly work: WorkName;
  readonly name: string;
  readonly barsPerSecond: number;
  /** How many times as fast Kiwi is, by processor time: the median of neighbouring rounds and the middle half of them. */
  readonly ratio: number;
  readonly ratioLow: number;
  readonly ratioHigh: number;
  /** The same by the clock on the wall. */
  readonly wallRatio: number;
  /** Whether it traded what Kiwi traded; null where it cannot. */
  readonly isSame: boolean | null;
};

/**
 * Runs Kiwi and its peers on the same bars, turn by turn, and compares what they traded and how long they took; `only`
 * names the pieces of work, all of them when it is empty.
 */
export async function comparePeers(only: readonly string[]): Promise<readonly Comparison[]> {
  const pythons = pythonsOf();
  const rows: Comparison[] = [];
  for (const contest of contests) {
    const others = contest.others.filter((name) => name === "bare" || pythons.has(name));
    if (others.length === 0 || !(only.length === 0 || only.includes(contest.work))) continue;
    console.error(`bench peers: ${contest.work} ...`);
    rows.push(...(await hold({ ...contest, others }, pythons)));
  }
  return rows;
}

/** The Python of every peer that could be installed. */
function pythonsOf(): ReadonlyMap<string, string> {
  const python = findPython();
  if (python === null) {
    console.error(
      "bench peers: NO PYTHON 3.11 or newer on the path, so Kiwi is compared with the bare loop alone",
    );
    return new Map();
  }
  const main = environmentFor(python, join(folder, "requirements.txt"));
  const nautilus = environmentFor(python, join(folder, "requirements-nautilus.txt"));
  const found: [string, string | null][] = [
    ["vectorbt", main],
    ["backtesting", main],
    ["nautilus", nautilus],
  ];
  return new Map(found.filter((one): one is [string, string] => one[1] !== null));
}

async function hold(contest: Contest, pythons: ReadonlyMap<string, string>): Promise<readonly Comparison[]> {
  const { work, rounds, others } = contest;
  const data = writeBars(work);
  const side = (name: string): Contestant =>
    name === "kiwi" || name === "bare"
      ? startContestant(name, process.execPath, [join(folder, "kiwi-side.ts"), name, work])
      : startContestant(name, pythons.get(name)!, [join(folder, "peers.py"), data, name, work]);
  const kiwi = side("kiwi");
  const rivals = others.map(side);
  try {
    const rows: Comparison[] = [];
    for (const rival of rivals) rows.push(await duel(kiwi, rival, work, rounds));
    return rows;
  } finally {
    for (const contestant of [kiwi, ...rivals]) contestant.stop();
    rmSync(data, { recursive: true });
  }
}

/** Both in turn, A B B A: whatever else the machine does meets them alike. */
async function duel(
  kiwi: Contestant,
  rival: Contestant,
  work: WorkName,
  rounds: number,
): Promise<Comparison> {
  for (let k = 0; k < warmUps; k++) for (const one of [kiwi, rival]) await one.run();
  const own: Outcome[] = [];
  const theirs: Outcome[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) own.push(await kiwi.run());
    theirs.push(await rival.run());
    if (round % 2 === 1) own.push(await kiwi.run());
  }
  const { bars, runs } = works[work];
  const ratios = theirs.map(({ cpuMs }, k) => cpuMs / own[k]!.cpuMs);
  const wallRatios = theirs.map(({ wallMs }, k) => wallMs / own[k]!.wallMs);
  return {
    work,
    name: rival.name,
    barsPerSecond:
      ((bars * runs) /
        quantile(
          theirs.map(({ cpuMs }) => cpuMs),
          0.5,
        )) *
      1_000,
    ratio: quantile(ratios, 0.5),
    ratioLow: quantile(ratios, 0.25),
    ratioHigh: quantile(ratios, 0.75),
    wallRatio: quantile(wallRatios, 0.5),
    isSame: nearlyAlike.has(rival.name) ? null : tradedAlike(own[0]!, theirs[0]!),
  };
}

function tradedAlike(own: Outcome, theirs: Outcome): boolean {
  const isClose = (value: number, k: number) => Math.abs(value - theirs.returns[k]!) <= returnTolerance;
  return (
    own.orders === theirs.orders && own.returns.length === theirs.returns.length && own.returns.every(isClose)
  );
}

/** Columns as float64 files, which every language reads. */
function writeBars(work: WorkName): string {
  const target = mkdtempSync(join(tmpdir(), "kiwi-bench-"));
  const bars = barsOf(work);
  for (const name of columns) writeFileSync(join(target, `${name}.f64`), bytesOf(bars[name], bars.length));
  const sets = work === "sweep" ? pairs : work === "busy" ? busyPairs : [];
  writeFileSync(join(target, "pairs.json"), JSON.stringify(sets));
  return target;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
}
