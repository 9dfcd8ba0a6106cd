import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../src/base/hash.ts";
import { searchMethods } from "../../src/app/search/search-request.ts";

const kiwi = join(import.meta.dirname, "..", "..", "bin", "kiwi.js");

/** What a search left behind: its table, and the most memory that its process held. */
type Made = { readonly table: string; readonly peakMb: number };

/** Runs a search in a process of its own. */
async function optimize(folder: string, args: readonly string[]): Promise<Made> {
  const child = spawn(process.execPath, [kiwi, "optimize", "sma-cross", ...args, "-q", "--format", "csv"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  let peakMb = 0;
  const looking = setInterval(() => (peakMb = Math.max(peakMb, peakOf(child.pid!))), 100);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  clearInterval(looking);
  if (code !== 0) throw new Error(`a search ended with ${code}`);
  const root = join(folder, ".kiwi", "searches");
  return {
    table: readFileSync(join(root, readdirSync(root).sort().at(-1)!, "trials.jsonl"), "utf8"),
    peakMb,
  };
}

/** The most memory that a process ever held, in megabytes, as Linux counts it; 0 where it is gone. */
function peakOf(pid: number): number {
  try {
    const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes ?? 0) / 1_024;
  } catch {
    return 0;
  }
}

/** Every method with 1, 2, 4 and 16 threads; returns a row for each. Throws where bytes differ. */
async function sameBytes(folder: string): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const method of searchMethods) {
    const space = [
      "--vary",
      "fast=2..24:2",
      "--vary",
      "slow=26..96:5",
      "--data",
      "synthetic:bars=6000,symbols=1",
    ];
    const search = [...space, "--method", method, "--trials", "120", "--folds", "4"];
    const hashes = new Map<number, string>();
    for (const jobs of [1, 2, 4, 16])
      hashes.set(jobs, sha256((await optimize(folder, [...search, "--jobs", String(jobs)])).table));
    if (new Set(hashes.values()).size !== 1)
      throw new Error(`${method}: ${JSON.stringify([...hashes])} are not the same`);
    rows.push(`| ${method} | 1, 2, 4, 16 | ${hashes.get(1)!.slice(0, 16)} |`);
  }
  return rows;
}

/** Symbols of the wide search: as many as an index has. */
const symbols = Number(process.env["SYMBOLS"] ?? 600);
/** What four times as many trials may add, in parts of the memory of the few. */
const growthMax = 1.25;

/** Peak memory of searches over many symbols. Throws where it grows with the number of trials. */
async function boundedMemory(folder: string): Promise<readonly string[]> {
  const data = [
    "--data",
    `synthetic:bars=500,symbols=${symbols}`,
    "--vary",
    "fast=2..40:1",
    "--vary",
    "slow=50..90:2",
  ];
  const peaks: number[] = [];
  for (const trials of [40, 160])
    peaks.push(
      (await optimize(folder, [...data, "--trials", String(trials), "--method", "random", "--jobs", "2"]))
        .peakMb,
    );
  const [few, many] = peaks as [number, number];
  if (many > growthMax * few) throw new Error(`memory grows with trials: ${few} MB, then ${many} MB`);
  return [
    `| ${symbols} symbols, 40 trials, 2 threads | peak ${few.toFixed(0)} MB |`,
    `| ${symbols} symbols, 160 trials, 2 threads | peak ${many.toFixed(0)} MB |`,
  ];
}

/** The full size, for docs/proofs.md: the same bytes for any number of threads, and memory that trials do not add to. */
export async function prove(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "kiwi-prove-search-"));
  try {
    const bytes = await sameBytes(folder);
    const memory = await boundedMemory(folder);
    return [
      `| method | threads, of ${availableParallelism()} cores | SHA-256 of every table |`,
      "|---|---|---|",
      ...bytes,
      "",
      "| search | memory |",
      "|---|---|",
      ...memory,
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
