import { resolve } from "node:path";
import { download, type SeriesOutcome } from "../../../app/data/download.ts";
import { openSources, refuseTimeframe, type OpenSources } from "../../../app/data/open-sources.ts";
import { planDownload, type DownloadPlan, type SeriesRange } from "../../../app/data/plan-download.ts";
import type { HeldParts } from "../../../app/data/held-series.ts";
import { isSameSeries, isUnbounded, noteLost, type SeriesName } from "../../../app/data/known-missing.ts";
import { surveyHeld } from "../../../app/data/held-for.ts";
import { readDay } from "../../../app/config/read-day.ts";
import { exitCodes, KiwiError } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import type { HeldBars, MissingBars } from "../../../ports/bar-store.ts";
import { countOf } from "../../../data/validation/finding-list.ts";
import type { ProgressFlags } from "../../declare/common-flags.ts";
import { fetchFlags } from "../../flags/data-flags.ts";
import { invalidFlag } from "../../flags/flag-errors.ts";
import { interruptedExit, interruptible } from "../../interrupt.ts";
import { manyProgress } from "../../output/download-progress.ts";
import { envelope } from "../../output/json.ts";
import { errorContent, errorText, exitCodeOf } from "../../output/print-error.ts";
import { table } from "../../output/table.ts";
import type { Shell } from "../../shell.ts";
import {
  readTimeframe,
  readTimeframes,
  withDataFolder,
  type DataContext,
  type DataFlags,
} from "./data-context.ts";
import { configOf } from "../../flags/config-of.ts";

export type DataDownloadFlags = DataFlags &
  ProgressFlags & {
    readonly pairs?: readonly string[];
    readonly timeframe?: readonly string[];
    readonly from?: string;
    readonly to?: string;
    readonly jobs?: number;
    readonly refresh?: true;
    readonly mix?: true;
  };

/**
 * `kiwi data download`: fetches bars into the data folder, each range once. Ctrl-C keeps what has arrived and ends with
 * 130; the same command goes on from there. Ends with the exit code of the first failure.
 */
export async function dataDownloadCommand(
  shell: Shell,
  symbols: readonly string[],
  flags: DataDownloadFlags,
): Promise<number> {
  const config = await configOf(shell, flags, fetchFlags);
  const given = [...symbols, ...(flags.pairs ?? [])];
  const asked = readTimeframes(flags.timeframe);
  const usual = config.timeframe === undefined || given.length === 0 ? [] : [readTimeframe(config.timeframe)];
  const nowMs = Date.now();
  const wish = {
    symbols: given,
    timeframes: asked.length === 0 ? usual : asked,
    fromMs: flags.from === undefined ? undefined : readDay(flags.from, "--from"),
    toMs: flags.to === undefined ? Infinity : readDay(flags.to, "--to"),
    isMixed: flags.mix === true,
    nowMs,
  };
  const jobs = flags.jobs ?? 4;
  if (!Number.isInteger(jobs) || jobs < 1)
    throw invalidFlag("--jobs", String(jobs), "a whole number from 1 up");
  const sources = await openSources(config, { folder: shell.folder, env: shell.env }, shell.err);
  try {
    for (const timeframe of wish.timeframes) refuseTimeframe(sources.source, timeframe);
    return await withDataFolder(shell, config, true, async (context) => {
      const { held, damaged } = await surveyHeld(context.data.store);
      const met = damaged.filter(({ symbol }) => given.length === 0 || given.includes(symbol));
      // Of symbols that were named none may be missing; of an update the others are worth having.
      if (given.length > 0 && met.length > 0) throw met[0]!.error;
      await noteAllLost(context.held, held, given);
      const plan = planDownload(wish, held, await context.data.store.missing(), sources);
      for (const { symbol, timeframe, sources: names } of plan.skipped)
        shell.err(`left alone  ${symbol} ${timeframe}: held from ${names.join(", ")}`);
      const code = await run(shell, plan, sources, context, { ...flags, jobs });
      for (const { error } of met) shell.err(errorText(error, shell));
      return code === exitCodes.ok && met.length > 0 ? exitCodes.data : code;
    });
  } finally {
    await sources.close();
  }
}

async function run(
  shell: Shell,
  { series }: DownloadPlan,
  sources: OpenSources,
  { data, held }: DataContext,
  flags: DataDownloadFlags & { readonly jobs: number },
): Promise<number> {
  const ending = new AbortController();
  const spans = new Map(
    series.map((one) => [nameOf(one), Math.max(0, Math.min(one.toMs, held.nowMs) - one.fromMs)]),
  );
  const progress = await manyProgress(shell, flags, "download", spans);
  const onInterrupt = (): void => {
    progress.line("stopping: what has arrived is kept (Ctrl-C again ends at once)");
    ending.abort(new Error("interrupted"));
  };
  const outcomes = await interruptible(onInterrupt, () =>
    download(series, sources, data, held, {
      jobs: flags.jobs,
      isRefreshed: flags.refresh === true,
      isMended: flags.from === undefined && flags.to === undefined,
      isMixed: flags.mix === true,
      signal: ending.signal,
      onProgress: (one, doneMs, spanMs) => progress.update(nameOf(one), doneMs, spanMs),
      onEach: ({ series: one }) => progress.finish(nameOf(one)),
    }),
  ).finally(() => progress.end());
  const isInterrupted = ending.signal.aborted;
  // A fetch that was stopped on purpose has not failed.
  const failed = isInterrupted ? [] : outcomes.filter(({ error }) => error !== null);
  const isMeant = (one: MissingBars): boolean => series.some((other) => isSameSeries(one, other));
  const missing = (await data.store.missing()).filter(isMeant);
  if (flags.json === true) {
    const content = { folder: data.path, source: sources.source.name, interrupted: isInterrupted };
    const isWhole = failed.length === 0 && !isInterrupted && missing.length === 0;
    shell.out(envelope("data-download@1", { ...content, series: outcomes.map(plain), missing }, isWhole));
  } else if (outcomes.length > 0) shell.out(outcomesText(outcomes));
  // One mistake in a symbol fails all of its timeframes alike.
  const texts = new Set(failed.map(({ error }) => errorText(error, shell)));
  if (flags.json !== true) for (const text of texts) shell.err(text);
  if (flags.json !== true) for (const one of missing) shell.err(missingText(one));
  if (isInterrupted) {
    shell.err(
      `interrupted: what had arrived is in ${resolve(data.path)}; run the same command again to go on`,
    );
    return interruptedExit;
  }
  if (failed.length > 0) return exitCodeOf(failed[0]!.error);
  return missing.length === 0 ? exitCodes.ok : exitCodes.check;
}

/** Whatever was fetched once and is held no longer is fetched again with the rest. */
async function noteAllLost(
  parts: HeldParts,
  held: readonly HeldBars[],
  symbols: readonly string[],
): Promise<void> {
  const fetched = await parts.ranges.all();
  const isMeant = ({ symbol }: SeriesName): boolean => symbols.length === 0 || symbols.includes(symbol);
  const names = new Map(
    [...held, ...fetched].filter(isMeant).map((one) => [`${one.timeframe} ${one.symbol}`, one]),
  );
  for (const name of names.values())
    await noteLost(
      parts,
      name,
      held.find((one) => isSameSeries(one, name)),
      fetched,
    );
}

/** What is still known to be missing of what was downloaded, in words. */
function missingText({ symbol, timeframe, fromMs, toMs }: MissingBars): string {
  const where = isUnbounded({ fromMs, toMs })
    ? "bars were lost, and nobody knows which"
    : `bars between ${formatTime(fromMs)} and ${formatTime(toMs - 1)} are known to be missing`;
  return `missing   ${symbol} ${timeframe}: ${where}; try another source: kiwi data repair ${symbol} -t ${timeframe} --source NAME`;
}

/** How a series ended that has no report. */
function failureText(error: unknown): string {
  return error instanceof KiwiError ? `failed: ${error.parts.code}` : "not finished";
}

function nameOf({ symbol, timeframe }: SeriesRange): string {
  return `${symbol} ${timeframe}`;
}

function plain({ series, report, error }: SeriesOutcome): Readonly<Record<string, unknown>> {
  const { symbol, timeframe } = series;
  return { symbol, timeframe, ...report, error: error === null ? null : errorContent(error) };
}

function outcomesText(outcomes: readonly SeriesOutcome[]): string {
  const rows = outcomes.map(({ series, report, error }) => {
    const { symbol, timeframe } = series;
    if (report === null) return [symbol, timeframe, "", "", "", failureText(error)];
    const came =
      report.fromMs === null
        ? "everything was here"
        : `${formatTime(report.fromMs)} .. ${formatTime(report.toMs!)}`;
    const left = report.quarantined.map(({ fault, count }) => `${countOf(count, "row")} not used: ${fault}`);
    const note = [came, ...left].join("   ");
    return [symbol, timeframe, String(report.added), String(report.revised), String(report.unchanged), note];
  });
  const right = { align: "right" } as const;
  return table(
    [
      { title: "symbol" },
      { title: "tf" },
      { title: "new", ...right },
      { title: "revised", ...right },
      { title: "same", ...right },
      { title: "closes" },
    ],
    rows,
  );
}
