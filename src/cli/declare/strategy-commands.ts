import type { Command } from "commander";
import type { CheckFlags } from "../commands/check.ts";
import type { StrategyShowFlags } from "../commands/strategy.ts";
import type { StrategyTestFlags } from "../commands/strategy-test.ts";
import { addRunFlags, collect, readNumber } from "../flags/add-flags.ts";
import { strategyFlags } from "../flags/run-flags.ts";
import { addCommon, addConfig, addProgress, type Act, type CommonFlags } from "./common-flags.ts";

/** Adds everything about strategies and indicators: strategy, indicators, check. */
export function declareStrategyCommands(program: Command, act: Act): void {
  declareStrategy(program, act);
  declareIndicators(program, act);
  declareCheck(program, act);
}

function declareStrategy(program: Command, act: Act): void {
  const strategy = program
    .command("strategy")
    .summary("write, list, show and test strategies")
    .description("Strategies: the built-in ones and your own.");
  const make = strategy
    .command("new")
    .summary("write a strategy file to begin with")
    .argument("<name>", "name of the strategy; the file is NAME.ts");
  addCommon(make, [
    "kiwi strategy new my-cross",
    "kiwi strategy new my-cross && kiwi strategy test ./my-cross.ts",
  ]).action(
    act(async (shell, name: string, flags: CommonFlags) =>
      (await import("../commands/strategy-new.ts")).strategyNewCommand(shell, name, flags),
    ),
  );
  const list = strategy.command("list").summary("the built-in strategies");
  addCommon(list, ["kiwi strategy list", "kiwi strategy list --json"]).action(
    act(async (shell, flags: CommonFlags) =>
      (await import("../commands/strategy.ts")).strategyListCommand(shell, flags),
    ),
  );
  const show = strategy
    .command("show")
    .summary("parameters, series and warm-up of a strategy")
    .argument("<strategy>", "a name or a file")
    .option("--source", "print its code, to read or to begin with");
  addCommon(show, ["kiwi strategy show sma-cross", "kiwi strategy show sma-cross --source"]).action(
    act(async (shell, name: string, flags: StrategyShowFlags) =>
      (await import("../commands/strategy.ts")).strategyShowCommand(shell, name, flags),
    ),
  );
  const test = strategy
    .command("test")
    .summary("run a strategy on made-up bars and check it")
    .argument("<strategy>", "a name or a file")
    .option("--param <name=value>", "a parameter of the strategy", collect);
  addProgress(
    addCommon(test, ["kiwi strategy test ./mine.ts", "kiwi strategy test sma-cross --param fast=5"]),
  ).action(
    act(async (shell, name: string, flags: StrategyTestFlags) =>
      (await import("../commands/strategy-test.ts")).strategyTestCommand(shell, name, flags),
    ),
  );
}

function declareIndicators(program: Command, act: Act): void {
  const indicators = program
    .command("indicators")
    .summary("list and show the indicators")
    .description("The built-in indicators.");
  const list = indicators.command("list").summary("all indicators");
  addCommon(list, ["kiwi indicators list", "kiwi indicators list --json"]).action(
    act(async (shell, flags: CommonFlags) =>
      (await import("../commands/indicators.ts")).indicatorsListCommand(shell, flags),
    ),
  );
  const show = indicators
    .command("show")
    .summary("formula, parameters and source of an indicator")
    .argument("<indicator>", "its name");
  addCommon(show, ["kiwi indicators show rsi", "kiwi indicators show macd --json"]).action(
    act(async (shell, name: string, flags: CommonFlags) =>
      (await import("../commands/indicators.ts")).indicatorsShowCommand(shell, name, flags),
    ),
  );
}

const checks = [
  ["lookahead", "does the strategy see the future?"],
  ["warmup", "do its values depend on where the data begin?"],
  ["repro", "does the same run give the same result?"],
  ["all", "all of them"],
] as const;

function declareCheck(program: Command, act: Act): void {
  const check = program
    .command("check")
    .summary("prove that a strategy is honest")
    .description("Tries to catch a strategy cheating. Exit 5 when it does.");
  for (const [name, summary] of checks) {
    const command = check
      .command(name)
      .summary(summary)
      .argument("[strategy]", "a name or a file")
      .option("-s, --strategy <name>", "the strategy, for those who prefer a flag")
      .option("--param <name=value>", "a parameter of the strategy", collect)
      .option("--params <file>", "a JSON file with parameters");
    addRunFlags(command, strategyFlags);
    command
      .option("--timerange <from-to>", "20200101-20210101, for --from and --to")
      .option("--bars <count>", "the newest bars of each symbol to look at", (text) =>
        readNumber("--bars", text),
      );
    addProgress(
      addConfig(
        addCommon(command, [
          `kiwi check ${name} sma-cross --data BTCUSDT-1h.csv`,
          `kiwi check ${name} ./mine.ts --data synthetic --json`,
        ]),
      ),
    ).action(
      act(async (shell, strategy: string | undefined, flags: CheckFlags) =>
        (await import("../commands/check.ts")).checkCommand(shell, name, strategy, flags),
      ),
    );
  }
}
