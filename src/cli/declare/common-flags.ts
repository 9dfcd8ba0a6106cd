import type { Command } from "commander";
import { collect } from "../flags/add-flags.ts";
import type { Shell } from "../shell.ts";

/** Flags that every command understands. */
export type CommonFlags = {
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  /** False with `--no-color`. */
  readonly color: boolean;
};

/** Flags of commands that work for a while. */
export type ProgressFlags = {
  /** `true` or `plain`: a line for every tenth; `json`: a line of JSON; false: nothing. */
  readonly progress?: boolean | string;
};

/** Flags of commands that read the configuration. */
export type ConfigFlags = { readonly config?: string; readonly set?: readonly string[] };

/** Makes an action: runs it with the shell and notes the exit code that it returns. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it lets every action state its own arguments
export type Act = <Args extends readonly unknown[]>(
  run: (shell: Shell, ...args: Args) => Promise<number>,
) => (...args: unknown[]) => Promise<void>;

/** Adds what every command has. Two examples come first in its help. */
export function addCommon(command: Command, examples: readonly [string, string]): Command {
  return command
    .addHelpText("before", `${examples.map((line) => `  $ ${line}`).join("\n")}\n`)
    .optionsGroup("Output:")
    .option("--json", "print one JSON document on standard output, errors too")
    .option("-q, --quiet", "no progress, no warnings")
    .option("-v, --verbose", "show the stack of an error")
    .option("--no-color", "no colours (NO_COLOR works too)");
}

/** Adds the flags of commands that work for a while. */
export function addProgress(command: Command): Command {
  return command
    .optionsGroup("Output:")
    .option("--progress [format]", "report progress on standard error: plain or json")
    .option("--no-progress", "never report progress");
}

/** Adds the flags of commands that read the configuration. */
export function addConfig(command: Command): Command {
  return command
    .optionsGroup("Configuration:")
    .option("-c, --config <file>", "configuration file instead of kiwi.config.jsonc")
    .option("--set <path=value>", "set any key of the configuration", collect);
}

/** Adds the address through which work goes to workers on any machine. */
export function addQueue(command: Command): void {
  command
    .option(
      "--queue <url>",
      "workers on any machine do the work: redis://HOST:PORT or postgres://USER@HOST/DATABASE, or env:NAME",
    )
    .option("--redis <url>", "as --queue");
}
