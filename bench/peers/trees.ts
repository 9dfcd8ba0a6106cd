import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { treeThreads } from "../../src/app/train/learners/tree-threads.ts";
import { boostDefaults } from "../../src/learning/trees/boost.ts";
import { forestDefaults } from "../../src/learning/trees/forest.ts";
import type { Labelled } from "../../src/learning/trees/labelled.ts";
import { predictTrees } from "../../src/learning/trees/trees.ts";
import type { TreesBody } from "../../src/domain/predictor-artifact.ts";
import { treeRows } from "../tree-rows.ts";
import { environmentFor, findPython } from "./environment.ts";

const folder = import.meta.dirname;

/** What somebody's trees cost, and how well they rank rows that they did not see. */
type Figures = { readonly cpuSeconds: number; readonly wallSeconds: number; readonly auc: number };
type Row = Figures & { readonly work: string; readonly name: string; readonly threads: number };

const works = [
  { work: "boosting", others: ["xgboost", "lightgbm"] },
  { work: "forest", others: ["forest"] },
] as const;

/** Kiwi's trees beside those of others on the same rows, on one thread and on two. */
export async function compareTrees(): Promise<readonly Row[]> {
  const [learn, fresh] = [treeRows(1), treeRows(2)];
  const python = pythonOf();
  const data = mkdtempSync(join(tmpdir(), "kiwi-bench-"));
  for (const [part, { x, y }] of Object.entries({ learn, fresh })) {
    writeFileSync(join(data, `${part}-x.f32`), bytes(x.values));
    writeFileSync(join(data, `${part}-y.f32`), bytes(y));
  }
  const rows: Row[] = [];
  for (const threads of [1, 2])
    for (const { work, others } of works) {
      rows.push({ work, name: "kiwi", threads, ...(await ownFigures(work, threads, learn, fresh)) });
      for (const name of python === null ? [] : others)
        rows.push({ work, name, threads, ...theirFigures(python!, data, name, threads) });
    }
  rmSync(data, { recursive: true });
  return rows;
}

function bytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function pythonOf(): string | null {
  const python = findPython();
  const own = python === null ? null : environmentFor(python, join(folder, "requirements-learning.txt"));
  if (own === null) console.error("bench peers: NO PYTHON with XGBoost, so Kiwi's trees stand alone");
  return own;
}

async function ownFigures(
  work: "boosting" | "forest",
  threads: number,
  learn: Labelled,
  fresh: Labelled,
): Promise<Figures> {
  const team = treeThreads(threads);
  const [before, startMs] = [process.cpuUsage(), performance.now()];
  const boosting = { ...boostDefaults, rounds: 200, rate: 0.1, depthMax: 6, childWeightMin: 1 };
  const forest = { ...forestDefaults, trees: 100, depthMax: 10, leafWeightMin: 1 };
  const { body } =
    work === "boosting"
      ? await team.boosted(learn, boosting, null, () => {})
      : await team.forest(learn, forest, () => {});
  const wallSeconds = (performance.now() - startMs) / 1_000;
  const { user, system } = process.cpuUsage(before);
  await team.close();
  return { cpuSeconds: (user + system) / 1e6, wallSeconds, auc: aucOf(body, fresh) };
}

function theirFigures(python: string, data: string, name: string, threads: number): Figures {
  const { status, stdout, stderr } = spawnSync(
    python,
    [join(folder, "learners.py"), data, name, String(threads)],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`bench peers: ${name} failed:\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Figures;
}

function aucOf(body: TreesBody, { x, y }: Labelled): number {
  const found = predictTrees(body, x.values, x.rows, x.width);
  const order = [...found.keys()].sort((a, b) => found[a]! - found[b]!);
  let [ranks, ups] = [0, 0];
  for (const [place, row] of order.entries()) {
    if (y[row] !== 1) continue;
    ranks += place + 1;
    ups += 1;
  }
  return (ranks - (ups * (ups + 1)) / 2) / (ups * (y.length - ups));
}
