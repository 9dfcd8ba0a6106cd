import { relative, resolve } from "node:path";
import { calendarNameOf, describeAll } from "../../../app/data/held-series.ts";
import {
  filesToImport,
  importFiles,
  type FailedFile,
  type ImportedFile,
  type ImportListener,
} from "../../../app/data/import-files.ts";
import { exitCodes } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import { countOf } from "../../../data/validation/finding-list.ts";
import type { ProgressFlags } from "../../declare/common-flags.ts";
import { importFlags } from "../../flags/data-flags.ts";
import { interruptedExit, interruptible } from "../../interrupt.ts";
import { manyProgress } from "../../output/download-progress.ts";
import { envelope } from "../../output/json.ts";
import { errorContent, errorText, exitCodeOf } from "../../output/print-error.ts";
import { table } from "../../output/table.ts";
import type { Shell } from "../../shell.ts";
import { configOf } from "../../flags/config-of.ts";
import { readTimeframe, withDataFolder, type DataFlags } from "./data-context.ts";

export type DataImportFlags = DataFlags &
  ProgressFlags & { readonly timeframe?: string; readonly mix?: true };

/**
 * `kiwi data import`: reads CSV files of any shape into the data folder. Doing it twice changes nothing. Files that
 * cannot be read are named and do not stop the others; it ends with the exit code of the first.
 */
export async function dataImportCommand(
  shell: Shell,
  given: readonly string[],
  flags: DataImportFlags,
): Promise<number> {
  const config = await configOf(shell, flags, importFlags);
  const timeframe = flags.timeframe === undefined ? undefined : readTimeframe(flags.timeframe);
  const paths = await filesToImport(given.map((path) => resolve(shell.folder, path)));
  const ending = new AbortController();
  const done: ImportedFile[] = [];
  const failed: FailedFile[] = [];
  const shown = (path: string): string => {
    const below = relative(shell.folder, path);
    return below.startsWith("..") ? path : below;
  };
  await withDataFolder(shell, config, true, async ({ data, held }) => {
    const progress = await manyProgress(
      shell,
      flags,
      "import",
      new Map(paths.map((path) => [shown(path), 1])),
    );
    const request = {
      paths,
      csv: config.csv,
      timeframe,
      isMixed: flags.mix === true,
      nowMs: held.nowMs,
      calendarOf: (symbol: string) => calendarNameOf(config, symbol),
    };
    const listener: ImportListener = {
      onFile(file) {
        done.push(file);
        for (const path of file.paths) progress.finish(shown(path));
      },
      onFailed(file) {
        failed.push(file);
        progress.finish(shown(file.path));
      },
    };
    try {
      await interruptible(
        () => ending.abort(),
        () => importFiles(request, data.store, listener, ending.signal),
      );
    } finally {
      progress.end();
      // What a file that cannot be read leaves behind it is stored all the same.
      await describeAll(
        held,
        done.flatMap(({ reading: { bars, ask } }) => (ask === undefined ? [bars] : [bars, ask])),
      );
    }
  });
  const isInterrupted = ending.signal.aborted;
  if (flags.json === true) {
    const files = done.map((file) => plain(file, shown));
    const broken = failed.map(({ path, error }) => ({ path: shown(path), error: errorContent(error) }));
    const content = { folder: config.dataFolder, interrupted: isInterrupted, files, failed: broken };
    shell.out(envelope("data-import@1", content, !isInterrupted && failed.length === 0));
  } else if (done.length > 0) shell.out(filesText(done, shown));
  if (flags.json !== true) for (const { error } of failed) shell.err(errorText(error, shell));
  if (isInterrupted) {
    shell.err("interrupted: the files above are stored; run the same command again to go on");
    return interruptedExit;
  }
  if (failed.length === 0) return exitCodes.ok;
  if (flags.json !== true) shell.err(`${failed.length} of ${paths.length} files could not be imported`);
  return exitCodeOf(failed[0]!.error);
}

function plain(
  { paths, reading, result }: ImportedFile,
  shown: (path: string) => string,
): Readonly<Record<string, unknown>> {
  const { bars, ask, quarantine, rowsRead, detected } = reading;
  const { symbol, timeframe, closeTimeMs, length } = bars;
  return {
    path: shown(paths[0]),
    ...(paths.length === 1 ? {} : { paths: paths.map(shown) }),
    symbol,
    ...(ask === undefined ? {} : { ask: ask.symbol }),
    timeframe,
    rowsRead,
    bars: length,
    fromMs: closeTimeMs[0] ?? null,
    toMs: closeTimeMs[length - 1] ?? null,
    ...result,
    quarantined: quarantine.quarantined,
    notes: detected.notes,
  };
}

function filesText(done: readonly ImportedFile[], shown: (path: string) => string): string {
  const right = { align: "right" } as const;
  const rows = done.map(({ paths, reading, result }) => {
    const { bars, ask, quarantine } = reading;
    const closes = `${formatTime(bars.closeTimeMs[0]!)} .. ${formatTime(bars.closeTimeMs[bars.length - 1]!)}`;
    const left =
      quarantine.quarantined === 0
        ? ""
        : `   ${countOf(quarantine.quarantined, "row")} not used: kiwi data check ${shown(paths[0])}`;
    const sides = ask === undefined ? "" : `   bid and ask, kept with ${ask.symbol}`;
    const counts = [result.added, result.revised, result.unchanged].map(String);
    return [paths.map(shown).join(" + "), bars.symbol, bars.timeframe, ...counts, closes + sides + left];
  });
  return table(
    [
      { title: "file" },
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
