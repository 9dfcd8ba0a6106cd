import type { Command } from "commander";
import type { TrialsFlags } from "../commands/trials.ts";
import type { ValidateFlags } from "../commands/validate.ts";
import type { WorkerFlags } from "../commands/worker.ts";
import type { OptimizeFlags } from "../commands/optimize.ts";
import { addRunFlags, collect, collectList, readNumber } from "../flags/add-flags.ts";
import { searchFlags, validateFlags } from "../flags/search-flags.ts";
import { addCommon, addConfig, addProgress, addQueue, type Act } from "./common-flags.ts";

/** Adds what searches and what judges, whoever runs it, and the ledger of what was tried: optimize, worker, trials. */
export function declareSearchCommands(program: Command, act: Act): void {
  declareOptimize(program, act);
  declareValidate(program, act);
  declareWorker(program, act);
  declareTrials(program, act);
}

function declareValidate(program: Command, act: Act): void {
  const command = program
    .command("validate")
    .summary("how much of a result is luck, by every means")
    .description(
      "Runs a strategy and the parameters around it, and tests the result: walk-forward, cross-validation, bootstrap, permutation, stress.",
    )
    .argument("[strategy]", "a name (kiwi strategy list) or the path of a strategy file")
    .option("-s, --strategy <name>", "the strategy, for those who prefer a flag");
  addRunFlags(command, validateFlags);
  addSpace(command);
  command.optionsGroup("Validation:");
  addNumber(command, "--trials <count>", "parameters around at most; 200 by default");
  addNumber(command, "--jobs <count>", "threads; as many as the machine has by default");
  addQueue(command);
  command.option("--open", "open the report when it is done");
  addProgress(
    addConfig(
      addCommon(command, [
        "kiwi validate sma-cross --data BTCUSDT-1h.csv",
        "kiwi validate ./mine.ts --data prices/ --param fast=20 --fail-if 'dsr<0.95' --fail-if 'pbo>0.2'",
      ]),
    ),
  ).action(
    act(async (shell, strategy: string | undefined, flags: ValidateFlags) =>
      (await import("../commands/validate.ts")).validateCommand(shell, strategy, flags),
    ),
  );
}

function declareWorker(program: Command, act: Act): void {
  const command = program
    .command("worker")
    .summary("run trials and trainings for other machines")
    .description(
      "Takes trials of searches and attempts of trainings from a queue on Redis or PostgreSQL, until it is ended.",
    );
  addQueue(command);
  addNumber(command, "--jobs <count>", "trials at the same time; 1 by default");
  addCommon(command, [
    "kiwi worker --queue redis://10.0.0.5:6379",
    "kiwi worker --queue env:KIWI_QUEUE --jobs 8",
  ]).action(
    act(async (shell, flags: WorkerFlags) =>
      (await import("../commands/worker.ts")).workerCommand(shell, flags),
    ),
  );
}

function declareTrials(program: Command, act: Act): void {
  const trials = program
    .command("trials")
    .summary("everything that was ever tried, and on which bars")
    .description("The ledger of trials: what the deflated Sharpe ratio takes the luck of.");
  const list = trials.command("list").summary("how many different things were tried on which bars");
  addCommon(list, ["kiwi trials list", "kiwi trials list --json"]).action(
    act(async (shell, flags: TrialsFlags) =>
      (await import("../commands/trials.ts")).trialsListCommand(shell, flags),
    ),
  );
  const reset = trials
    .command("reset")
    .summary("begin the ledger anew; every later report says so")
    .option("--yes", "it is meant");
  addCommon(reset, ["kiwi trials reset --yes", "kiwi trials reset --yes --json"]).action(
    act(async (shell, flags: TrialsFlags) =>
      (await import("../commands/trials.ts")).trialsResetCommand(shell, flags),
    ),
  );
}

/** A flag that takes a number: read at once, so that nothing else is begun when it cannot be. */
function addNumber(command: Command, flags: string, help: string): void {
  command.option(flags, help, (text: string) => readNumber(/--[a-z-]+/.exec(flags)![0], text));
}

/** What varies, and what must hold. */
function addSpace(command: Command): void {
  command
    .optionsGroup("What varies:")
    .option(
      "--vary <name=values>",
      "fast=5..50:5, kind=a,b or a key of the configuration; all parameters by default",
      collect,
    )
    .option("--where <condition>", "what must hold of them: 'fast * 2 < slow'", collect)
    .option(
      "--only-when <name:other=value>",
      "a parameter that matters only with another: width:stop=true",
      collect,
    )
    .option("--param <name=value>", "a parameter that does not vary", collect)
    .option("--params <file>", "a JSON file with parameters that do not vary");
}

function declareOptimize(program: Command, act: Act): void {
  const command = program
    .command("optimize")
    .summary("search parameters, and say how much of the best is luck")
    .description(
      "Tries parameters and settings of a strategy, keeps the table of all trials, and says how much of the best is luck.",
    )
    .argument("[strategy]", "a name (kiwi strategy list) or the path of a strategy file")
    .option("-s, --strategy <name>", "the strategy, for those who prefer a flag");
  addRunFlags(command, searchFlags);
  addSpace(command);
  command
    .optionsGroup("Search:")
    .option("--method <method>", "grid (the default), random, tpe, halving or racing")
    .option("--objective <formula>", "what to make large: sharpe by default, or 'sharpe - 2 * maxDrawdown'")
    .option("--require <condition>", "what a trial must hold to count: 'maxDrawdown < 20%'", collect)
    .option("--pareto <metrics>", "show the front of these: sharpe,maxDrawdown", collectList);
  addNumber(command, "--trials <count>", "trials at most; 1000 by default");
  addNumber(
    command,
    "--folds <count>",
    "judge by the mean over so many parts of the time; 1 by default, 8 for racing",
  );
  addNumber(
    command,
    "--holdout <share>",
    "share of the time, at the end, that the search does not see; 0.25 by default",
  );
  addNumber(command, "--jobs <count>", "threads; as many as the machine has by default");
  addNumber(command, "--trial-seconds <seconds>", "stop a trial that takes longer");
  addQueue(command);
  command
    .option("--resume <search>", "go on with a search: its id, the beginning of one, or last")
    .option("--format <formats>", "html,csv,parquet beside the table; html,csv by default", collectList);
  addProgress(
    addConfig(
      addCommon(command, [
        "kiwi optimize sma-cross --data BTCUSDT-1h.csv",
        "kiwi optimize ./mine.ts --data prices/ --vary fast=5..50:5 --method tpe --trials 200 --require 'trades > 100'",
      ]),
    ),
  ).action(
    act(async (shell, strategy: string | undefined, flags: OptimizeFlags) =>
      (await import("../commands/optimize.ts")).optimizeCommand(shell, strategy, flags),
    ),
  );
}
