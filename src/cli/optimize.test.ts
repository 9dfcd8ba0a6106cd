import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const market = "synthetic:symbols=1,bars=900";

type Document = {
  readonly searchId: string;
  readonly best: { readonly setting: Readonly<Record<string, unknown>>; readonly value: number };
  readonly front: readonly { readonly inSample: Readonly<Record<string, number>> }[];
  readonly trials: Readonly<Record<string, number>>;
  readonly luck: { readonly trialCount: number; readonly dsr: number; readonly verdict: string };
  readonly warnings: readonly string[];
  readonly stopped: readonly { readonly trial: number; readonly share: number; readonly why: string }[];
  readonly barsShare: number;
};

async function optimize(
  ...args: readonly string[]
): Promise<{ readonly document: Document; readonly err: string }> {
  const { code, out, err } = await runKiwi(folder, ["optimize", ...args, "--json", "--format", "csv"]);
  expect(code, out + err).toBe(0);
  return { document: JSON.parse(out) as Document, err };
}

async function errorOf(...args: readonly string[]): Promise<{ readonly code: string; readonly why: string }> {
  const { out } = await runKiwi(folder, [...args, "--json"]);
  return (JSON.parse(out) as { error: { code: string; why: string } }).error;
}

const tableOf = ({ searchId }: Document): string =>
  readFileSync(join(folder, ".kiwi", "searches", searchId, "trials.jsonl"), "utf8");

const longer = "synthetic:symbols=1,bars=1600";
const space = ["sma-cross", "--data", market, "--vary", "fast=2..12:2", "--vary", "slow=15..60:5"];

// Up to 16 threads, on more bars: npm run prove search.
test.each([
  ["grid", 2],
  ["random", 2],
  ["tpe", 3],
  ["halving", 2],
  ["racing", 3],
])(
  "%s has the same table and the same best for one worker and %d, and after an interruption",
  async (method, workers) => {
    const wide = ["sma-cross", "--data", longer, "--vary", "fast=2..12:2", "--vary", "slow=15..60:5"];
    const args = [...wide, "--method", method, "--trials", "30", "--seed", "3", "--folds", "4"];
    const runs = [];
    for (const jobs of [1, workers]) runs.push((await optimize(...args, "--jobs", `${jobs}`)).document);
    const [table] = runs.map(tableOf);
    for (const run of runs) {
      expect(tableOf(run)).toBe(table);
      expect(run.best).toEqual(runs[0]!.best);
    }
    // Cut in the middle of a line, as a crash would leave it.
    const path = join(folder, ".kiwi", "searches", runs[1]!.searchId, "trials.jsonl");
    writeFileSync(path, table!.slice(0, Math.floor(table!.length / 2)));
    const { document } = await optimize("--resume", runs[1]!.searchId, "--jobs", "1");
    expect(tableOf(document)).toBe(table);
    expect(document.luck).toEqual(runs[0]!.luck);
  },
  120_000,
);

test("the ledger counts every trial once, and takes their luck out of the best and of later backtests", async () => {
  rmSync(join(folder, ".kiwi"), { recursive: true, force: true });
  const { document } = await optimize(...space, "--jobs", "1");
  expect(document.luck.trialCount).toBe(60);
  expect((await optimize(...space, "--jobs", "1")).document.luck.trialCount).toBe(60);
  const params = Object.entries(document.best.setting).flatMap(([name, value]) => [
    "--param",
    `${name}=${String(value)}`,
  ]);
  const args = ["backtest", "sma-cross", "--data", market, "--report", "none", "--json"];
  // The best of them is no new trial; another one is.
  const again = JSON.parse((await runKiwi(folder, [...args, ...params])).out) as { trialCount: number };
  expect(again.trialCount).toBe(60);
  const other = JSON.parse((await runKiwi(folder, [...args, "--param", "fast=13"])).out) as {
    trialCount: number;
  };
  expect(other.trialCount).toBe(61);
});

test("the table of a race says which trials were stopped early, and why", async () => {
  const args = ["sma-cross", "--data", longer, "--vary", "fast=2..60:2", "--vary", "slow=64..120:8"];
  // Quick averages cross more often in every part of the time: nobody doubts who is behind.
  const race = ["--method", "racing", "--objective", "trades", "--folds", "4", "--trials", "24"];
  const { document } = await optimize(...args, ...race, "--jobs", "1");
  const { stopped, barsShare } = document;
  expect(stopped.length).toBeGreaterThan(0);
  expect(barsShare).toBeLessThan(1.5);
  const csv = readFileSync(join(folder, ".kiwi", "searches", document.searchId, "trials.csv"), "utf8");
  const [header, ...lines] = csv.trimEnd().split(/\r?\n/);
  expect(header!.endsWith(",stopped")).toBe(true);
  const rows = tableOf(document)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { share: number; setting: object });
  // Whoever is named saw a part of the bars alone, and is not in the table again on more.
  for (const { trial, share, why } of stopped) {
    expect(share).toBe(rows[trial]!.share);
    expect(lines[trial]).toContain(why);
    expect(why).toContain("behind trial");
    const own = JSON.stringify(rows[trial]!.setting);
    expect(rows.some((row) => row.share > share && JSON.stringify(row.setting) === own)).toBe(false);
  }
});

const moody = `import { int, strategy } from "kiwi";
export default strategy({
  name: "moody", summary: "does what it is told",
  params: { at: int(0, { min: 0, max: 9 }), unused: int(0, { min: 0, max: 3 }) },
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ p, series, target }) {
    if (p.at === 2) throw new Error("as told");
    if (p.at === 3) for (;;);
    if (p.at === 4) process.exit(7);
    target(series.close.now > series.close.prev ? p.at / 10 : 0, "as told");
  },
});
`;

test("a trial that throws, one that hangs and one that ends its process are reported, and the others lose nothing", async () => {
  writeFileSync(join(folder, "moody.ts"), moody);
  const args = [
    "./moody.ts",
    "--data",
    market,
    "--vary",
    "at=0..9:1",
    "--stuck-after",
    "2",
    "--objective",
    "totalReturn",
  ];
  const { document, err } = await optimize(...args, "--jobs", "2");
  const rows = tableOf(document)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { trial: number; status: string; why: string | null });
  expect(rows.map(({ trial }) => trial)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(
    rows.filter(({ status }) => status !== "measured").map(({ trial, status }) => [trial, status]),
  ).toEqual([
    [2, "failed"],
    [3, "timed_out"],
    [4, "failed"],
  ]);
  expect(rows[2]!.why).toContain("as told");
  expect(rows[4]!.why).toContain("exit code 7");
  expect(err).toContain("trial 3 has no result: STRATEGY_STUCK");
  expect(err).toContain("1 trials ran into a limit of time");
}, 120_000);

test("a parameter that the strategy does not read is warned of, and one that it reads is not", async () => {
  writeFileSync(join(folder, "moody.ts"), moody);
  const { document } = await optimize(
    "./moody.ts",
    "--data",
    market,
    "--vary",
    "at=5..9:1",
    "--vary",
    "unused",
    "--jobs",
    "1",
    "--objective",
    "totalReturn",
  );
  expect(
    document.warnings.filter((text) => text.includes("changed nothing")).map((text) => text.split(" ")[0]),
  ).toEqual(["unused"]);
});

test("trials whose objective is not available are counted", async () => {
  const few = ["sma-cross", "--data", "synthetic:bars=300", "--vary", "fast=5", "--vary", "slow=20,290"];
  const { document } = await optimize(...few, "--jobs", "1");
  expect(document.warnings).toEqual([
    "1 of 2 trials have no value and no rank: their objective is N/A there, as where nothing was traded",
  ]);
});

test("a formula weighs several metrics, requirements leave trials out, and a front shows what stands against what", async () => {
  const { document } = await optimize(
    ...space,
    "--objective",
    "sharpe - 2 * maxDrawdown",
    "--require",
    "trades > 15",
    "--pareto",
    "totalReturn,maxDrawdown",
    "--jobs",
    "1",
  );
  const { best, front, trials } = document;
  const { sharpe, maxDrawdown } = (best as unknown as { inSample: Record<string, number> }).inSample;
  expect(best.value).toBe(sharpe! - 2 * maxDrawdown!);
  expect(trials["refused"]).toBeGreaterThan(0);
  const order = front
    .map(({ inSample }) => inSample)
    .toSorted((a, b) => a["totalReturn"]! - b["totalReturn"]!);
  // Along a front, whoever earns more has fallen deeper.
  for (let k = 1; k < order.length; k++)
    expect(order[k]!["maxDrawdown"]).toBeGreaterThanOrEqual(order[k - 1]!["maxDrawdown"]!);
});

test("two trials of a search are laid side by side, and one that is not there is refused", async () => {
  const { document } = await optimize(...space, "--trials", "6", "--jobs", "1");
  const rows = tableOf(document)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { setting: Record<string, number>; inSample: Record<string, number> });
  const name = document.searchId;
  const { code, out } = await runKiwi(folder, ["runs", "diff", `${name}/0`, `${name}/5`, "--json"]);
  expect(code).toBe(0);
  const { settings, inSample } = JSON.parse(out) as Record<
    "settings" | "inSample",
    readonly {
      readonly path?: string;
      readonly key?: string;
      readonly before: number;
      readonly after: number;
    }[]
  >;
  expect(settings.find(({ path }) => path === "fast")).toEqual({
    path: "fast",
    before: rows[0]!.setting["fast"],
    after: rows[5]!.setting["fast"],
  });
  expect(inSample.find(({ key }) => key === "totalReturn")).toEqual({
    key: "totalReturn",
    before: rows[0]!.inSample["totalReturn"],
    after: rows[5]!.inSample["totalReturn"],
  });
  const best = await runKiwi(folder, ["runs", "diff", "last/best", `${name}/best`]);
  expect(best.out).toContain("the same parameters and settings");
  expect((await errorOf("runs", "diff", "last/6", "last/0")).code).toBe("TRIAL_UNKNOWN");
});

test.each([
  [
    ["--vary", "fast=60..80:5", "--vary", "slow=20..50:5"],
    "SPACE_EMPTY",
    "the condition of sma-cross itself",
  ],
  [["--vary", "fast=5..9:1", "--where", "fast > 100"], "SPACE_EMPTY", "fast > 100"],
  [["--vary", "fats=5..9:1"], "VARY_UNKNOWN", "fast, slow, short"],
  [["--vary", "fast=9..5:1"], "VARY_INVALID", "ends at 5, below 9"],
  [["--vary", "fast=5..9:0"], "VARY_INVALID", "leads nowhere"],
  [["--vary", "fast=1,1"], "VARY_INVALID", "twice"],
  [["--vary", "fast=1.5,2"], "PARAM_INVALID", "whole number"],
  [["--vary", "costs.latencyMs=-5..0:5"], "SETTING_INVALID", "costs.latencyMs"],
  [["--vary", "instruments.X.lotSize=1,2"], "SETTING_FIXED", "only keys under"],
  [["--vary", "fast=5..9:1", "--only-when", "fast:kind=a"], "VARY_INVALID", "NAME:OTHER=VALUE"],
  [
    [
      "--vary",
      "fast=5,6",
      "--vary",
      "slow=20,30",
      "--only-when",
      "fast:slow=20",
      "--only-when",
      "slow:fast=5",
    ],
    "VARY_INVALID",
    "depend on itself",
  ],
  [
    [
      "--vary",
      "fast=5,6",
      "--vary",
      "slow=20,30",
      ...["fast:slow=20", "fast:slow=30"].flatMap((text) => ["--only-when", text]),
    ],
    "VARY_INVALID",
    "said twice",
  ],
  [["--vary", "risk.rules.0.limit=1,2"], "SETTING_INVALID", "risk.rules is empty"],
  [["--vary", "sizing.fractoin=0.5,1"], "PARAM_UNKNOWN", "fraction"],
  [["--vary", "fast=5..9:1", "--objective", "sharp"], "FORMULA_INVALID", "sharp is none of"],
  [["--vary", "fast=5..9:1", "--objective", "2"], "FORMULA_INVALID", "equally good"],
  [["--vary", "fast=5..9:1", "--objective", "beta"], "FORMULA_INVALID", "beta is none of"],
  [["--vary", "fast=5..9:1", "--pareto", "sharpe - maxDrawdown"], "FORMULA_INVALID", "each by itself"],
  [["--vary", "fast=5..9:1", "--require", "trades > 1000000"], "OBJECTIVE_NONE", "5: trades > 1000000"],
  [["--vary", "fast=5..9:1", "--method", "gird"], "FLAG_INVALID", "grid, random, tpe, halving, racing"],
  [["--vary", "fast=5..9:1", "--method", "racing", "--folds", "2"], "FOLDS_FEW", "part by part"],
  [
    ["--vary", "fast=5..9:1", "--objective", "profitFactor / 0"],
    "OBJECTIVE_NONE",
    "5: profitFactor / 0 is not available",
  ],
  [["--vary", "fast=5..9:1", "--trials", "0"], "FLAG_INVALID", "whole number from 1"],
  [["--vary", "fast=5..9:1", "--holdout", "1"], "FLAG_INVALID", "0 to 0.9"],
])("%j is refused with %s", async (args, code, why) => {
  const error = await errorOf("optimize", "sma-cross", "--data", market, "--jobs", "1", ...args);
  expect(error.code).toBe(code);
  expect(error.why).toContain(why);
});

test("nothing to go on with is said, and what was asked for before cannot be asked anew", async () => {
  expect((await errorOf("optimize", "--resume", "nothing")).code).toBe("SEARCH_UNKNOWN");
  for (const flags of [
    ["--trials", "5"],
    ["--data", market],
    ["--seed", "7"],
    ["--param", "slow=40"],
  ])
    expect((await errorOf("optimize", "--resume", "last", ...flags)).code).toBe("FLAG_INVALID");
});

test("what is ranked on few bars and by nobody on all of them is nobody's best", async () => {
  const args = ["sma-cross", "--data", longer, "--vary", "fast=2..6:1", "--method", "halving", "--jobs", "1"];
  const error = await errorOf("optimize", ...args, "--require", "bars < 1000");
  expect(error.code).toBe("OBJECTIVE_NONE");
});
