import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { refusedRun, reportRun } from "../../../test/report-run.ts";
import type { ReportInput } from "./report-input.ts";
import { analyseRun } from "./run-analysis.ts";
import { toResultJson } from "./result-json.ts";
import { renderHtml } from "./render-html.ts";
import { renderTerminal } from "./terminal/render-terminal.ts";
import { verdictOf } from "./verdict.ts";

const run = reportRun();

/** A new object, so that nothing remembered about the run is used. */
function changed(changes: Partial<ReportInput>): ReportInput {
  return { ...run, ...changes };
}

test("a failed check comes before everything else", () => {
  const meta = { ...run.meta, checks: [{ id: "lookahead", pass: false }] };
  const verdict = verdictOf(changed({ meta }));
  expect(verdict.level).toBe("refuted");
  expect(verdict.headline).toMatch(/A check failed/);
  expect(verdict.reasons[0]).toBe("Failed: lookahead.");
});

test("without a closed trade nothing is said but why there is none", () => {
  const verdict = verdictOf(refusedRun());
  expect(verdict.level).toBe("open");
  expect(verdict.headline).toMatch(/No trade was closed/);
  expect(verdict.reasons[0]).toMatch(/refused/);
});

test("what only makes its holdings larger and smaller is judged by its returns", () => {
  const metrics = { ...run.metrics, trades: 0, totalReturn: -0.2 };
  const { headline, reasons } = verdictOf(changed({ metrics, funnel: { ...run.funnel, fills: 355 } }));
  expect(headline).toBe("It lost money: -20.00 % after costs.");
  expect(reasons.join(" ")).toMatch(/No position was closed as a whole in 355 fills: figures of trades/);
});

test("a loss is called a loss, with its size", () => {
  const losing = reportRun({ config: { costs: { commission: { use: "rate", rate: 0.02 } } } });
  expect(losing.metrics.totalReturn).toBeLessThan(0);
  expect(verdictOf(losing).headline).toMatch(/^It lost money: -\d/);
});

test("less than buy & hold is said with both numbers", () => {
  const metrics = { ...run.metrics, totalReturn: 0.01 };
  const benchmarkEquity = run.log.equity.map((_, row) => run.metrics.startEquity * (1 + row / 100));
  expect(verdictOf(changed({ metrics, benchmarkEquity })).headline).toMatch(
    /less than buy & hold: \+1\.00 % against/,
  );
});

test("a gain that chance could explain is not proven", () => {
  const prng = new Prng(3);
  let value = run.metrics.startEquity;
  const equity = run.log.equity.map(() => (value *= 1 + 0.002 * prng.normal()));
  const metrics = { ...run.metrics, totalReturn: 0.02, trades: 50 };
  const winning = changed({
    log: { ...run.log, length: run.log.length, equity },
    metrics,
    benchmarkEquity: null,
  });
  const interval = analyseRun(winning).intervals.totalReturn!;
  expect(interval.low).toBeLessThan(0);
  expect(verdictOf(winning).level).toBe("open");
  expect(verdictOf(winning).headline).toMatch(/Chance alone could explain/);
});

test("few trades and many trials are told", () => {
  const metrics = { ...run.metrics, trades: 5, totalReturn: 0.1, dsr: 0.4, trialCount: 48 };
  const { headline, reasons } = verdictOf(changed({ metrics, benchmarkEquity: null }));
  const all = [headline, ...reasons].join("\n");
  expect(all).toMatch(/Only 5 closed trades/);
  expect(all).toMatch(/After 48 trials on these data the deflated Sharpe ratio is 40\.00 %/);
});

test("only a run without any of this is not contradicted, and even then nothing is promised", () => {
  const equity = run.log.equity.map(
    (_, row) => run.metrics.startEquity * (1 + row / 1000 + (row % 24) / 1e5),
  );
  const metrics = { ...run.metrics, trades: 60, totalReturn: 1.5 };
  const verdict = verdictOf(
    changed({ log: { ...run.log, length: run.log.length, equity }, metrics, benchmarkEquity: null }),
  );
  expect(verdict.level).toBe("supported");
  expect(verdict.headline).toMatch(/do not contradict/);
});

test("synthetic data, unknown trials and checks that were not run are always named", () => {
  const { headline, reasons } = verdictOf(run);
  const all = [headline, ...reasons].join("\n");
  expect(all).toMatch(/Synthetic data/);
  expect(all).toMatch(/How many configurations were tried/);
  expect(all).toMatch(/Not checked: parity/);
});

/** A run whose return is above zero for sure, with numbers of one's own. */
function steady(changes: Partial<ReportInput["metrics"]>): ReportInput {
  const equity = run.log.equity.map(
    (_, row) => run.metrics.startEquity * (1 + row / 1000 + (row % 24) / 1e5),
  );
  const metrics = { ...run.metrics, trades: 60, totalReturn: 1.5, sharpe: 2, winRate: 0.5, ...changes };
  return changed({ log: { ...run.log, equity }, metrics, benchmarkEquity: null });
}

test("what is too good is questioned: a Sharpe ratio above 4 or hardly a trade lost, on many trades", () => {
  expect(verdictOf(steady({})).level).toBe("supported");
  const sharp = verdictOf(steady({ sharpe: 19.02 }));
  expect([sharp.level, sharp.headline]).toEqual([
    "open",
    expect.stringMatching(
      /^Too good to be believed: a Sharpe ratio of 19\.02 in 60 trades\. Look for knowledge of the/,
    ),
  ]);
  expect(verdictOf(steady({ winRate: 0.98 })).headline).toMatch(/98\.00 % of trades won in 60 trades/);
  expect(verdictOf(steady({ sharpe: 4, winRate: 0.94 })).level).toBe("supported");
  expect(verdictOf(steady({ sharpe: 19, trades: 20 })).headline).toMatch(/Only 20 closed trades/);
});

test("two numbers that read alike are not less and not smaller", () => {
  const held = run.log.equity.map(
    (_, row) => run.metrics.startEquity * (1 + (0.551_94 * row) / (run.log.length - 1)),
  );
  const own = 0.551_91;
  const { headline, reasons } = verdictOf(
    changed({ metrics: { ...run.metrics, totalReturn: own, maxDrawdown: 0 }, benchmarkEquity: held }),
  );
  expect([headline, ...reasons].join(" ")).not.toMatch(/less than buy & hold|smaller than that/);
});

test("a run that was stopped is not called supported, however good it was until then", () => {
  const halted = reportRun({ config: { risk: { rules: [{ use: "drawdown-halt", limit: 0.03 }] } } });
  const { level, headline } = verdictOf({
    ...steady({}),
    log: { ...steady({}).log, events: halted.log.events },
  });
  expect(level).toBe("open");
  expect(headline).toMatch(/^It stopped trading on/);
});

/** The same gain every bar but for swings that cancel: the interval of its return is as narrow as one likes. */
function swinging(gainPerBar: number, changes: Partial<ReportInput["metrics"]>): ReportInput {
  const { startEquity } = run.metrics;
  const equity = run.log.equity.map((_, row) => startEquity * (1 + row * gainPerBar + (row % 24) * 1e-9));
  const metrics = { ...run.metrics, trades: 60, sharpe: 2, winRate: 0.5, ...changes };
  return changed({ log: { ...run.log, equity }, metrics, benchmarkEquity: null });
}

test("one test says whether chance explains a gain: nothing beside an interval above zero says the opposite", () => {
  const doubtful = { totalReturn: 0.5, minTrackRecordLength: 1e6, dsr: 0.6, trialCount: 1 };
  const { level, headline, reasons } = verdictOf(swinging(1e-3, doubtful));
  expect(level).toBe("supported");
  expect([headline, ...reasons].join(" ")).not.toMatch(/to be told from zero|Chance alone|deflated Sharpe/i);
  const flat = [...verdictOf(swinging(1e-9, doubtful)).reasons].join(" ");
  expect(flat).toMatch(/needs 1,000,000 trading days to be told from zero/);
});

test("numbers are compared as they are printed: no loss of 0.00 %, no interval above zero that begins at 0.00 %", () => {
  const tiny = { totalReturn: 0.000_02 };
  expect(verdictOf(swinging(1e-9, tiny)).headline).toBe("It made nothing: 0.00 % after costs.");
  expect(verdictOf(swinging(1e-9, { totalReturn: -0.000_02 })).headline).toBe(
    "It made nothing: 0.00 % after costs.",
  );
  expect(verdictOf(swinging(1e-9, { totalReturn: 0.01 })).headline).toMatch(
    /^Chance alone could explain the gain: .* 0\.00 % to 0\.00 %, includes zero\.$/,
  );
  const near = { totalReturn: 0.5, dsr: 0.949_96, trialCount: 12, minTrackRecordLength: null };
  expect(verdictOf(swinging(1e-3, near)).reasons).toContain("Deflated Sharpe ratio 95.00 % after 12 trials.");
});

test("what a run is compared with has its own name in the headline, in the verdict, in the terminal and in JSON", () => {
  const metrics = { ...run.metrics, totalReturn: 0.01 };
  const benchmarkEquity = run.log.equity.map((_, row) => run.metrics.startEquity * (1 + row / 100));
  const named = changed({ metrics, benchmarkEquity, benchmarkName: "QQQ" });
  expect(verdictOf(named).headline).toMatch(/^It made less than QQQ: \+1\.00 % against/);
  expect(toResultJson(named).benchmark!.name).toBe("QQQ");
  for (const text of [renderTerminal(named), renderHtml(named)]) {
    expect(text).toContain("QQQ");
    expect(text).not.toMatch(/buy (?:&|&amp;) hold/i);
  }
  expect(toResultJson(run).benchmark!.name).toBe("buy & hold");
});
