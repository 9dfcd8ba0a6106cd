import { percentText, countText, moneyText, ratioText } from "../../analysis/report/number-text.ts";
import { costsPaid } from "../../analysis/report/headline.ts";
import { exitCodes } from "../../base/errors.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { readNumber } from "../flags/add-flags.ts";
import { envelope } from "../output/json.ts";
import { openFile } from "../output/open-file.ts";
import { stageProgress } from "../output/stage-progress.ts";
import { pairs, table } from "../output/table.ts";
import { programName } from "../program-name.ts";
import type { Shell } from "../shell.ts";
import type { DemoOutput } from "../../app/jobs/demo-job.ts";
import { startJob } from "../../app/jobs/start-job.ts";
import { jobs } from "../../app/jobs/job-table.ts";

export type DemoFlags = CommonFlags &
  ProgressFlags & { readonly out: string; readonly seed: string; readonly open?: true };

const holding = "buy-and-hold";
const warning = "SYNTHETIC DATA: says nothing about any real market.";

/** `kiwi demo`: everything once, offline. Exit 5 when a check fails, which would be news. */
export async function demoCommand(shell: Shell, flags: DemoFlags): Promise<number> {
  const seed = Math.trunc(readNumber("--seed", flags.seed));
  const progress = stageProgress(shell, flags);
  progress.line(
    `  kiwi demo   seed ${seed}   data: synthetic market (3 symbols, 78,840 bars of 1h, decisions on 2h)   offline`,
  );
  let output: DemoOutput;
  try {
    const input = { folder: shell.folder, out: flags.out, seed, nowMs: Date.now() };
    output = await startJob(jobs.demo, input, {
      stuckAfterSeconds: 60,
      onLook: progress.look,
      onLine: progress.line,
    });
  } finally {
    progress.end();
  }
  const pass = output.checks.every((check) => check.pass !== false);
  if (flags.json === true)
    shell.out(envelope("demo@1", { dataKind: "synthetic", seed, warning, ...output }, pass));
  else shell.out(demoText(output, programName(shell)));
  if (flags.open === true) openFile(output.artifacts["html"]!);
  return pass ? exitCodes.ok : exitCodes.check;
}

function demoText(output: DemoOutput, program: string): string {
  const { rows, shown, checks, artifacts, decisionsHash } = output;
  const isHolding = (name: string): boolean => name === holding;
  const sorted = rows.toSorted((a, b) => Number(isHolding(b.strategy)) - Number(isHolding(a.strategy)));
  const results = table(
    [
      { title: "SYNTHETIC" },
      { title: "return", align: "right" },
      { title: "drawdown", align: "right" },
      { title: "Sharpe", align: "right" },
      { title: "trades", align: "right" },
      { title: "costs paid", align: "right" },
    ],
    sorted.map(({ strategy, metrics }) => [
      strategy,
      percentText(metrics.totalReturn, { signed: true }),
      percentText(metrics.maxDrawdown),
      ratioText(metrics.sharpe),
      countText(metrics.trades),
      moneyText(costsPaid(metrics)),
    ]),
  );
  const said = checks
    .map(({ id, pass }) => `${id} ${pass === null ? "N/A" : pass ? "PASS" : "FAIL"}`)
    .join("  ");
  return [
    results,
    "",
    ...outcomeLines(output),
    `checks on ${shown}: ${said}  (decisions sha256 ${decisionsHash.slice(0, 8)}..)`,
    `report  ${artifacts["html"]!}     json  ${artifacts["json"]!}`,
    "next:",
    pairs([
      [`  ${program} init my-bot`, "a project of your own"],
      [`  ${program} backtest sma-cross --data FILE`, "your own bars"],
      [`  ${program} help`, "everything else"],
    ]),
    warning,
  ].join("\n");
}

/** What came out, in sentences that are as true as the numbers in the table: they are read off the same rows. */
function outcomeLines({ rows, shown, regimes }: DemoOutput): readonly string[] {
  const returnOf = (name: string): number =>
    rows.find(({ strategy }) => strategy === name)?.metrics.totalReturn ?? 0;
  const others = rows.map(({ strategy }) => strategy).filter((name) => name !== holding);
  const better = others.filter((name) => returnOf(name) > returnOf(holding));
  const chosen = [...others].toSorted((a, b) => returnOf(b) - returnOf(a)).indexOf(shown) + 1;
  const lines = [
    `${better.length} of ${others.length} strategies ended above buy & hold after costs, with parameters that nobody ` +
      `tuned; ${shown}, which chooses as it goes, came in place ${chosen} of ${others.length}.`,
  ];
  if (regimes === null) return lines;
  const isBetter = regimes.accuracy > regimes.accuracyOfConstant;
  return [
    ...lines,
    `regimes told right on ${percentText(regimes.accuracy)} of the decisions (always saying the most frequent one: ` +
      `${percentText(regimes.accuracyOfConstant)})${isBetter ? ": they were planted large enough to be seen" : ""}.`,
  ];
}
