import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { runKiwi, temporaryFolder } from "../../../test/run-kiwi.ts";
import { readCsv } from "../../adapters/sources/csv/read-csv.ts";
import { Prng } from "../../base/prng.ts";
import { hourMs } from "../../base/time.ts";
import { halfSpreadOf } from "../../costs/quoted-spread.ts";
import { slippedPrice } from "../../venue/slipped-price.ts";
import { spreadsOf } from "../costs/spreads-of.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const kiwi = (...args: readonly string[]) => runKiwi(folder, args);
const start = Date.UTC(2024, 0, 1);

/** Bid and ask of hours as a wandering market with a spread that wanders too, with what stands in the file. */
const quotes = Array.from(
  { length: 400 },
  ((prng) => {
    let last = 100;
    return (_: unknown, k: number) => {
      const open = last;
      const close = (last = open * (1 + 0.01 * prng.normal()));
      const low = Math.min(open, close) * 0.998;
      const high = Math.max(open, close) * 1.002;
      const half = 0.02 + 0.2 * prng.next();
      const round = (price: number): number => Math.round(price * 1000) / 1000;
      const side = (sign: number): number[] =>
        [open, high, low, close].map((price) => round(price + sign * half));
      return { time: new Date(start + k * hourMs).toISOString(), bid: side(-1), ask: side(1) };
    };
  })(new Prng(3)),
);

const write = (
  name: string,
  columns: string,
  row: (one: (typeof quotes)[number]) => readonly unknown[],
): string => {
  writeFileSync(join(folder, name), `${columns}\n${quotes.map((one) => row(one).join()).join("\n")}\n`);
  return name;
};
write(
  "EURUSD-1h.csv",
  "time,bid_open,bid_high,bid_low,bid_close,ask_open,ask_high,ask_low,ask_close",
  ({ time, bid, ask }) => [time, ...bid, ...ask],
);
mkdirSync(join(folder, "sides"));
for (const side of ["bid", "ask"] as const)
  write(`sides/EURUSD-1h-${side}.csv`, "time,open,high,low,close", (one) => [one.time, ...one[side]]);
writeFileSync(
  join(folder, "limits.ts"),
  `import { strategy } from "kiwi";
export default strategy({
  name: "limits", summary: "A bid a little below the market every fourth hour, sold at the next.", params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar: ({ series, target, timeMs }) =>
    (timeMs / ${hourMs}) % 4 === 0
      ? target(1, { reason: "below", entry: { kind: "limit", price: series.close.now * 0.996 } })
      : target(0, "again"),
});
`,
);

type Answer = { readonly runId: string; readonly hash: { readonly decisions: string } };
const backtest = async (...args: readonly string[]): Promise<Answer & { readonly text: string }> => {
  const { code, out, err } = await kiwi("backtest", ...args, "--json");
  expect(code, err).toBe(0);
  return { ...(JSON.parse(out) as Answer), text: out };
};

test("buys pay the ask and sells get the bid, and a limit needs the ask to come down to it", async () => {
  const { runId, hash, text } = await backtest(
    "./limits.ts",
    "--data",
    "EURUSD-1h.csv",
    "--sizer",
    "fixed-fraction",
  );
  expect(text).toContain("buys at the quoted ask, sells at the quoted bid");
  const [header, ...lines] = readFileSync(join(folder, ".kiwi", "runs", runId, "trades.csv"), "utf8")
    .trim()
    .split("\n");
  const column = (line: string, name: string): string => line.split(",")[header!.split(",").indexOf(name)]!;
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) {
    const at = (name: string) => quotes[(Date.parse(column(line, name)) - start) / hourMs - 1]!;
    const [entry, exit] = [Number(column(line, "entry_price")), Number(column(line, "exit_price"))];
    const { ask } = at("entry_time");
    // The ask went through the limit, or stood below it at the open and was taken there.
    if (Math.abs(entry - ask[0]!) > 1e-9) expect(ask[2]!).toBeLessThan(entry);
    expect(entry).toBeLessThanOrEqual(ask[0]! + 1e-9);
    expect(exit).toBeCloseTo(at("exit_time").bid[0]!, 7);
  }
  // Two files of the same quotes are the same run, and so is what an import has kept of them.
  const other = await backtest("./limits.ts", "--data", "sides", "--sizer", "fixed-fraction");
  expect(other.hash).toEqual(hash);
  const imported = await kiwi("data", "import", "sides");
  expect(imported.out).toMatch(/EURUSD-1h-ask.csv \+ .*EURUSD-1h-bid.csv .*kept with EURUSD.ask/);
  const held = await backtest("./limits.ts", "-p", "EURUSD", "-t", "1h", "--sizer", "fixed-fraction");
  expect(held.hash.decisions).toBe(hash.decisions);
});

test("the checks run with the quotes, twice the costs are worse, and one side alone is what it is", async () => {
  const check = await kiwi("check", "repro", "./limits.ts", "--data", "EURUSD-1h.csv", "--json");
  expect(check.code, check.err).toBe(0);
  const { text } = await backtest("sma-cross", "--data", "EURUSD-1h.csv");
  const points = (JSON.parse(text) as { costSensitivity: { costMultiple: number; totalReturn: number }[] })
    .costSensitivity;
  const returns = points
    .toSorted((a, b) => a.costMultiple - b.costMultiple)
    .map(({ totalReturn }) => totalReturn);
  expect(returns).toEqual(returns.toSorted((a, b) => b - a));
  expect((await kiwi("backtest", "sma-cross", "--data", "sides/EURUSD-1h-ask.csv")).out).toContain(
    "slippage fixed",
  );
});

test.skipIf(!hasShared)(
  "real quotes of a year are bought at the ask to the last digit: shared test data",
  async () => {
    const { ask, bars } = await readCsv(
      sharedPath("fixtures", "market", "lean-forex-bidask", "hour", "eurusd.zip"),
      {
        nowMs: Date.UTC(2026, 0, 1),
        symbol: "EURUSD",
        timeframe: "1h",
        toMs: Date.UTC(2008, 0, 1),
      },
    );
    const spread = halfSpreadOf(spreadsOf([{ bars, ask }])!["EURUSD"]!);
    let widest = 0;
    for (let row = 0; row < bars.length; row++) {
      const half = spread.within(bars.closeTimeMs[row]!, "open");
      widest = Math.max(widest, half);
      expect(slippedPrice(bars.open[row]!, 1, half / bars.open[row]!, 0)).toBeCloseTo(ask!.open[row]!, 10);
    }
    expect(bars.length).toBeGreaterThan(6000);
    expect(widest).toBeGreaterThan(0.0004);
  },
);
