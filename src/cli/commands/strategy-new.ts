import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { KiwiError } from "../../base/errors.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import { programName } from "../program-name.ts";
import type { Shell } from "../shell.ts";
import { strategyFile } from "../templates/strategy-file.ts";

/** `kiwi strategy new`: writes a strategy that runs at once. Never over a file that is there. */
export async function strategyNewCommand(shell: Shell, name: string, flags: CommonFlags): Promise<number> {
  const plain = name.replace(/\.[cm]?ts$/, "");
  if (!/^[A-Za-z][\w-]*$/.test(plain)) throw badName(name);
  const path = resolve(shell.folder, `${plain}.ts`);
  if (existsSync(path)) throw fileExists(`${plain}.ts`);
  writeWhole(path, strategyFile(plain));
  if (flags.json === true) shell.out(envelope("strategy-new@1", { name: plain, path }));
  else {
    shell.out(`wrote ${plain}.ts`);
    shell.out(`next: ${programName(shell)} strategy test ./${plain}.ts`);
    shell.out(`      ${programName(shell)} backtest ./${plain}.ts --data FILE`);
  }
  return 0;
}

function badName(name: string): KiwiError {
  return new KiwiError({
    code: "STRATEGY_NAME_INVALID",
    exit: "usage",
    message: `a strategy cannot be called "${name}"`,
    why: "a name is a letter and then letters, digits, - or _; the file is named after it",
    fix: "choose for example my-cross",
    topic: "strategies",
  });
}

function fileExists(path: string): KiwiError {
  return new KiwiError({
    code: "FILE_EXISTS",
    exit: "usage",
    message: `there is already a file ${path}`,
    why: "what you have written is never overwritten",
    fix: "choose another name, or remove the file first",
    topic: "strategies",
  });
}
