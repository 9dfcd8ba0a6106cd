import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { comparePeers } from "./peers/compare.ts";
import { compareTrees } from "./peers/trees.ts";
import { works } from "./peers/work.ts";
import { targets } from "./targets.ts";

// Runs every case in a process of its own, so that none profits or suffers from another's compiled code.
const isJson = process.argv.includes("--json");
const only = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const folder = join(import.meta.dirname, "cases");
const cases = readdirSync(folder).filter(
  (name) => only.length === 0 || only.some((one) => name === `${one}.ts` || name.startsWith(`${one}-`)),
);

if (process.argv.includes("--peers")) await printPeers();
else runCases();

function runCases(): void {
  const figures: Record<string, number> = {};
  for (const name of cases) {
    if (!isJson) console.error(`bench ${name.replace(".ts", "")} ...`);
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, name)], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`bench case ${name} failed:\n${stderr}`);
    Object.assign(figures, JSON.parse(stdout.trim().split("\n").at(-1)!));
  }

  if (isJson) {
    console.log(
      JSON.stringify({
        node: process.version,
        cores: cpus().length,
        shared: existsSync(join(folder, "../../../shared")),
        ...figures,
      }),
    );
  } else {
    console.log(
      `\nNode ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}); medians, one process per case\n`,
    );
    for (const [key, value] of Object.entries(figures)) {
      const target = targets[key];
      const isMet = target === undefined || (target.isFloor ? value >= target.value : value <= target.value);
      const wanted =
        target === undefined
          ? ""
          : `${target.isFloor ? ">=" : "<="} ${format(target.value)}  ${isMet ? "met" : "MISSED"}`;
      console.log(`${key.padEnd(34)} ${format(value).padStart(14)}   ${wanted}`);
    }
  }
}

/** How Kiwi does beside others on the same bars, in the same run. Nothing is printed as compared that did not trade the same. */
async function printPeers(): Promise<void> {
  const rows = await comparePeers(only);
  const trees = only.length === 0 || only.includes("trees") ? await compareTrees() : [];
  if (isJson) return console.log(JSON.stringify([...rows, ...trees]));
  for (const { work, name, threads, cpuSeconds, wallSeconds, auc } of trees)
    console.log(
      `${work.padEnd(8)} ${name.padEnd(12)} ${threads} thread${threads === 1 ? " " : "s"} ${cpuSeconds.toFixed(1)} s of processor time, ${wallSeconds.toFixed(1)} s by the clock, AUC ${auc.toFixed(4)}`,
    );
  if (rows.length === 0) return;
  console.log(`\nKiwi is ... times as fast (processor time; middle half of the rounds; by the clock)\n`);
  for (const { work, name, barsPerSecond, ratio, ratioLow, ratioHigh, wallRatio, isSame } of rows) {
    const spread = `${ratioLow.toPrecision(3)} to ${ratioHigh.toPrecision(3)}; ${wallRatio.toPrecision(3)}`;
    const same =
      isSame === null ? "trades nearly the same" : isSame ? "same orders and return" : "TRADED DIFFERENTLY";
    console.log(
      `${work.padEnd(8)} ${name.padEnd(12)} ${ratio.toPrecision(3).padStart(7)}  (${spread})`.padEnd(62) +
        `${format(barsPerSecond).padStart(10)} bars/s   ${same}`,
    );
  }
  for (const [name, { says }] of Object.entries(works)) console.log(`${name.padEnd(8)} ${says}`);
  if (rows.some(({ isSame }) => isSame === false)) process.exitCode = 1;
}

function format(value: number): string {
  return value >= 1e6
    ? `${(value / 1e6).toFixed(2)} M`
    : value >= 100
      ? value.toFixed(0)
      : value.toPrecision(3);
}
