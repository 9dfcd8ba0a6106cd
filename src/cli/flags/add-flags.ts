import { Option, type Command } from "commander";
import { flagTwice, invalidFlag } from "./flag-errors.ts";
import type { RunFlag } from "./run-flag.ts";

/** Adds flags that stand for keys of the configuration to a command. */
export function addRunFlags(command: Command, flags: readonly RunFlag[]): Command {
  for (const flag of flags) {
    // Commander's own variadic flags would swallow the name of the strategy behind them.
    const option = new Option(flag.flags, flag.help).helpGroup(`${flag.group}:`);
    if (flag.kind === "many") option.argParser(collect);
    else if (flag.kind === "list") option.argParser(collectList);
    else if (flag.kind !== "switch") option.argParser((text, before) => readOnce(flag, text, before));
    command.addOption(option);
  }
  return command;
}

function readOnce(flag: RunFlag, text: string, before: unknown): number | string {
  if (before !== undefined) throw flagTwice(nameOf(flag));
  if (flag.kind === "number") return readNumber(nameOf(flag), text);
  return flag.choices === undefined ? text : readChoice(nameOf(flag), text, flag.choices);
}

/** The long name of a flag, as people type it. */
export function nameOf({ flags }: RunFlag): string {
  return /--[a-z-]+/.exec(flags)![0];
}

/** Collects a flag that may be given several times, or once with commas. */
export function collectList(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...text.split(",").filter((part) => part !== "")];
}

/** Collects a flag that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Reads a number. Throws `FLAG_INVALID`. */
export function readNumber(flag: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value))
    throw invalidFlag(
      flag,
      text,
      "a number, without separators and with a point before decimals",
      `for example ${flag} 1000.5`,
    );
  return value;
}

function readChoice(flag: string, text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text;
  throw invalidFlag(flag, text, choices.join(" or "), choices.map((word) => `${flag} ${word}`).join(" or "));
}
