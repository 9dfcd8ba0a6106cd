import { didYouMean } from "../../base/nearest.ts";
import type { Command } from "commander";
import { KiwiError } from "../../base/errors.ts";
import { withoutAlias } from "../aliases.ts";
import { topicText, topics } from "../help/topics.ts";
import { envelope } from "../output/json.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import type { Shell } from "../shell.ts";

/** `kiwi help`: the text of a topic, the help of a command, or the list of topics. */
export async function helpCommand(
  shell: Shell,
  program: Command,
  words: readonly string[],
  flags: CommonFlags,
): Promise<number> {
  const isJson = flags.json === true;
  if (words.length === 0) {
    const list = topics.map(({ name, summary }) => ({ name, summary }));
    shell.out(isJson ? envelope("help-topics@1", { topics: list }) : topicList());
    return 0;
  }
  const command = commandOf(program, withoutAlias(words));
  const name = words.join("-");
  const topic = topics.find((one) => one.name === name);
  if (topic === undefined && command === null) throw unknownTopic(program, name);
  if (isJson)
    shell.out(envelope("help@1", { topic: topic ?? null, command: command?.helpInformation() ?? null }));
  else if (topic !== undefined) {
    shell.out(topicText(topic));
    if (command !== null) shell.out(`\nkiwi ${words.join(" ")} --help shows the flags of the command.`);
  } else command?.outputHelp();
  return 0;
}

function topicList(): string {
  const width = Math.max(...topics.map(({ name }) => name.length));
  const lines = topics.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    "kiwi help <topic> explains",
    "",
    ...lines,
    "",
    "kiwi help <command> shows the flags of a command.",
  ].join("\n");
}

function commandOf(program: Command, words: readonly string[]): Command | null {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) return null;
    command = next;
  }
  return command;
}

/** The topics that use a word most: what a report or an error names need not be a topic itself. */
function topicsAbout(word: string): readonly string[] {
  if (word.length < 4) return [];
  const uses = topics.map((topic) => ({
    name: topic.name,
    count: topicText(topic).toLowerCase().split(word.toLowerCase()).length - 1,
  }));
  const found = uses.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
  return found.slice(0, 2).map(({ name }) => name);
}

function unknownTopic(program: Command, name: string): KiwiError {
  const known = [...topics.map((topic) => topic.name), ...program.commands.map((command) => command.name())];
  const speaking = topicsAbout(name);
  return new KiwiError({
    code: "TOPIC_UNKNOWN",
    exit: "usage",
    message: `there is no help on "${name}"`,
    why: "it is neither a topic nor a command",
    fix:
      speaking.length > 0
        ? `${speaking.map((topic) => `kiwi help ${topic}`).join(", ")}   speaks of it`
        : didYouMean(name, known, (near) => `kiwi help ${near}`, "kiwi help lists all topics"),
    topic: "commands",
  });
}
