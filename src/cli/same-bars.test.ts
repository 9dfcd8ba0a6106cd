import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";
import { dayMs, hourMs } from "../base/time.ts";
import { syntheticMarket } from "../data/synthetic/synthetic-market.ts";

// The same bars by other names, on other days, at other places and in other files: what may not change does not.
const { path: folder, remove } = temporaryFolder();
afterAll(remove);

// In these days clocks are changed in many places.
const startMs = Date.UTC(2024, 2, 1);
const market = syntheticMarket({ seed: 4, symbols: 2, timeframe: "1h", bars: 500, startMs }).bars;
const program = join(import.meta.dirname, "..", "..", "bin", "kiwi.js");

/** The bars of a symbol as a file, stamped with their opens in a text that names no zone. */
function textOf(index: number, laterMs = 0): string {
  const { closeTimeMs, open, high, low, close, volume, length } = market[index]!;
  const lines = Array.from({ length }, (_, row) => {
    const stamp = new Date(closeTimeMs[row]! - hourMs + laterMs).toISOString().slice(0, 19).replace("T", " ");
    return [stamp, open[row], high[row], low[row], close[row], volume[row]].join();
  });
  return ["time,open,high,low,close,volume", ...lines].join("\n");
}

/** A folder of its own with the bars under these names. */
function place(name: string, symbols: readonly [string, string], laterMs = 0): string {
  mkdirSync(join(folder, name));
  symbols.forEach((symbol, k) => writeFileSync(join(folder, name, `${symbol}-1h.csv`), textOf(k, laterMs)));
  return name;
}

type Document = {
  readonly hash: Readonly<Record<"data" | "decisions", string>>;
  readonly symbols: readonly string[];
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly artifacts: { readonly csv: string };
};
type Run = { readonly document: Document; readonly trades: readonly (readonly string[])[] };

// Both want all of the money, and go short as well.
const flags = ["--param", "short=true", "--account", "margin", "--calendar", "24/7", "--no-benchmark"];

function read(out: string): Run {
  const document = JSON.parse(out) as Document;
  const [, ...lines] = readFileSync(join(folder, document.artifacts.csv), "utf8").trim().split(/\r?\n/);
  return { document, trades: lines.map((line) => line.split(",")) };
}

async function backtest(...args: readonly string[]): Promise<Run> {
  const { code, out, err } = await runKiwi(folder, [
    "backtest",
    "sma-cross",
    ...args,
    ...flags,
    "--report",
    "csv",
    "--json",
  ]);
  expect([code, err]).toEqual([0, ""]);
  return read(out);
}

const plain = await backtest("--data", place("plain", ["AAA", "BBB"]));

const sums = [
  "finalEquity",
  "peakEquity",
  "maxDrawdown",
  "feesPaid",
  "slippagePaid",
  "chargesPaid",
  "exposure",
];

/** What a run earned and paid, without the days on which it did. */
function money({ document }: Run): Readonly<Record<string, number>> {
  return Object.fromEntries(sums.map((name) => [name, document.metrics[name]!]));
}

/** Everything is as in the plain run, the names of its data and of its decisions included. */
function expectSame(run: Run): void {
  expect(run.document.hash).toMatchObject({
    data: plain.document.hash.data,
    decisions: plain.document.hash.decisions,
  });
  expect(run.trades).toEqual(plain.trades);
  expect(money(run)).toEqual(money(plain));
}

test("the plain run trades both symbols both ways, so that there is something to compare", () => {
  const kinds = new Set(plain.trades.map(([symbol, side]) => `${symbol} ${side}`));
  expect([...kinds].toSorted()).toEqual(["AAA long", "AAA short", "BBB long", "BBB short"]);
  expect(plain.document.metrics["chargesPaid"]).toBeGreaterThan(0);
});

test("other names in the same order decide the same to the last bit, and are other data", async () => {
  const run = await backtest("--data", place("kept", ["CCC", "ZZZ"]));
  expect(run.document.hash.decisions).toBe(plain.document.hash.decisions);
  expect(run.document.hash.data).not.toBe(plain.document.hash.data);
  expect(money(run)).toEqual(money(plain));
});

test("names that sort the other way round trade the same, although the hash says which symbol came first", async () => {
  const run = await backtest("--data", place("turned", ["ZZZ", "CCC"]));
  expect(run.document.symbols).toEqual(["CCC", "ZZZ"]);
  // Sums over symbols are made in their order: the last digits may differ.
  const rounded = (trades: Run["trades"], names: Readonly<Record<string, string>>): readonly string[] =>
    trades
      .map(([symbol = "", ...values]) =>
        [
          names[symbol] ?? symbol,
          ...values.map((value) => (Number.isNaN(Number(value)) ? value : Number(value).toPrecision(9))),
        ].join(),
      )
      .toSorted();
  expect(rounded(run.trades, { ZZZ: "AAA", CCC: "BBB" })).toEqual(rounded(plain.trades, {}));
  for (const [key, value] of Object.entries(money(run))) expect(value).toBeCloseTo(money(plain)[key]!, 6);
});

test("on other days a strategy without a calendar does the same, as many days later", async () => {
  const laterMs = 100 * dayMs;
  const run = await backtest("--data", place("later", ["AAA", "BBB"], laterMs));
  const moved = plain.trades.map((values) =>
    values.map((value) =>
      /^\d{4}-.*Z$/.test(value)
        ? new Date(Date.parse(value) + laterMs).toISOString().replace(".000Z", "Z")
        : value,
    ),
  );
  expect(run.trades).toEqual(moved);
  expect(money(run)).toEqual(money(plain));
  // Decisions have times, so these are others.
  expect(run.document.hash.decisions).not.toBe(plain.document.hash.decisions);
});

test("stamps without a zone mean the same wherever the machine stands", () => {
  const args = ["backtest", "sma-cross", "--data", "plain", ...flags, "--report", "csv", "--json"];
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...process.env, TZ: "America/New_York", KIWI_HOME: join(folder, "kiwi-home") },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expectSame(read(stdout));
});

test("files that a configuration names in another order are the same run", async () => {
  for (const names of [
    ["plain/BBB-1h.csv", "plain/AAA-1h.csv"],
    ["plain/AAA-1h.csv", "plain/BBB-1h.csv"],
  ]) {
    writeFileSync(join(folder, "order.jsonc"), JSON.stringify({ data: names }));
    expectSame(await backtest("--config", "order.jsonc"));
  }
});

test("packed files are the same run as plain ones", async () => {
  mkdirSync(join(folder, "packed"));
  ["AAA", "BBB"].forEach((symbol, k) =>
    writeFileSync(join(folder, "packed", `${symbol}-1h.csv.gz`), gzipSync(textOf(k))),
  );
  expectSame(await backtest("--data", "packed"));
});

test("bars that were brought into a data folder, as Parquet, are the same run as the files they came from", async () => {
  const { code, out } = await runKiwi(folder, ["data", "import", "plain", "--calendar", "24/7", "--json"]);
  expect(code, out).toBe(0);
  const files = readdirSync(join(folder, ".kiwi", "data"), { recursive: true, encoding: "utf8" });
  expect(files.filter((name) => name.endsWith(".parquet"))).toHaveLength(2);
  expectSame(await backtest("--pairs", "AAA,BBB", "--timeframe", "1h"));
});
