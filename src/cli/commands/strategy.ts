import { jobs } from "../../app/jobs/job-table.ts";
import { strategies } from "../../app/plugins/registry.ts";
import { strategySource } from "../../app/plugins/strategy-source.ts";
import type { Params } from "../../domain/params.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import { paramRows } from "../output/param-rows.ts";
import { pairs, table } from "../output/table.ts";
import type { Shell } from "../shell.ts";
import { withProgress } from "./with-progress.ts";

export type StrategyShowFlags = CommonFlags & { readonly source?: true };

/** `kiwi strategy list`. */
export async function strategyListCommand(shell: Shell, flags: CommonFlags): Promise<number> {
  if (flags.json === true) {
    const list = strategies.map(({ name, summary, params }) => ({ name, summary, params: params as Params }));
    shell.out(envelope("strategies@1", { strategies: list }));
  } else
    shell.out(
      table(
        [{ title: "strategy" }, { title: "what it does" }],
        strategies.map(({ name, summary }) => [name, summary]),
      ),
    );
  return 0;
}

/** `kiwi strategy show`: parameters, series and warm-up, of a built-in strategy or of a file. */
export async function strategyShowCommand(
  shell: Shell,
  name: string,
  flags: StrategyShowFlags,
): Promise<number> {
  if (flags.source === true) return showSource(shell, name, flags);
  const shown = await withProgress(shell, flags, jobs.strategyShow, { folder: shell.folder, strategy: name });
  if (flags.json === true) {
    shell.out(envelope("strategy@1", shown));
    return 0;
  }
  const { summary, params, series, warmup, condition, file } = shown;
  shell.out(
    pairs([
      ["name", shown.name],
      ["summary", summary],
      ...(file === null ? [] : [["file", file] as const]),
      ...(condition === null ? [] : [["only when", condition] as const]),
      ["warm-up", `${warmup} before the first decision, with these defaults`],
    ]),
  );
  const rows = paramRows(params);
  if (rows !== null) shell.out(`\n${rows}`);
  shell.out(`\n${table([{ title: "series" }, { title: "expression" }], Object.entries(series))}`);
  return 0;
}

async function showSource(shell: Shell, name: string, flags: CommonFlags): Promise<number> {
  const { path, text } = await strategySource(shell.folder, name);
  if (flags.json === true) shell.out(envelope("strategy-source@1", { name, path, source: text }));
  else shell.out(text.trimEnd());
  return 0;
}
