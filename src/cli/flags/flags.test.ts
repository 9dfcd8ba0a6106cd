import { expect, test } from "vitest";
import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import { readFailConditions, tryFailConditions } from "../../app/runs/fail-conditions.ts";
import { flagLayer, type FlagValues } from "./flag-layer.ts";
import { backtestFlags } from "./run-flags.ts";

async function resolved(given: FlagValues) {
  return resolveConfig({ folder: import.meta.dirname, env: {}, flags: flagLayer(backtestFlags, given) });
}

test("a fee and a slippage choose the models that take a rate", async () => {
  const { config, origins } = await resolved({ fee: 0.002, slippage: 0, sizer: "fixed-risk" });
  expect(config.costs.commission).toEqual({ use: "rate", rate: 0.002 });
  expect(config.costs.slippage).toEqual({ use: "fixed", rate: 0 });
  expect(config.sizing).toEqual({ use: "fixed-risk" });
  expect(origins.get("costs.commission.rate")?.label).toBe("--fee");
});

test("lot, tick and calendar hold for every symbol", async () => {
  const { config } = await resolved({ lot: 1, tick: 0.01, calendar: "us-equity" });
  expect(config.instruments).toMatchObject({ "*": { lotSize: 1, tickSize: 0.01, calendar: "us-equity" } });
});

test("a timerange is two days, and --from wins over it", async () => {
  const { config } = await resolved({ timerange: "20200101-20210101", from: "2020-06-01" });
  expect(config).toMatchObject({ from: "2020-06-01", to: "20210101" });
});

test("what is turned off is off, and says by which flag", async () => {
  const { config, origins } = await resolved({ benchmark: false, report: ["none"] });
  expect(config.benchmark).toBe(false);
  expect(config.report).toEqual([]);
  expect(origins.get("benchmark")?.label).toBe("--no-benchmark");
});

test("every flag stands for a key that exists", async () => {
  for (const flag of backtestFlags) {
    let value: unknown = "x";
    if (flag.kind === "number") value = 1;
    else if (flag.kind === "switch") value = true;
    else if (flag.kind !== "text") value = ["html"];
    else if (flag.choices !== undefined) value = flag.choices[0];
    const name = /--(?:no-)?([a-z-]+)/
      .exec(flag.flags)![1]!
      .replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const { origins } = await resolved({ [name]: value });
    expect([...origins.keys()].some((path) => path.startsWith(flag.path.join(".")))).toBe(true);
  }
});

// Only the metrics that the conditions name matter here.
const metrics = { sharpe: 0.8, maxDrawdown: 0.25, sortino: null, trades: 12 } as unknown as MetricsReport;

test("conditions compare metrics with numbers and percentages", () => {
  const conditions = readFailConditions(["sharpe<1", "maxDrawdown > 20%", "Trades>=13", "trades==12"]);
  expect(tryFailConditions(conditions, metrics).map(({ failed }) => failed)).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

test("a metric that does not exist fails its condition", () => {
  expect(tryFailConditions(readFailConditions(["sortino<1"]), metrics)).toEqual([
    { condition: "sortino<1", value: null, failed: true },
  ]);
});

test("a condition that cannot be read is refused, with the nearest metric", () => {
  expect(() => readFailConditions(["sharp<1"])).toThrow("there is no metric sharp");
  for (const text of ["sharpe", "sharpe=1", "<1", "sharpe<", "sharpe<1.2.3"])
    expect(() => readFailConditions([text])).toThrow("FAIL_IF_INVALID");
});
