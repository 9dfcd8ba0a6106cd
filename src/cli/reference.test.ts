import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { exitCodes } from "../base/errors.ts";
import { buildProgram } from "./program.ts";
import type { Shell } from "./shell.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "reference", "cli.md"), "utf8");
const shell: Shell = {
  args: [],
  folder: ".",
  env: {},
  out: () => {},
  err: () => {},
  isWatched: false,
  isInteractive: false,
  readInput: async () => "",
  width: 80,
  hasColor: false,
  outClosed: new AbortController().signal,
};
const program = buildProgram(shell, () => {});

function flagsOf(command: Command): readonly string[] {
  return [...command.options.map(({ long }) => long ?? ""), ...command.commands.flatMap(flagsOf)];
}

test("the reference names every command and every flag of the parser", () => {
  for (const command of program.commands) {
    expect(page).toContain(`kiwi ${command.name()}`);
    for (const inner of command.commands)
      expect(page).toMatch(new RegExp(String.raw`kiwi ${command.name()} .*\b${inner.name()}\b`));
  }
  expect([...new Set(flagsOf(program))].filter((flag) => !page.includes(flag))).toEqual([]);
});

test("the reference names no flag that the parser does not know", () => {
  const known = new Set([...flagsOf(program), "--version", "--help"]);
  const named = [...page.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([flag]) => flag);
  expect([...new Set(named)].filter((flag) => !known.has(flag))).toEqual([]);
});

test("a command is declared alone as it is among all", () => {
  for (const command of program.commands) {
    const found = buildProgram(shell, () => {}, command.name()).commands.find(
      (one) => one.name() === command.name(),
    );
    expect(found?.helpInformation()).toBe(command.helpInformation());
  }
  expect(buildProgram(shell, () => {}, "status").commands.length).toBeLessThan(program.commands.length);
});

test("the reference has every exit code", () => {
  for (const code of Object.values(exitCodes)) expect(page).toContain(`| ${code} |`);
});
