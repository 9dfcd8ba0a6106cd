import { stat } from "node:fs/promises";
import { basename, relative, resolve } from "node:path";
import { barsRequestOf } from "../../../app/bars/bars-request.ts";
import { filesOfOneSeries } from "../../../app/bars/find-data-files.ts";
import type { KiwiConfig } from "../../../app/config/config-schema.ts";
import { checkFolder, isFolderSound, type CheckedFolder } from "../../../app/data/check-folder.ts";
import { isDataFolder } from "../../../app/data/data-folder.ts";
import { filesToImport, type FailedFile } from "../../../app/data/import-files.ts";
import { inspectData, type InspectedSource } from "../../../app/bars/inspect-data.ts";
import { isSynthetic } from "../../../app/bars/synthetic-source.ts";
import { exitCodes, KiwiError } from "../../../base/errors.ts";
import { dataFlags } from "../../flags/run-flags.ts";
import { lookedOverTexts, summaryTexts, type LookedOver } from "../../output/check-summary.ts";
import { folderText } from "../../output/folder-text.ts";
import { envelope } from "../../output/json.ts";
import { errorContent } from "../../output/print-error.ts";
import { sourceText } from "../../output/source-text.ts";
import type { Shell } from "../../shell.ts";
import { configOf } from "../../flags/config-of.ts";
import { readTimeframe, withDataFolder, type DataFlags } from "./data-context.ts";

export type DataCheckFlags = DataFlags;

/** What is looked over: files by their paths, and symbols of a data folder; null for none of it, empty for all. */
type Subjects = {
  readonly files: readonly string[];
  readonly dataFolder: string;
  readonly symbols: readonly string[] | null;
};

/**
 * `kiwi data check`: what is wrong with bars that are held, or with files and how they are read. Exit 5 when bars are
 * not a market's prices, cannot be read, or contradict each other.
 */
export async function dataCheckCommand(
  shell: Shell,
  what: readonly string[],
  flags: DataCheckFlags,
): Promise<number> {
  const config = await configOf(shell, flags, dataFlags);
  const subjects = await subjectsOf(shell.folder, what, config);
  if (subjects.files.length === 0 && subjects.symbols === null) throw nothingToCheck();
  const { inspected, failed } = await inspectFiles(shell, subjects, config);
  const checked = subjects.symbols === null ? null : await checkHeld(shell, subjects, config);
  const areFilesSound =
    failed.length === 0 &&
    inspected.every(({ report }) => report.findings.every(({ severity }) => severity !== "error"));
  const isSound = areFilesSound && (checked === null || isFolderSound(checked));
  const looked = [...inspected.map(lookedOver), ...failed.map(unreadable)];
  const texts = [...lookedOverTexts(looked), ...summaryTexts(looked)];
  if (checked !== null) texts.push(folderText(checked));
  const broken = failed.map(({ path, error }) => ({ path, error: errorContent(error) }));
  if (flags.json === true)
    shell.out(
      envelope("data-check@1", { sources: inspected.map(plain), failed: broken, held: checked }, isSound),
    );
  else shell.out(texts.join("\n\n"));
  return isSound ? exitCodes.ok : exitCodes.check;
}

/** What the words mean: what lies there as a file is a file, everything else a symbol of the data folder. */
async function subjectsOf(
  folder: string,
  what: readonly string[],
  { data, dataFolder, pairs }: KiwiConfig,
): Promise<Subjects> {
  const words = what.length === 0 ? data : [...data, ...what];
  const files: string[] = [];
  const folders: string[] = [];
  const symbols: string[] = [];
  for (const word of words) {
    const path = resolve(folder, word);
    if (isSynthetic(word)) files.push(word);
    else if (await isDataFolder(path)) folders.push(word);
    else if (await isFileLike(word, path)) files.push(word);
    else symbols.push(word);
  }
  const isOwnMade = await isDataFolder(resolve(folder, dataFolder));
  // Nobody means a symbol where there is no folder of them.
  if (!isOwnMade && folders.length === 0) return { files: words, dataFolder, symbols: null };
  const isHeldMeant = words.length === 0 || folders.length > 0 || symbols.length > 0;
  return {
    files,
    dataFolder: folders[0] ?? dataFolder,
    symbols: isHeldMeant ? [...symbols, ...pairs] : null,
  };
}

async function isFileLike(word: string, path: string): Promise<boolean> {
  if (/[*?[{]|\.(csv|txt|gz|zip)$/i.test(word)) return true;
  return (await stat(path).catch(() => null)) !== null;
}

/** Files that could be read, and those that could not. */
type InspectedFiles = {
  readonly inspected: readonly InspectedSource[];
  readonly failed: readonly FailedFile[];
};

async function inspectFiles(shell: Shell, { files }: Subjects, config: KiwiConfig): Promise<InspectedFiles> {
  if (files.length === 0) return { inspected: [], failed: [] };
  const request = barsRequestOf({ folder: resolve(shell.folder), config, nowMs: Date.now() });
  const isPicked = config.pairs.length > 0 || config.timeframe !== undefined;
  const paths = isPicked || files.some(isSynthetic) ? [] : await filesAt(shell.folder, files);
  if (paths.length < 2)
    return { inspected: await inspectData({ ...request, data: files }, config), failed: [] };
  // Each series by itself: a check is no run, and takes a symbol in several timeframes and goes on past what cannot be
  // read. Files that follow each other are one series; where they do not, each of them is looked over.
  const inspected: InspectedSource[] = [];
  const failed: FailedFile[] = [];
  const inspect = async (data: readonly string[]): Promise<void> => {
    try {
      inspected.push(...(await inspectData({ ...request, data }, config)));
    } catch (error) {
      if (!(error instanceof KiwiError)) throw error;
      const below = relative(shell.folder, data[0]!);
      failed.push({ path: below.startsWith("..") ? data[0]! : below, error });
      if (data.length > 1) for (const path of data) await inspect([path]);
    }
  };
  for (const group of filesOfOneSeries(paths, config.csv.symbol)) await inspect(group);
  return { inspected, failed };
}

async function filesAt(folder: string, words: readonly string[]): Promise<readonly string[]> {
  return filesToImport(words.map((word) => resolve(folder, word)));
}

async function checkHeld(
  shell: Shell,
  { dataFolder, symbols }: Subjects,
  config: KiwiConfig,
): Promise<CheckedFolder> {
  const timeframe = config.timeframe === undefined ? undefined : readTimeframe(config.timeframe);
  return withDataFolder(shell, { ...config, dataFolder }, false, async ({ data, held }) =>
    checkFolder(held, data.path, symbols ?? [], timeframe),
  );
}

function nothingToCheck(): KiwiError {
  return new KiwiError({
    code: "DATA_NONE",
    exit: "usage",
    message: "there is nothing to check: no files were named, and no data folder is here",
    why: "without words everything that was downloaded or imported is checked",
    fix: "name files (kiwi data check prices/), or get bars: kiwi data download BTCUSDT -t 1h --source binance",
    topic: "download",
  });
}

function lookedOver(inspected: InspectedSource): LookedOver {
  const { source, report } = inspected;
  return {
    name: `${report.symbol} ${report.timeframe}`,
    bars: report.rows,
    findings: report.findings,
    notUsed: source.quarantine?.quarantined ?? 0,
    isDamaged: false,
    text: sourceText(inspected),
  };
}

function unreadable({ path, error }: FailedFile): LookedOver {
  const { message, why, fix } = error.parts;
  const text = [path, `  error     ${message}`, `            ${why}`, `  fix       ${fix}`].join("\n");
  return { name: basename(path), bars: 0, findings: [], notUsed: 0, isDamaged: true, text };
}

function plain({ source, report }: InspectedSource): Readonly<Record<string, unknown>> {
  const { path, sha256, detected, quarantine, rowsRead } = source;
  return { path, sha256, rowsRead, detected, quarantine, report };
}
