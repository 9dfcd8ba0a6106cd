import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { targets } from "./targets.ts";

// Runs every case in a process of its own, so that none profits or suffers from another's compiled code.
const isJson = process.argv.includes("--json");
const only = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const folder = join(import.meta.dirname, "cases");
const cases = readdirSync(folder).filter(
  (name) => only.length === 0 || only.includes(name.replace(".ts", "")),
);

const figures: Record<string, number> = {};
for (const name of cases) {
  if (!isJson) console.error(`bench ${name.replace(".ts", "")} ...`);
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, name)], { encoding: "utf8" });
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

function format(value: number): string {
  return value >= 1e6
    ? `${(value / 1e6).toFixed(2)} M`
    : value >= 100
      ? value.toFixed(0)
      : value.toPrecision(3);
}
