import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { readRoadmap } from "./roadmap.ts";

// `npm run check:phase -- N`: the tests that show a phase of docs/roadmap.md, and what is open in it.
const root = join(import.meta.dirname, "..");
const roadmap = readRoadmap(root);
const phases = [...new Set(roadmap.map(({ phase }) => phase))];
const phase = Number(process.argv[2]);
const rows = roadmap.filter((row) => row.phase === phase);
if (rows.length === 0) {
  console.error(
    `usage: npm run check:phase -- <phase>   (${phases.join(", ")}; docs/roadmap.md says what they are)`,
  );
  process.exitCode = 2;
} else {
  const tests = [...new Set(rows.flatMap((row) => row.tests))];
  const { status } = spawnSync(
    process.execPath,
    [join(root, "node_modules/vitest/vitest.mjs"), "run", ...tests],
    { cwd: root, stdio: "inherit" },
  );
  for (const row of rows) {
    const names = row.requirements.map((number) => `R${number}`).join(", ");
    console.log(
      `${row.tests.length === 0 ? "OPEN  " : "tested"}  ${names}: ${row.what}${row.open && ` (${row.open})`}`,
    );
  }
  process.exitCode = status ?? 1;
}
