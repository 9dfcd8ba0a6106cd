import type { Command } from "commander";
import type { BacktestFlags } from "../commands/backtest.ts";
import type { ExplainFlags } from "../commands/explain.ts";
import type { ReportFlags } from "../commands/report.ts";
import type { RunsFlags } from "../commands/runs/runs.ts";
import type { RunsGcFlags, RunsRemoveFlags } from "../commands/runs/runs-remove.ts";
import { addRunFlags, collect, collectList } from "../flags/add-flags.ts";
import { backtestFlags } from "../flags/run-flags.ts";
import { addCommon, addConfig, addProgress, type Act } from "./common-flags.ts";

const trustHelp = "run the strategy and plug-in files of a run that was not made here";

/** Adds everything that makes runs and looks at them: backtest, report, explain, runs. */
export function declareRunCommands(program: Command, act: Act): void {
  declareBacktest(program, act);
  declareReport(program, act);
  declareExplain(program, act);
  declareRuns(program, act);
}

function declareBacktest(program: Command, act: Act): void {
  const command = program
    .command("backtest")
    .summary("run a strategy over bars of the past")
    .description("Runs a strategy over bars of the past, with costs, and keeps the run.")
    .argument("[strategy]", "a name (kiwi strategy list) or the path of a strategy file")
    .option("-s, --strategy <name>", "the strategy, for those who prefer a flag")
    .option("--param <name=value>", "a parameter of the strategy", collect)
    .option("--params <file>", "a JSON file with parameters");
  addRunFlags(command, backtestFlags);
  command
    .option("--timerange <from-to>", "20200101-20210101, for --from and --to")
    .option("--open", "open the report when it is done");
  addProgress(
    addConfig(
      addCommon(command, [
        "kiwi backtest sma-cross --data BTCUSDT-1h.csv --fee 0.001",
        "kiwi backtest ./mine.ts --data prices/ --param fast=20 --from 2022-01-01 --fail-if 'sharpe<1'",
      ]),
    ),
  ).action(
    act(async (shell, strategy: string | undefined, flags: BacktestFlags) =>
      (await import("../commands/backtest.ts")).backtestCommand(shell, strategy, flags),
    ),
  );
}

function declareReport(program: Command, act: Act): void {
  const command = program
    .command("report")
    .summary("make the report of a run again")
    .description("Runs a stored run again, checks that it is the same, and writes its report.")
    .argument("<run>", "id of a run, the beginning of one, or last")
    .option("--format <formats>", "html,md,json,csv,fills,lots", collectList)
    .option("--trust", trustHelp)
    .option("--out <folder>", "where to write; the folder of the run by default")
    .option("--runs <folder>", "folder of the run store")
    .option("--open", "open the report when it is done");
  addProgress(
    addCommon(command, [
      "kiwi report last --open",
      "kiwi report 20260304-120501 --format html,csv --out reports",
    ]),
  ).action(
    act(async (shell, run: string, flags: ReportFlags) =>
      (await import("../commands/report.ts")).reportCommand(shell, run, flags),
    ),
  );
}

function declareExplain(program: Command, act: Act): void {
  const command = program
    .command("explain")
    .summary("why a run or a session did, or did not, trade on a bar")
    .description(
      "Runs a stored run up to one bar and shows everything that was decided there, with its numbers. Without a run it asks the sessions that trade now.",
    )
    .argument(
      "[run]",
      "id of a run, the beginning of one, or last; a session; left out, or live: the sessions that run",
    )
    .option("--session <id>", "a session instead of a run")
    .requiredOption(
      "--at <time>",
      "now (the newest bar), a moment inside a bar, or its close: 2024-03-04T12:00",
    )
    .option("-p, --pairs <symbol>", "the symbol; the only one by default", collectList)
    .option("--trust", trustHelp)
    .option("--runs <folder>", "folder of the run store");
  addProgress(
    addCommon(command, [
      "kiwi explain last --at 2024-03-04T12:00",
      "kiwi explain --at 2024-03-04T12:00 -p BTC/USDT",
    ]),
  ).action(
    act(async (shell, run: string | undefined, flags: ExplainFlags) =>
      (await import("../commands/explain.ts")).explainCommand(shell, run, flags),
    ),
  );
}

function declareRuns(program: Command, act: Act): void {
  const runs = program
    .command("runs")
    .summary("list, show, compare and remove runs")
    .description("The runs that were kept.");
  const list = runs
    .command("list")
    .summary("all runs, newest first")
    .option("--runs <folder>", "folder of the run store");
  addCommon(list, ["kiwi runs list", "kiwi runs list --json"]).action(
    act(async (shell, flags: RunsFlags) =>
      (await import("../commands/runs/runs.ts")).runsListCommand(shell, flags),
    ),
  );
  const show = runs
    .command("show")
    .summary("what a run was and what came out")
    .argument("<run>", "id of a run, the beginning of one, or last")
    .option("--runs <folder>", "folder of the run store");
  addCommon(show, ["kiwi runs show last", "kiwi runs show 20260304-120501 --json"]).action(
    act(async (shell, run: string, flags: RunsFlags) =>
      (await import("../commands/runs/runs.ts")).runsShowCommand(shell, run, flags),
    ),
  );
  const diff = runs
    .command("diff")
    .summary("what differs between two runs, or two trials of a search")
    .argument("<run>", "the first run, or a trial of a search: last/17, last/best")
    .argument("<other>", "the second one")
    .option("--trust", trustHelp)
    .option("--runs <folder>", "folder of the run store");
  addProgress(
    addCommon(diff, ["kiwi runs diff 20260304-120501 last", "kiwi runs diff last/best last/17 --json"]),
  ).action(
    act(async (shell, run: string, other: string, flags: RunsFlags) =>
      (await import("../commands/runs/runs.ts")).runsDiffCommand(shell, run, other, flags),
    ),
  );
  declareRemoving(runs, act);
}

function declareRemoving(runs: Command, act: Act): void {
  const remove = runs
    .command("rm")
    .summary("remove runs")
    .argument("<run...>", "ids of runs, the beginnings of some, or last")
    .option("--runs <folder>", "folder of the run store");
  addCommon(remove, ["kiwi runs rm last", "kiwi runs rm 20260304-120501 20260305 --json"]).action(
    act(async (shell, names: readonly string[], flags: RunsRemoveFlags) =>
      (await import("../commands/runs/runs-remove.ts")).runsRemoveCommand(shell, names, flags),
    ),
  );
  const collectOld = runs
    .command("gc")
    .summary("remove all runs but the newest")
    .requiredOption("--keep <count>", "how many of the newest stay")
    .option("--runs <folder>", "folder of the run store");
  addCommon(collectOld, ["kiwi runs gc --keep 20", "kiwi runs gc --keep 0 --json"]).action(
    act(async (shell, flags: RunsGcFlags) =>
      (await import("../commands/runs/runs-remove.ts")).runsGcCommand(shell, flags),
    ),
  );
}
