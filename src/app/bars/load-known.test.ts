import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../../test/run-kiwi.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

const dates = Array.from({ length: 40 }, (_, k) =>
  new Date(Date.UTC(2024, 0, 1 + k)).toISOString().slice(0, 10),
);

function writeDaily(name: string, closeOf: (k: number) => number): void {
  const rows = dates.map((date, k) => `${date},${closeOf(k)},${closeOf(k)},${closeOf(k)},${closeOf(k)},100`);
  writeFileSync(join(folder.path, name), `date,open,high,low,close,volume\n${rows.join("\n")}\n`);
}

writeDaily("AAA.csv", () => 10);
writeDaily("BBB.csv", () => 20);
mkdirSync(join(folder.path, "known"));
writeDaily("known/ZZZ.csv", (k) => 100 + k);
writeFileSync(
  join(folder.path, "rates.csv"),
  "date,value,published\n2024-01-01,1,2024-01-10\n2024-01-02,5,2024-01-20\n",
);
writeFileSync(
  join(folder.path, "reader.ts"),
  `import { externalSeries, portfolioStrategy } from "kiwi";
export default portfolioStrategy({
  name: "reader", summary: "Reads what it does not trade.", params: {}, schedule: "bar",
  setup: ({ bars, symbol }) => ({ close: bars.close, other: symbol("ZZZ").close, rate: externalSeries("RATE") }),
  onRebalance({ members, series, target, held }) {
    if (held.length > 0 || !members.includes("AAA")) return;
    const { other, rate } = series("AAA");
    if (other.now > 110 && rate.now > 2) target("AAA", 0.5, "ZZZ " + other.now + " RATE " + rate.now);
  },
});
`,
);

async function run(...args: readonly string[]) {
  const data = ["--data", "AAA.csv", "--data", "BBB.csv", "--calendar", "24/7"];
  return runKiwi(folder.path, ["backtest", "reader.ts", ...data, "--report", "csv", "--json", ...args]);
}

const both = ["--with", "known", "--series", "RATE=rates.csv"];

test("bars of --with and values of --series are read when they are known, and never traded", async () => {
  const { code, out, err } = await run(...both, "--flatten-at-end");
  expect(err).toBe("");
  expect(code).toBe(0);
  const result = JSON.parse(out) as { artifacts: { csv: string } };
  expect(out).toContain("known/ZZZ.csv (read, not traded)");
  const trades = readFileSync(join(folder.path, result.artifacts.csv), "utf8").trim().split("\n");
  expect(trades).toHaveLength(2);
  // Published on the 20th, known when that day is over, when ZZZ closed at 119: bought in the bar of the 21st.
  expect(trades[1]).toMatch(/^AAA,long,2024-01-22T00:00:00Z,.*ZZZ 119 RATE 5/);
});

test("a series that the run does not have, and one without its publication, stop with the way out", async () => {
  const missing = await run("--with", "known");
  expect(missing.code).not.toBe(0);
  expect(missing.out + missing.err).toContain("--series RATE=FILE.csv");
  writeFileSync(join(folder.path, "bare.csv"), "date,value\n2024-01-01,1\n");
  const bare = await run("--with", "known", "--series", "RATE=bare.csv");
  expect(bare.out + bare.err).toContain("--series-delay 1");
  const unnamed = await run("--with", "known", "--series", "rates.csv");
  expect(unnamed.out + unnamed.err).toContain("--series NAME=rates.csv");
});

test("a symbol that is traded cannot be only read as well, and a strange one is told about --with", async () => {
  const twice = await run(...both, "--with", "BBB.csv");
  expect(twice.out + twice.err).toContain("either traded or only read");
  const without = await run("--series", "RATE=rates.csv");
  expect(without.out + without.err).toContain("--with <file of ZZZ>");
});

test("the benchmark may be one symbol of the run, traded or only read", async () => {
  const { out } = await run(...both, "--benchmark", "ZZZ");
  // Measured from the first bar on which the strategy could decide: on the 20th RATE has a second value. Bought at the next
  // open (120, 0.05 % worse, with 0.1 % of commission) and worth 139 at the end.
  const { benchmark } = JSON.parse(out) as { benchmark: { name: string; metrics: { totalReturn: number } } };
  expect(benchmark.name).toBe("ZZZ");
  expect(benchmark.metrics.totalReturn).toBeCloseTo(139 / (120 * 1.0005) / 1.001 - 1, 2);
  const strange = await run(...both, "--benchmark", "SPY");
  expect(strange.out + strange.err).toContain("add --with <file of SPY>");
});

test("a universe is of no use to a strategy that decides on each symbol alone", async () => {
  writeFileSync(join(folder.path, "members.csv"), "symbol,from,to\nAAA,2024-01-01,\n");
  const data = ["--data", "AAA.csv", "--calendar", "24/7"];
  const refused = await runKiwi(folder.path, [
    "backtest",
    "buy-and-hold",
    ...data,
    "--universe",
    "members.csv",
  ]);
  expect(refused.err).toContain("only a portfolio strategy chooses among members");
  const used = await run(...both, "--universe", "members.csv");
  expect(used.code).toBe(0);
});
