import { resolve } from "node:path";
import type { CatalogueEntry } from "../../../adapters/stores/catalogue/catalogue-entry.ts";
import { isDataFolder } from "../../../app/data/data-folder.ts";
import { listSeries } from "../../../app/data/held-series.ts";
import { exitCodes } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import { heldFlags } from "../../flags/data-flags.ts";
import { envelope } from "../../output/json.ts";
import { errorContent, errorText } from "../../output/print-error.ts";
import { table } from "../../output/table.ts";
import { programName } from "../../program-name.ts";
import type { Shell } from "../../shell.ts";
import { configOf } from "../../flags/config-of.ts";
import { withDataFolder, type DataFlags } from "./data-context.ts";

/** `kiwi data list`: everything that is held, with its range, its gaps and where it came from. Exit 4 where some is damaged. */
export async function dataListCommand(shell: Shell, flags: DataFlags): Promise<number> {
  const config = await configOf(shell, flags, heldFlags);
  const path = resolve(shell.folder, config.dataFolder);
  // A project without data is a project before its first download, and nothing is wrong with it.
  if (!(await isDataFolder(path))) {
    const content = { folder: path, series: [], damaged: [], missing: [] };
    if (flags.json === true) shell.out(envelope("data-list@1", content));
    else shell.out(emptyText(config.dataFolder, shell));
    return exitCodes.ok;
  }
  return withDataFolder(shell, config, false, async ({ data, held }) => {
    const { entries, damaged } = await listSeries(held);
    const isWhole = damaged.length === 0;
    const missing = await data.store.missing();
    if (flags.json === true) {
      const broken = damaged.map(({ symbol, timeframe, error }) => ({
        symbol,
        timeframe,
        error: errorContent(error),
      }));
      const content = { folder: data.path, series: entries.map(plain), damaged: broken, missing };
      shell.out(envelope("data-list@1", content, isWhole));
    } else if (entries.length > 0) shell.out(listText(entries));
    else if (isWhole) shell.out(emptyText(data.path, shell));
    if (flags.json !== true) {
      for (const { error } of damaged) shell.err(errorText(error, shell));
      for (const name of new Set(missing.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`)))
        shell.err(`missing   bars of ${name} are known to be missing: kiwi data check`);
    }
    return isWhole ? exitCodes.ok : exitCodes.data;
  });
}

function emptyText(folder: string, shell: Shell): string {
  return `${folder} holds no bars; get some: ${programName(shell)} data download BTCUSDT -t 1h --source binance`;
}

function plain({ gaps, ...entry }: CatalogueEntry): Readonly<Record<string, unknown>> {
  return { ...entry, gaps: gaps.length, missingBars: missingIn(gaps) };
}

function missingIn(gaps: CatalogueEntry["gaps"]): number {
  return gaps.reduce((sum, { missing }) => sum + missing, 0);
}

function listText(entries: readonly CatalogueEntry[]): string {
  const right = { align: "right" } as const;
  return table(
    [
      { title: "symbol" },
      { title: "tf" },
      { title: "from" },
      { title: "to" },
      { title: "bars", ...right },
      { title: "missing", ...right },
      { title: "revised", ...right },
      { title: "source" },
      { title: "checked" },
    ],
    entries.map(({ symbol, timeframe, fromMs, toMs, bars, versions, gaps, sources, checkedMs }) => [
      symbol,
      timeframe,
      minuteText(fromMs),
      minuteText(toMs),
      String(bars),
      gaps.length === 0 ? "0" : `${missingIn(gaps)} in ${gaps.length} gap${gaps.length === 1 ? "" : "s"}`,
      String(versions - bars),
      sources.map(({ source }) => source).join(", "),
      minuteText(checkedMs),
    ]),
  );
}

/** A time to the minute. */
function minuteText(timeMs: number): string {
  return formatTime(Math.floor(timeMs / 60_000) * 60_000).replace(/:00Z$/, "Z");
}
