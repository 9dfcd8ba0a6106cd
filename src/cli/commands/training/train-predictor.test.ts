import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

/** A training of a few steps: what is looked at is how it goes, not what it learns. */
const quick = { folds: 1, network: { epochs: 3, stepsPerEpoch: 12, checkpointSteps: 4 } };

function project(name: string, training: object = quick): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, "kiwi.config.jsonc"), JSON.stringify({ training }));
  return path;
}

type Explained = {
  readonly closeTimeMs: number;
  readonly views: readonly {
    readonly kind: string;
    readonly values: readonly { readonly value: number }[];
  }[];
};
type Story = { readonly model: string; readonly status: string; readonly error: string | null };

function stories(path: string): readonly Story[] {
  const root = join(path, ".kiwi", "training");
  return readdirSync(root).map((id) => JSON.parse(readFileSync(join(root, id, "run.json"), "utf8")) as Story);
}

test("train all shows every model in one table; one that fails is said, stops no other, and leaves its story", async () => {
  const path = project("all", { folds: 1, network: { epochs: 1, stepsPerEpoch: 2 } });
  const args = ["train", "all", "--data", "synthetic:bars=1210", "--restarts", "1", "--horizon", "4"];
  const { code, out, err } = await runKiwi(path, [...args, "--move", "0.1"]);
  expect(code).toBe(4);
  const rows = out.split("\n").map((line) => line.split(/ {2,}/));
  expect(rows.map(([family]) => family)).toEqual([
    "family",
    "short-term",
    "medium-term",
    "long-term",
    "forest",
    "boosted",
    "logistic",
    "regime",
  ]);
  expect(rows[3]!.at(-1)).toBe("failed: TRAIN_TOO_FEW_ROWS");
  for (const row of [1, 2, 4, 5, 6, 7]) expect(rows[row]!.at(-1)).toBe("in use");
  expect(err).toMatch(/not trained: long-term of SYN1\nerror TRAIN_TOO_FEW_ROWS[\s\S]*fix/);
  expect(stories(path)).toHaveLength(6);
  expect(stories(path).filter(({ status }) => status === "failed")).toMatchObject([
    { model: "long-term-SYN1-1h", error: expect.stringContaining("TRAIN_TOO_FEW_ROWS") },
  ]);
  const ask = ["model", "explain", "medium-term-SYN1-1h", "--data", "synthetic:bars=1210"];
  const explained = await runKiwi(path, [...ask, "--at", "2022-02-10", "--json"]);
  const { closeTimeMs, views } = JSON.parse(explained.out) as Explained;
  expect(closeTimeMs).toBe(Date.UTC(2022, 1, 10));
  expect(views.map(({ kind }) => kind)).toEqual(["selection", "attention"]);
  for (const { values } of views)
    expect(values.reduce((total, { value }) => total + value, 0)).toBeCloseTo(1, 4);
  const ofOne = ["train", "logistic", "--data", "synthetic:bars=1210", "--if-due", "1d"];
  expect((await runKiwi(path, ofOne)).out).toMatch(
    /^logistic-SYN1-1h: nothing to do; version 1 is due on 2022-/,
  );
}, 300_000);

test("a training that is killed and started again ends in the same model, and repeats no turn that was over", async () => {
  const args = ["train", "short-term", "--data", "synthetic:bars=1100", "--horizon", "4"];
  const [whole, killed] = [project("whole"), project("killed")];
  const { code, out } = await runKiwi(whole, args);
  expect(code).toBe(0);
  expect(out).toMatch(
    /\nloss on held rows {2}[▁-█]{3} {2}0\.\d{4} to 0\.\d{4} in 3 looks, 0\.\d{4} at best\n/,
  );
  const states = join(killed, ".kiwi", "models", ".training");
  const main = join(import.meta.dirname, "..", "..", "main.ts");
  const child = spawn(process.execPath, [main, ...args], { cwd: killed, stdio: "ignore" });
  const gone = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once("exit", (_, signal) => resolve(signal)),
  );
  // Two states: the turn of the walk forward is over, the model itself is being learned.
  while (!existsSync(states) || readdirSync(states).filter((name) => name.endsWith(".state")).length < 2)
    await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill("SIGKILL");
  expect(await gone).toBe("SIGKILL");
  const model = join(".kiwi", "models", "short-term-SYN1-1h", "1.json");
  expect(existsSync(join(killed, model))).toBe(false);
  expect((await runKiwi(killed, args)).code).toBe(0);
  const artifact = (path: string) =>
    (JSON.parse(readFileSync(join(path, model), "utf8")) as { readonly artifact: unknown }).artifact;
  expect(artifact(killed)).toEqual(artifact(whole));
  // Both are told of: the killed one, and the one that went on.
  const told = (await runKiwi(killed, ["model", "trainings"])).out.split("\n").slice(1);
  expect(told.map((line) => line.split(/ {2,}/)[1])).toEqual(["done", "killed"]);
  // Beside the looks that are told again, the second story has no step of the first turn.
  const root = join(killed, ".kiwi", "training");
  const lines = readFileSync(join(root, readdirSync(root).sort().at(-1)!, "metrics.jsonl"), "utf8").split(
    "\n",
  );
  const ofTurn = lines.filter((line) => line.includes('"turn1"'));
  expect(ofTurn).toHaveLength(3);
  expect(ofTurn.every((line) => line.includes("heldLoss") && !line.includes("gradientNorm"))).toBe(true);
  expect(readdirSync(states)).toEqual([]);
}, 300_000);

test.each([
  ["more rows a step than there are", ["--set", "training.network.batch=4096"], "TRAIN_TOO_FEW_ROWS"],
  ["moves that never come", ["--move", "20"], "TRAIN_ONE_OUTCOME"],
  ["a size that there is not", ["--size", "huge"], "FLAG_INVALID"],
  ["an option that there is not", ["--set", "training.network.epoch=3"], "CONFIG_UNKNOWN_KEY"],
] as const)("%s: said, with a way out", async (_, extra, code) => {
  const path = join(folder, "bad");
  mkdirSync(path, { recursive: true });
  const args = ["train", "short-term", "--data", "synthetic:bars=1100", "--folds", "1", ...extra];
  const { out } = await runKiwi(path, [...args, "--json"]);
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code, fix: expect.stringMatching(/./) } });
});

test("prices that only rise have one outcome, and a model of them is refused", async () => {
  const path = project("rising");
  const rows = Array.from({ length: 1_100 }, (_, k) => {
    const price = (100 * 1.0001 ** k).toFixed(6);
    return `${new Date(Date.UTC(2022, 0, 1) + k * 3_600_000).toISOString()},${price},${price},${price},${price}`;
  });
  writeFileSync(join(path, "UP-1h.csv"), ["time,open,high,low,close", ...rows].join("\n"));
  const args = ["train", "logistic", "--data", "UP-1h.csv", "--horizon", "4"];
  expect((await runKiwi(path, args)).err).toMatch(/TRAIN_ONE_OUTCOME[\s\S]*only ever went up/);
});
