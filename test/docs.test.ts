import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { afterAll, expect, test } from "vitest";
import { buildProgram } from "../src/cli/program.ts";
import { temporaryFolder } from "./run-kiwi.ts";

// What the documents show is what holds: programs are run, command lines are read by the parser.
const root = join(import.meta.dirname, "..");
const pages = [
  "README.md",
  ...pagesUnder("docs"),
  ...pagesUnder("docs/how-to"),
  ...pagesUnder("docs/concepts"),
  ...pagesUnder("docs/reference"),
];
const { path: folder, remove } = temporaryFolder();
afterAll(remove);

/** Pieces that stand in the middle of something else, by page: they cannot run alone. */
const fragments: Readonly<Record<string, number>> = {
  "docs/concepts/order-life.md": 1,
  "docs/how-to/news.md": 1,
  "docs/how-to/train-a-regime-model.md": 1,
};

type Block = { readonly page: string; readonly language: string; readonly text: string };

function pagesUnder(path: string): readonly string[] {
  return readdirSync(join(root, path))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${path}/${name}`);
}

const blocks: readonly Block[] = pages.flatMap((page) =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    language: match[1]!,
    text: match[2]!,
  })),
);
const code = blocks.filter(({ language }) => language === "ts");
const programs = code.filter(({ text }) => text.startsWith("import "));

test("only the pieces that are known to be pieces are not programs", () => {
  const counts: Record<string, number> = {};
  for (const block of code) if (!programs.includes(block)) counts[block.page] = (counts[block.page] ?? 0) + 1;
  expect(counts).toEqual(fragments);
});

test("every program of the documents runs, and every strategy in them trades through a backtest", () => {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "kiwi"));
  const names = programs.map(({ page, text }, k) => {
    const name = `${String(k).padStart(2, "0")}-${page.replaceAll(/\W/g, "-")}.ts`;
    writeFileSync(join(folder, name), text);
    return name;
  });
  writeFileSync(join(folder, "run.ts"), runner(names));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["run.ts"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(names.filter((name) => !stdout.includes(`done ${name}`))).toEqual([]);
});

/** A program that loads all of them, and runs the strategies. One that reads news needs news, which are not here. */
function runner(names: readonly string[]): string {
  return `import { backtest } from "kiwi";
    for (const name of ${JSON.stringify(names)}) {
      const { default: found } = await import("./" + name);
      if (found?.kind === "strategy")
        await backtest({ strategy: found, data: "synthetic:symbols=1,bars=2500" }).catch((error) => {
          if (error.parts?.code !== "NEWS_MISSING") throw error;
        });
      else if (found !== undefined && typeof (found.create ?? found.open ?? found.connect) !== "function") throw new Error(name);
      console.log("done", name);
    }`;
}

test("every command line of the documents is one that the parser knows", () => {
  const shell = {
    args: [],
    folder,
    env: {},
    out: () => {},
    err: () => {},
    isWatched: false,
    isInteractive: false,
    readInput: async () => "",
  };
  const outClosed = new AbortController().signal;
  const program = buildProgram({ ...shell, width: 80, hasColor: false, outClosed }, () => {});
  const lines = blocks
    .filter(({ language }) => language === "" || language === "sh")
    .flatMap(({ page, text }) => text.split("\n").map((line) => ({ page, line })))
    .filter(({ line }) => /^(npm run (-s )?)?kiwi /.test(line));
  expect(lines.length).toBeGreaterThan(20);
  expect(
    lines.flatMap(({ page, line }) => complaintsOf(program, line).map((what) => `${page}: ${line}: ${what}`)),
  ).toEqual([]);
});

test("the index leads to every page, and no page points to one that is not there", () => {
  const linksOf = (page: string): readonly string[] =>
    [...readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)#]+?)(?:#[\w-]+)?\)/g)]
      .map((match) => match[1]!)
      .filter((link) => !/^\w+:/.test(link))
      .map((link) => join(dirname(page), link));
  const broken = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => !existsSync(join(root, link)))
      .map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
  const index = new Set(linksOf("docs/README.md"));
  const inDocs = pages.filter((page) => page.startsWith("docs/") && page !== "docs/README.md");
  expect(inDocs.filter((page) => !index.has(page))).toEqual([]);
});

function complaintsOf(program: Command, line: string): readonly string[] {
  const words = line
    .replace(/^npm run (-s )?kiwi -- /, "kiwi ")
    .replace(/\s#.*$/, "")
    .trim()
    .split(/\s+/)
    .slice(1);
  let command = program;
  // A command with commands of its own may also be asked itself: kiwi kill --flatten.
  while (words.length > 0 && !words[0]!.startsWith("-") && command.commands.length > 0) {
    const inner = command.commands.find((one) => one.name() === words[0]);
    // A command with commands of its own may also be one itself: kiwi kill --flatten.
    if (inner === undefined && words[0]!.startsWith("-")) break;
    if (inner === undefined) return [`${command.name()} has no command ${words[0]!}`];
    command = inner;
    words.shift();
  }
  const known = new Set(command.options.flatMap(({ long, short }) => [long, short]));
  return words
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.replace(/=.*$/, ""))
    .filter((flag) => !known.has(flag) && flag !== "--help")
    .map((flag) => `${command.name()} has no flag ${flag}`);
}
