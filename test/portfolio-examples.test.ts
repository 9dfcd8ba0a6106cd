import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { syntheticMarket } from "../src/data/synthetic/synthetic-market.ts";
import { checkLookahead, checkWarmup } from "../src/app/checks/run-checks.ts";
import { runConfigSchema } from "../src/app/config/run-config.ts";
import { kiwiConfigSchema } from "../src/app/config/config-schema.ts";
import { explainRun } from "../src/app/explain/explain-run.ts";
import { findStrategy } from "../src/app/plugins/find-strategy.ts";
import { executeRun } from "../src/app/runs/execute-run.ts";
import { prepareRun } from "../src/app/runs/prepare-run.ts";
import { dayMs } from "../src/base/time.ts";
import { hasShared, sharedPath } from "./shared.ts";

const folder = join(import.meta.dirname, "..", "examples");
const equity = (name: string) => sharedPath("data", "equity", name);
const sectors = ["XLB", "XLE", "XLF", "XLI", "XLK", "XLU", "XLY"].map((name) => equity(`${name}-1d.csv.gz`));
const shares = (...names: readonly string[]) => names.map((name) => equity(`sp500/${name}-1d.csv.gz`));
const technology = shares("AAPL", "MSFT", "INTC", "CSCO", "ORCL", "IBM", "QCOM", "TXN", "NVDA", "ADBE");

/** Each example, on the real files that it is meant for. */
const examples = [
  { name: "momentum-rotation", data: technology, config: {}, params: { top: 3 } },
  { name: "sector-rotation", data: sectors, config: { with: [equity("AGG-1d.csv.gz")] }, params: {} },
  { name: "pairs-spread", data: shares("KO", "PEP"), config: { account: { kind: "margin" } }, params: {} },
  { name: "inverse-volatility", data: sectors, config: {}, params: {} },
  {
    name: "long-short-ranking",
    data: technology,
    config: { account: { kind: "margin" } },
    params: { count: 2 },
  },
] as const;

test.each(examples)("$name is shorter than 25 lines", ({ name }) => {
  const lines = readFileSync(join(folder, `${name}.ts`), "utf8")
    .trimEnd()
    .split("\n");
  const code = lines.filter((line) => !line.startsWith("//"));
  expect(code.length).toBeLessThan(25);
});

test.skipIf(!hasShared).each(examples)(
  "$name trades real files, and every bar decides one thing",
  async (example) => {
    const { data, config, params } = example;
    const file = join(folder, `${example.name}.ts`);
    const request = {
      folder,
      strategy: file,
      params,
      config: kiwiConfigSchema.parse({ ...config, data }),
      nowMs: Date.UTC(2026, 0, 1),
    };
    const prepared = await prepareRun(request, await findStrategy(folder, file));
    const { funnel, metrics, session, setup } = executeRun(prepared.setup, { withBenchmark: false });
    expect(funnel.fills).toBeGreaterThan(10);
    expect(funnel.refused).toEqual({});
    expect(funnel.decisions).toBe(setup.bars.reduce((sum, { length }) => sum + length, 0));
    expect(Number.isFinite(metrics.totalReturn)).toBe(true);
    const { ledger, equity: worth } = session.portfolio;
    expect(ledger.grossExposure() / worth).toBeLessThan(1.2);
  },
  60_000,
);

const bars = syntheticMarket({
  seed: 5,
  symbols: ["AAA", "BBB", "CCC", "DDD", "EEE"],
  timeframe: "1d",
  bars: 500,
  startMs: Date.UTC(2020, 0, 1),
}).bars;
const config = runConfigSchema.parse({
  account: { kind: "margin" },
  instruments: { "*": { calendar: "24/7" } },
});

test.each([
  ["momentum-rotation", { top: 2, length: 40 }],
  ["long-short-ranking", { count: 2 }],
] as const)(
  "%s passes the checks for look-ahead and warm-up",
  async (name, params) => {
    const request = { strategy: { file: join(folder, `${name}.ts`) }, params, bars, config };
    const lookahead = await checkLookahead({ ...request, lookahead: { paramSets: 2 } });
    expect(lookahead.findings).toEqual([]);
    expect(lookahead.pass).toBe(true);
    const warmup = await checkWarmup(request);
    expect(warmup.findings).toEqual([]);
  },
  120_000,
);

test("a decision of a portfolio is explained: the schedule, the place among the members, the size", async () => {
  const { strategy } = await findStrategy(folder, join(folder, "momentum-rotation.ts"));
  const setup = { bars, strategy, params: { top: 2, length: 40 }, config };
  const run = executeRun(setup, { withBenchmark: false });
  const bought = run.log.events;
  let row = 0;
  while (bought.at(row).kind !== "signal" || bought.at(row).first === 0) row += 1;
  const { timeMs, instrument, third } = bought.at(row);
  const { symbol } = bars[instrument]!;
  const told = explainRun(setup, { symbol, timeMs });
  expect(told.portfolio).toMatchObject({ schedule: "monthly", isDecided: true, members: 5, isMember: true });
  expect(told.portfolio!.places[0]!.place).toBeLessThanOrEqual(2);
  expect(told.sizing).toMatchObject({ isTogether: true, weight: 0.5, quantity: third });
  const next = explainRun(setup, { symbol, timeMs: timeMs + dayMs });
  expect(next.portfolio!.isDecided).toBe(false);
  expect(next.verdict).toMatch(/schedule is monthly/);
});
