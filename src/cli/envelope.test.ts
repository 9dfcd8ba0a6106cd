import type { Command } from "commander";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";
import { buildProgram } from "./program.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const program = buildProgram(
  {
    args: [],
    folder,
    env: {},
    out: () => {},
    err: () => {},
    isWatched: false,
    isInteractive: false,
    readInput: async () => "",
    width: 80,
    hasColor: false,
    outClosed: new AbortController().signal,
  },
  () => {},
);

/** Commands that have nothing under them, as they are typed. */
function leavesOf(command: Command, path: readonly string[]): readonly (readonly string[])[] {
  const inner = command.commands.filter((one) => one.name() !== "help" || path.length === 0);
  if (inner.length > 0) return inner.flatMap((one) => leavesOf(one, [...path, one.name()]));
  return command.options.some(({ long }) => long === "--json") ? [path] : [];
}

const commands = leavesOf(program, []);

/** What begins something long, or makes files, when it is asked for nothing more: their mistakes alone are looked at. */
const doing = new Set(["demo", "init", "emulator", "paper", "live", "worker", "kill", "doctor", "soak"]);

test("the list of commands is that of the parser", () => expect(commands.length).toBeGreaterThan(40));

test.each(commands.map((words) => [words.join(" "), words] as const))(
  "kiwi %s --json prints one document that says its schema and whether all is well",
  async (_, words) => {
    const isDoing = doing.has(words[0]!);
    const lines = isDoing ? [[...words, "--nonsense"]] : [words, [...words, "--nonsense"]];
    for (const line of lines) {
      const { out, code } = await runKiwi(folder, [...line, "--json"]);
      const documents = out.trim().split("\n");
      expect(documents).toHaveLength(1);
      const { schema, ok } = JSON.parse(documents[0]!) as { schema: unknown; ok: unknown };
      expect([schema, ok]).toEqual([expect.stringMatching(/^[a-z-]+@\d+$/), code === 0]);
    }
  },
);

test("help for programs has the topic and the command of that name, and refuses what is neither", async () => {
  const both = JSON.parse((await runKiwi(folder, ["help", "emulator", "--json"])).out) as Record<
    string,
    unknown
  >;
  expect(both).toMatchObject({
    schema: "help@1",
    topic: { name: "emulator" },
    command: expect.stringContaining("--faults"),
  });
  const neither = await runKiwi(folder, ["help", "nonsense", "--json"]);
  expect(JSON.parse(neither.out)).toMatchObject({ ok: false, error: { code: "TOPIC_UNKNOWN" } });
});
