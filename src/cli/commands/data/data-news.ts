import { resolve } from "node:path";
import { downloadNews, type NewsOutcome } from "../../../app/data/news/download-news.ts";
import { importNews } from "../../../app/data/news/import-news.ts";
import { withNewsFolder } from "../../../app/data/news/news-folder.ts";
import { openNewsSource } from "../../../app/data/news/open-news-source.ts";
import { planNews } from "../../../app/data/news/plan-news.ts";
import type { KiwiConfig } from "../../../app/config/config-schema.ts";
import { plainSymbol } from "../../../app/bars/pick-symbols.ts";
import { readDay } from "../../../app/config/read-day.ts";
import { exitCodes } from "../../../base/errors.ts";
import type { NewsQuarantine } from "../../../ports/news-source.ts";
import type { ProgressFlags } from "../../declare/common-flags.ts";
import { newsFlags } from "../../flags/data-flags.ts";
import { interruptedExit, interruptible } from "../../interrupt.ts";
import { manyProgress } from "../../output/download-progress.ts";
import { envelope } from "../../output/json.ts";
import { heldNewsText, newsOutcomesText } from "../../output/news-text.ts";
import { errorContent, errorText, exitCodeOf } from "../../output/print-error.ts";
import type { Shell } from "../../shell.ts";
import { configOf } from "../../flags/config-of.ts";
import { type DataFlags } from "./data-context.ts";

export type DataNewsFlags = DataFlags &
  ProgressFlags & {
    readonly from?: string;
    readonly to?: string;
    readonly source?: string;
    readonly file?: string;
    readonly list?: true;
  };

/** The command once its words are read. */
type NewsWork = {
  readonly config: KiwiConfig;
  readonly folder: string;
  readonly symbols: readonly string[];
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly flags: DataNewsFlags;
};

/**
 * `kiwi data news`: fetches news into the data folder, each range once; with `--file` reads them from a file; with
 * `--list` shows what is held. Ctrl-C keeps what has arrived and ends with 130.
 */
export async function dataNewsCommand(
  shell: Shell,
  given: readonly string[],
  flags: DataNewsFlags,
): Promise<number> {
  const config = await configOf(shell, flags, newsFlags);
  const folder = resolve(shell.folder, config.dataFolder);
  if (flags.list === true || (given.length === 1 && given[0] === "list")) return list(shell, folder, flags);
  const work: NewsWork = {
    config,
    folder,
    symbols: given.map(plainSymbol),
    fromMs: flags.from === undefined ? undefined : readDay(flags.from, "--from"),
    toMs: flags.to === undefined ? undefined : readDay(flags.to, "--to"),
    flags,
  };
  return flags.file === undefined ? fetchNews(shell, work) : readFromFile(shell, work, flags.file);
}

async function list(shell: Shell, folder: string, flags: DataNewsFlags): Promise<number> {
  return withNewsFolder(folder, false, async ({ path, holdings }) => {
    const held = await holdings.list();
    shell.out(
      flags.json === true ? envelope("data-news-list@1", { store: path, symbols: held }) : heldNewsText(held),
    );
    return exitCodes.ok;
  });
}

async function readFromFile(shell: Shell, work: NewsWork, file: string): Promise<number> {
  const { symbols, fromMs, toMs, flags, folder } = work;
  const source = flags.source ?? "file";
  const path = resolve(shell.folder, file);
  const wish = { path, symbols, source, fromMs, toMs, nowMs: Date.now() };
  return withNewsFolder(folder, true, async (news) => {
    const { outcomes, others } = await importNews(wish, news);
    if (flags.json === true)
      shell.out(envelope("data-news@1", { store: news.path, source, symbols: outcomes.map(plain), others }));
    else shell.out(newsOutcomesText(outcomes));
    if (others > 0 && flags.quiet !== true)
      shell.err(`warning ${others} articles are about other symbols and were left out`);
    return exitCodes.ok;
  });
}

async function fetchNews(shell: Shell, work: NewsWork): Promise<number> {
  const { config, folder, symbols, fromMs, toMs = Infinity, flags } = work;
  const quarantined: NewsQuarantine[] = [];
  const places = { folder: shell.folder, env: shell.env };
  const source = await openNewsSource(flags.source ?? "alpaca", config, places, {
    onQuarantine: (entry) => void quarantined.push(entry),
  });
  try {
    return await withNewsFolder(folder, true, async (news) => {
      const parts = await planNews({ symbols, fromMs, toMs, nowMs: Date.now() }, source.name, news);
      const ending = new AbortController();
      const spans = new Map(parts.map((part) => [part.symbol, part.toMs - part.fromMs]));
      const progress = await manyProgress(shell, flags, "news", spans);
      const onInterrupt = (): void => {
        progress.line("stopping: what has arrived is kept (Ctrl-C again ends at once)");
        ending.abort(new Error("interrupted"));
      };
      const outcomes = await interruptible(onInterrupt, () =>
        downloadNews(parts, source, news, {
          signal: ending.signal,
          onProgress: ({ symbol }, done, span) => progress.update(symbol, done, span),
          onEach: ({ symbol }) => progress.finish(symbol),
        }),
      ).finally(() => progress.end());
      return say(
        shell,
        flags,
        { outcomes, quarantined, store: news.path, source: source.name },
        ending.signal,
      );
    });
  } finally {
    await source.close();
  }
}

type Fetched = {
  readonly outcomes: readonly NewsOutcome[];
  readonly quarantined: readonly NewsQuarantine[];
  readonly store: string;
  readonly source: string;
};

function say(
  shell: Shell,
  flags: DataNewsFlags,
  { outcomes, quarantined, store, source }: Fetched,
  { aborted: isInterrupted }: AbortSignal,
): number {
  // A fetch that was stopped on purpose has not failed.
  const failed = isInterrupted ? [] : outcomes.filter(({ error }) => error !== null);
  const left = quarantined.reduce((sum, { count }) => sum + count, 0);
  if (flags.json === true) {
    const content = { store, source, interrupted: isInterrupted, quarantined: left };
    const isOk = failed.length === 0 && !isInterrupted;
    shell.out(envelope("data-news@1", { ...content, symbols: outcomes.map(plain) }, isOk));
  } else {
    if (outcomes.length > 0) shell.out(newsOutcomesText(outcomes));
    for (const { error } of failed) shell.err(errorText(error, shell));
  }
  if (left > 0 && flags.quiet !== true)
    shell.err(`warning ${left} articles could not be used: ${quarantined[0]!.examples[0]!}`);
  if (isInterrupted) {
    shell.err("interrupted: what had arrived is kept; run the same command again to go on");
    return interruptedExit;
  }
  return failed.length === 0 ? exitCodes.ok : exitCodeOf(failed[0]!.error);
}

function plain({ error, ...outcome }: NewsOutcome): Readonly<Record<string, unknown>> {
  return { ...outcome, error: error === null ? null : errorContent(error) };
}
