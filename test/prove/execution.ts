import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { startRobot } from "../../src/robot/start-robot.ts";
import { Coverage, scenarios, type Scenario } from "../simulation/execution/coverage.ts";
import { plantedBugs } from "../simulation/execution/planted-bugs.ts";
import { rareWorlds } from "../simulation/execution/rare-worlds.ts";
import { describe, runSeeds, seedThatFinds, trialOf } from "../simulation/execution/run-seeds.ts";
import type { SeedReport, SeedShare } from "../simulation/execution/seed-worker.ts";
import { runTogether } from "../simulation/execution/virtual-world.ts";

const seeds = Number(process.env["SEEDS"] ?? 100_000);
const from = Number(process.env["FROM"] ?? 0);
/** One of the rare worlds, by the first words of its name; null for those of chance. */
const world = Object.keys(rareWorlds).find((name) => name.startsWith(process.env["WORLD"] ?? "none")) ?? null;
const threads = Number(process.env["THREADS"] ?? availableParallelism());
/** A scenario that happens less often than this over the full size proves nothing. */
const hitsMin = 20;
const rareSeedsMin = 32;

/**
 * The whole order path over bad roads, crashes and failing disks: SEEDS=100000 of them on all cores, and a hundredth of
 * that of each world made for what is rare. WORLD="the first words" takes one of those alone; SEED=7 tells the story of one seed. Throws when a promise is broken, a planted fault is not found, or a scenario hardly happened.
 */
export async function prove(): Promise<string> {
  const { SEED } = process.env;
  if (SEED !== undefined) return tellStory(Number(SEED));
  const startMs = performance.now();
  const report = join(await Promise.all(shares().map(runShare)));
  const seconds = (performance.now() - startMs) / 1_000;
  if (report.broken.length > 0)
    throw new Error(
      `${report.broken.length} of ${seeds} seeds broke a promise\n${report.broken.slice(0, 50).join("\n")}`,
    );
  const figures = `${text(seeds)} seeds, ${text(report.orders)} orders, ${text(report.fills)} fills, ${text(report.events)} events; no promise broken; ${(seeds / seconds).toFixed(0)} seeds/s on ${threads} threads`;
  if (world !== null) return `${world}: ${figures}`;
  const missing = report.coverage.missing(hitsMin);
  if (missing.length > 0 && seeds >= 1_000)
    throw new Error(`scenarios that happened less than ${hitsMin} times: ${missing.join(", ")}`);
  return [figures, "", report.coverage.table(), "", await liveRarely(), "", await findPlanted()].join("\n");
}

/** Worlds in which happens what is rare in those of chance. */
async function liveRarely(): Promise<string> {
  const rows = ["| world | seeds | what happens, how often |", "| --- | ---: | --- |"];
  for (const [name, { reaches, ...options }] of Object.entries(rareWorlds)) {
    const count = Math.max(rareSeedsMin, Math.ceil(seeds / 100));
    const { broken, coverage } = await runSeeds(from, count, undefined, { startRobot, ...options });
    if (broken.length > 0)
      throw new Error(
        `${broken.length} of ${count} worlds of ${name} broke a promise\n${broken.map(describe).join("\n")}`,
      );
    const rare = reaches.filter((scenario) => coverage.of(scenario) < hitsMin);
    if (rare.length > 0)
      throw new Error(`in worlds of ${name} happened less than ${hitsMin} times: ${rare.join(", ")}`);
    const hits = reaches.map((scenario) => `${scenarios[scenario]}: ${coverage.of(scenario)}`);
    rows.push(`| ${name} | ${text(count)} | ${hits.join("; ")} |`);
  }
  return rows.join("\n");
}

function shares(): readonly SeedShare[] {
  const each = Math.ceil(seeds / threads);
  return Array.from({ length: threads }, (_, k) => ({
    from: from + k * each,
    count: Math.max(0, Math.min(each, seeds - k * each)),
    world,
  })).filter(({ count }) => count > 0);
}

function runShare(share: SeedShare): Promise<SeedReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("../simulation/execution/seed-worker.ts", import.meta.url), {
      workerData: share,
    });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

function join(reports: readonly SeedReport[]) {
  const coverage = new Coverage();
  for (const report of reports)
    coverage.add(new Coverage(report.coverage as readonly (readonly [Scenario, number])[]));
  const sum = (name: "orders" | "fills" | "events") =>
    reports.reduce((total, report) => total + report[name], 0);
  return {
    coverage,
    broken: reports.flatMap(({ broken }) => broken),
    orders: sum("orders"),
    fills: sum("fills"),
    events: sum("events"),
  };
}

async function findPlanted(): Promise<string> {
  const rows: string[] = [];
  for (const [name, bug] of Object.entries(plantedBugs)) {
    const found = await seedThatFinds(bug, 1_000);
    if (found === null) throw new Error(`nothing in 1,000 seeds shows the planted fault: ${name}`);
    rows.push(`| ${name} | ${found.broken[0]!.promise} | ${found.seed} |`);
  }
  return ["| planted fault | breaks promise | seed that shows it |", "| --- | ---: | ---: |", ...rows].join(
    "\n",
  );
}

async function tellStory(seed: number): Promise<string> {
  const story: string[] = [];
  const rare = world === null ? {} : rareWorlds[world];
  const trial = trialOf(seed, { startRobot, ...rare, tell: (line) => story.push(line) });
  await runTogether([trial]);
  return [...story, describe(trial.outcome())].join("\n");
}

function text(count: number): string {
  return count.toLocaleString("en");
}
