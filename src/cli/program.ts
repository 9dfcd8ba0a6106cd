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

type Group = {
  /** Commands that need nothing outside of the group. `help` and `completion` speak of all groups and are in none. */
  readonly names: string;
  readonly declare: (program: Command, act: Act) => void;
};

/** The groups in the order of the help. */
const groups: readonly Group[] = [
  {
    names: "demo init",
    declare: (program, act) => declareFirstCommands(program.commandsGroup("Begin:"), act),
  },
  {
    names: "strategy indicators check",
    declare: (program, act) => declareStrategyCommands(program.commandsGroup("Strategies and data:"), act),
  },
  { names: "data", declare: declareDataCommands },
  { names: "features", declare: declareFeatureCommands },
  { names: "train model", declare: declareModelCommands },
  {
    names: "backtest report explain runs",
    declare: (program, act) => declareRunCommands(program.commandsGroup("Run and understand:"), act),
  },
  { names: "alerts digest", declare: declareAlertCommands },
  { names: "secrets", declare: declareSecretCommands },
  { names: "optimize validate worker trials", declare: declareSearchCommands },
  {
    names: "paper live status replay soak costs sessions traces logs kill",
    declare: (program, act) => declareTradeCommands(program.commandsGroup("Trade:"), act),
  },
  { names: "broker", declare: declareBroker },
  { names: "emulator", declare: declareEmulator },
  { names: "db", declare: declareDbCommands },
  { names: "schedule", declare: declareScheduleCommands },
  {
    names: "config doctor components version",
    declare: (program, act) => declareUpkeepCommands(program.commandsGroup("Keep in order:"), act),
  },
];

/**
 * The whole command line, or the group of the command `wanted` alone: declaring hundreds of flags takes as long as a short
 * command. What a command does is loaded when it is called.
 */
export function buildProgram(shell: Shell, onExit: (code: number) => void, wanted?: string): Command {
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
  const own = groups.filter(({ names }) => names.split(" ").includes(wanted ?? ""));
  for (const { declare } of own.length > 0 ? own : groups) declare(program, act);
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
