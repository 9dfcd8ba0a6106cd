import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const files = [
  "test/simulation/interrupted-keeping.test.ts",
  "test/simulation/interrupted-repair.test.ts",
  "test/simulation/interrupted-watch.test.ts",
  "src/data/pipeline/killed-download.test.ts",
  "src/adapters/stores/parquet/parquet-crashes.test.ts",
  "src/adapters/stores/csv/csv-bar-store.test.ts",
];

/**
 * `npm run prove disk`: dies, loses power and fails at every operation on the disk, not at some of them as the tests do,
 * and kills real downloads and writers more often.
 */
export function prove(): string {
  const { status, stdout } = spawnSync("npx", ["vitest", "run", ...files], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, KIWI_PROVE: "1", NO_COLOR: "1" },
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stdout);
  const held = stdout.split("\n").filter((line) => line.includes("✓"));
  return ["| done at every operation on the disk |\n|---|", ...held.map((line) => `| ${line.trim()} |`)].join(
    "\n",
  );
}
