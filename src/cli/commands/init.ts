import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { didYouMean } from "../../base/nearest.ts";
import { makeFolder } from "../../adapters/stores/runs/make-folder.ts";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { configFileName } from "../../app/config/config-file.ts";
import { linkKiwi, writePackage } from "../../app/project/project-files.ts";
import { KiwiError } from "../../base/errors.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { pairs } from "../output/table.ts";
import type { Shell } from "../shell.ts";
import { configText, typesText } from "../templates/config-text.ts";
import { blankFile, multiTimeframeFile, strategyFile } from "../templates/strategy-file.ts";
import { backtestCommand } from "./backtest.ts";
import { schemaText } from "./config.ts";
import { shellWord } from "../../base/shell-word.ts";

export type InitFlags = CommonFlags & ProgressFlags & { readonly template?: string; readonly yes?: true };

type Template = {
  readonly name: string;
  readonly summary: string;
  readonly file: string;
  readonly text: (name: string) => string;
};

const templates: readonly Template[] = [
  { name: "sma", summary: "a cross of two averages", file: "my-cross", text: strategyFile },
  {
    name: "multi",
    summary: "two timeframes: the day says which way, the hour when",
    file: "my-trend",
    text: multiTimeframeFile,
  },
  { name: "blank", summary: "the smallest strategy there is", file: "my-strategy", text: blankFile },
];
const schemaFile = "kiwi.schema.json";

/** `kiwi init`: writes a project and runs it once. What is there already is never overwritten. */
export async function initCommand(shell: Shell, folder: string, flags: InitFlags): Promise<number> {
  const target = resolve(shell.folder, folder);
  const template = await chosenTemplate(shell, flags);
  const files: Record<string, string> = {
    [configFileName]: configText(`./${template.file}.ts`, `./${schemaFile}`),
    [`${template.file}.ts`]: template.text(template.file),
    [schemaFile]: `${schemaText()}\n`,
    "tsconfig.json": typesText(),
    ".gitignore": ".kiwi/\nnode_modules/\n.env\n",
  };
  for (const name of [configFileName, `${template.file}.ts`]) {
    if (existsSync(join(target, name))) throw fileExists(join(folder, name));
  }
  makeFolder(target);
  for (const [name, text] of Object.entries(files)) {
    const path = join(target, name);
    if (existsSync(path)) continue;
    writeWhole(path, text);
    if (flags.json !== true) shell.out(`wrote ${relative(shell.folder, path)}`);
  }
  const packaged = writePackage(target, template.file);
  linkKiwi(target);
  if (flags.json !== true && packaged !== null) shell.out(packaged);
  if (flags.json !== true)
    shell.out(
      `\n${readFileSync(join(target, `${template.file}.ts`), "utf8").trim()}\n\nits first backtest, on made-up bars:\n`,
    );
  const exitCode = await backtestCommand({ ...shell, folder: target, args: ["backtest"] }, undefined, flags);
  if (flags.json !== true) shell.out(nextSteps(relative(shell.folder, target), template.file));
  return exitCode;
}

/** What to do next, in words that work in any shell: a project has its Kiwi beside it. */
function nextSteps(folder: string, file: string): string {
  return `\nnext:\n${pairs([
    ...(folder === "" ? [] : [[`  cd ${shellWord(folder)}`, "the project"] as const]),
    ["  npm run check", "is it honest?"],
    ["  npm run backtest", "again, after a change"],
    [`  npx kiwi data download BTCUSDT -t 4h --source binance --from 2022-01-01`, "real bars"],
    [`  npx kiwi backtest ./${file}.ts -p BTCUSDT -t 4h`, "and a backtest on them"],
  ])}`;
}

/** The one question, and only where there is somebody to answer it. */
async function chosenTemplate(shell: Shell, { template, yes }: InitFlags): Promise<Template> {
  const fallback = templates[0]!;
  if (template !== undefined) return templateNamed(template);
  if (yes === true || !shell.isInteractive) return fallback;
  for (const { name, summary } of templates) shell.err(`  ${name.padEnd(8)}${summary}`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await prompt.question(`begin with which? [${fallback.name}] `)).trim();
    return answer === "" ? fallback : templateNamed(answer);
  } finally {
    prompt.close();
  }
}

function templateNamed(name: string): Template {
  const found = templates.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = templates.map((one) => one.name);
  throw new KiwiError({
    code: "TEMPLATE_UNKNOWN",
    exit: "usage",
    message: `there is no template "${name}"`,
    why: `the templates are ${known.join(", ")}`,
    fix: didYouMean(name, known, (near) => `--template ${near}`),
    topic: "strategies",
  });
}

function fileExists(path: string): KiwiError {
  return new KiwiError({
    code: "FILE_EXISTS",
    exit: "usage",
    message: `there is already a file ${path}`,
    why: "what you have written is never overwritten",
    fix: "choose another folder: kiwi init my-bot",
    topic: "config",
  });
}
