import type { Command, CommanderError } from "commander";
import { withoutAlias } from "../aliases.ts";
import { didYouMean } from "../../base/nearest.ts";
import { KiwiError } from "../../base/errors.ts";

/** Turns what the parser says about a command line into what a person can use. */
export function usageError(command: Command, error: CommanderError): KiwiError {
  const name = nameOf(command);
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  const help = `${name} --help`;
  switch (error.code) {
    case "commander.unknownOption":
      return usage(
        "FLAG_UNKNOWN",
        `${name} has no flag ${quoted}`,
        "a flag that means nothing is never ignored; parameters of a strategy go behind --param",
        nearestFlag(command, quoted, help),
      );
    case "commander.unknownCommand":
      return unknownCommand(command, quoted);
    case "commander.excessArguments": {
      const swallowed = swallowedFlag(command);
      if (swallowed !== null) return swallowed;
      const extra = command.args.at(-1) ?? "";
      // With sub-commands, a word too many is a sub-command that does not exist.
      if (command.commands.length > 0) return unknownCommand(command, extra);
      return usage(
        "ARGUMENT_EXTRA",
        `${name} does not know what to do with "${extra}"`,
        text(error),
        `see ${help}`,
      );
    }
    case "commander.missingArgument":
      return usage("ARGUMENT_MISSING", `${name} needs <${quoted}>`, "it was left out", `see ${help}`);
    case "commander.missingMandatoryOptionValue":
      return missingFlag(command, quoted, help);
    case "commander.optionMissingArgument":
      return usage("FLAG_VALUE_MISSING", `${quoted} needs a value`, "none stands behind it", `see ${help}`);
    default:
      return usage("USAGE", text(error), `${name} cannot be called like this`, `see ${help}`);
  }
}

/** `FLAG_MISSING`: says what may stand there, so that nobody has to look it up. */
function missingFlag(command: Command, quoted: string, help: string): KiwiError {
  const name = nameOf(command);
  const description = command.options.find(({ flags }) => flags === quoted)?.description ?? "";
  const why = description === "" ? "it was left out" : `it was left out: ${description}`;
  return usage("FLAG_MISSING", `${name} needs ${quoted}`, why, `${name} ... ${quoted}, and see ${help}`);
}

/** `FLAG_VALUE_MISSING`: a flag was taken for the value of the one before it, as in `--confirm --reason why`; null where none was. */
export function swallowedFlag(command: Command): KiwiError | null {
  const known = new Set(command.options.flatMap(({ long, short }) => [long, short]));
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const taken = values.find((one): one is string => typeof one === "string" && known.has(one));
    if (!option.required || taken === undefined) continue;
    const flag = option.long ?? option.flags;
    return usage(
      "FLAG_VALUE_MISSING",
      `${flag} needs a value`,
      `what stands behind it is the flag ${taken}`,
      `write ${option.flags}, and see ${nameOf(command)} --help`,
    );
  }
  return null;
}

/** `FLAG_INVALID`: a flag whose value cannot be read. */
export function invalidFlag(flag: string, value: string, wanted: string, example?: string): KiwiError {
  return usage(
    "FLAG_INVALID",
    `${flag} cannot be "${value}"`,
    `it takes ${wanted}`,
    example === undefined ? `write behind ${flag} ${wanted}` : `write ${example}`,
  );
}

function unknownCommand(command: Command, given: string): KiwiError {
  const name = nameOf(command);
  const known = command.commands.map((one) => one.name()).filter((one) => one !== "help");
  const others = command.parent === null ? null : withoutParent(command.parent, given);
  return usage(
    "COMMAND_UNKNOWN",
    `there is no command "${name} ${given}"`,
    `${name} has ${known.join(", ")}`,
    didYouMean(given, known, (near) => `${name} ${near}`, others ?? `${name} --help`),
  );
}

/** `kiwi paper logs`: what stands beside the group and not in it. Null where nothing of that name does. */
function withoutParent(parent: Command, given: string): string | null {
  const words = withoutAlias([given]);
  const isThere = parent.commands.some((one) => one.name() === words[0]);
  return isThere ? `did you mean ${nameOf(parent)} ${words.join(" ")}?` : null;
}

function nearestFlag(command: Command, given: string, help: string): string {
  // Any letter is one letter away from any other: short flags are not guessed.
  const known = command.options.flatMap(({ long }) => long ?? []);
  return didYouMean(given.split("=")[0]!, [...known, "--help"], undefined, `${help} shows all flags`);
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

function text(error: CommanderError): string {
  return error.message.replace(/^error: /, "").replaceAll("\n", " ");
}

function usage(code: string, message: string, why: string, fix: string): KiwiError {
  return new KiwiError({ code, exit: "usage", message, why, fix, topic: "commands" });
}

/** `FLAG_TWICE`: a flag that holds one value was given two. */
export function flagTwice(flag: string): KiwiError {
  return new KiwiError({
    code: "FLAG_TWICE",
    exit: "usage",
    message: `${flag} is given twice`,
    why: "only one of the two values could hold",
    fix: "remove one of them",
    topic: "commands",
  });
}
