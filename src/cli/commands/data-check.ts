import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { barsRequestOf } from "../../app/bars-request.ts";
import type { KiwiConfig } from "../../app/config-schema.ts";
import { checkFolder, isFolderSound, type CheckedFolder } from "../../app/data/check-folder.ts";
import { isDataFolder } from "../../app/data/data-folder.ts";
import { inspectData, type InspectedSource } from "../../app/inspect-data.ts";
import { isSynthetic } from "../../app/synthetic-source.ts";
import { exitCodes, KiwiError } from "../../base/errors.ts";
import { dataFlags } from "../flags/run-flags.ts";
import { lookedOverTexts, summaryTexts, type LookedOver } from "../output/check-summary.ts";
import { folderText } from "../output/folder-text.ts";
import { envelope } from "../output/json.ts";
import { sourceText } from "../output/source-text.ts";
import type { Shell } from "../shell.ts";
import { dataConfig, readTimeframe, withDataFolder, type DataFlags } from "./data-context.ts";

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
  const config = await dataConfig(shell, flags, dataFlags);
  const subjects = await subjectsOf(shell.folder, what, config);
  if (subjects.files.length === 0 && subjects.symbols === null) throw nothingToCheck();
  const inspected = await inspectFiles(shell, subjects, config);
  const checked = subjects.symbols === null ? null : await checkHeld(shell, subjects, config);
  const areFilesSound = inspected.every(({ report }) =>
    report.findings.every(({ severity }) => severity !== "error"),
  );
  const isSound = areFilesSound && (checked === null || isFolderSound(checked));
  const looked = inspected.map(lookedOver);
  const texts = [...lookedOverTexts(looked), ...summaryTexts(looked)];
  if (checked !== null) texts.push(folderText(checked));
  if (flags.json === true)
    shell.out(envelope("data-check@1", { sources: inspected.map(plain), held: checked }, isSound));
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

async function inspectFiles(
  shell: Shell,
  { files }: Subjects,
  config: KiwiConfig,
): Promise<readonly InspectedSource[]> {
  if (files.length === 0) return [];
  const request = barsRequestOf({ folder: resolve(shell.folder), config, nowMs: Date.now() });
  return inspectData({ ...request, data: files }, config);
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

function plain({ source, report }: InspectedSource): Readonly<Record<string, unknown>> {
  const { path, sha256, detected, quarantine, rowsRead } = source;
  return { path, sha256, rowsRead, detected, quarantine, report };
}
