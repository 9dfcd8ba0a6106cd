import { Command } from "commander";
import { declareBroker } from "./declare/broker-command.ts";
import { declareAlertCommands } from "./declare/alert-commands.ts";
import { declareDataCommands } from "./declare/data-commands.ts";
import { declareDbCommands } from "./declare/db-commands.ts";
import { declareEmulator } from "./declare/emulator-command.ts";
import { declareFeatureCommands } from "./declare/feature-commands.ts";
import { declareModelCommands } from "./declare/model-commands.ts";
import { declareFirstCommands, declareUpkeepCommands } from "./declare/project-commands.ts";
import { declareRunCommands } from "./declare/run-commands.ts";
import { declareScheduleCommands } from "./declare/schedule-commands.ts";
import { declareSecretCommands } from "./declare/secret-commands.ts";
import { declareSearchCommands } from "./declare/search-commands.ts";
import { declareStrategyCommands } from "./declare/strategy-commands.ts";
import { declareTradeCommands } from "./declare/trade-commands.ts";
import type { Act } from "./declare/common-flags.ts";
import { swallowedFlag, usageError } from "./flags/flag-errors.ts";
import type { Shell } from "./shell.ts";

/** The whole command line. What a command does is loaded when it is called: `kiwi --help` must not wait for it. */
export function buildProgram(shell: Shell, onExit: (code: number) => void): Command {
  const program = new Command("kiwi")
    // `kiwi kill --account X` and `kiwi kill reset --account X` each have their own: a flag belongs to the word before it.
    .enablePositionalOptions()
    .description("An algorithmic trading system that proves what it did.")
    .addHelpText("before", "  $ kiwi demo\n  $ kiwi backtest sma-cross --data BTCUSDT-1h.csv\n")
    .addHelpText("after", "\nkiwi <command> --help explains a command, kiwi help <topic> everything else.");
  // Commander appends the command itself to the arguments of an action, which nobody here needs.
  const act: Act =
    <Args extends readonly unknown[]>(run: (shell: Shell, ...args: Args) => Promise<number>) =>
    async (...args) =>
      onExit(await run(shell, ...(args.slice(0, -1) as unknown as Args)));
  declareFirstCommands(program.commandsGroup("Begin:"), act);
  declareStrategyCommands(program.commandsGroup("Strategies and data:"), act);
  declareDataCommands(program, act);
  declareFeatureCommands(program, act);
  declareModelCommands(program, act);
  declareRunCommands(program.commandsGroup("Run and understand:"), act);
  declareAlertCommands(program, act);
  declareSecretCommands(program, act);
  declareSearchCommands(program, act);
  const trade = program.commandsGroup("Trade:");
  declareTradeCommands(trade, act);
  declareBroker(trade, act);
  declareEmulator(program, act);
  declareDbCommands(program, act);
  declareScheduleCommands(program, act);
  declareUpkeepCommands(program.commandsGroup("Keep in order:"), act);
  makeStrict(program, shell);
  program.hook("preAction", (_program, command) => {
    const swallowed = swallowedFlag(command);
    if (swallowed !== null) throw swallowed;
  });
  return program;
}

/** No flag is ignored, no word is lost, and every complaint has its four parts. */
function makeStrict(command: Command, shell: Shell): void {
  command
    .helpCommand(false)
    .allowUnknownOption(false)
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => shell.out(text.replace(/\n$/, "")),
      writeErr: (text) => shell.err(text.replace(/\n$/, "")),
      outputError: () => {},
    })
    .exitOverride((error) => {
      // Help that was asked for, or that stands in for a missing sub-command, has been printed already.
      if (error.exitCode === 0 || error.code === "commander.help") throw error;
      throw usageError(command, error);
    });
  for (const inner of command.commands) makeStrict(inner, shell);
}
