import type { Command } from "commander";
import type { DataCheckFlags } from "../commands/data/data-check.ts";
import type { DataCompactFlags } from "../commands/data/data-compact.ts";
import type { DataFlags } from "../commands/data/data-context.ts";
import type { DataDownloadFlags } from "../commands/data/data-download.ts";
import type { DataExportFlags } from "../commands/data/data-export.ts";
import type { DataImportFlags } from "../commands/data/data-import.ts";
import type { DataRepairFlags } from "../commands/data/data-repair.ts";
import type { DataWatchFlags } from "../commands/data/data-watch.ts";
import { addRunFlags, collectList, readNumber } from "../flags/add-flags.ts";
import { fetchFlags, heldFlags, importFlags } from "../flags/data-flags.ts";
import { dataFlags } from "../flags/run-flags.ts";
import { addCommon, addConfig, addProgress, type Act } from "./common-flags.ts";
import { declareNews } from "./news-command.ts";

/** Adds everything about bars and news: download, import, list, check, repair, export, watch, compact, news. */
export function declareDataCommands(program: Command, act: Act): void {
  const data = program
    .command("data")
    .summary("get bars, keep them, and look at them before trusting them")
    .description("Bars: from venues and files into a folder of this machine, checked and repaired there.");
  declareDownload(data, act);
  declareImport(data, act);
  declareList(data, act);
  declareCheck(data, act);
  declareRepair(data, act);
  declareExport(data, act);
  declareWatch(data, act);
  declareCompact(data, act);
  declareNews(data, act);
}

const timeframes = ["-t, --timeframe <timeframes>", "lengths of the bars, e.g. 1h or 1h,1d"] as const;
const timeframe = ["-t, --timeframe <timeframe>", "length of the bars, e.g. 1h"] as const;

function declareDownload(data: Command, act: Act): void {
  const command = data
    .command("download")
    .summary("fetch bars from a venue, each range once")
    .description(
      "Fetches bars into the data folder; what was fetched is never asked for again. Without symbols, everything held is brought up to date. Ctrl-C keeps what has arrived.",
    )
    .argument("[symbol...]", "symbols as the source writes them")
    .option("-p, --pairs <symbols>", "symbols, for those who prefer a flag", collectList)
    .option(...timeframes, collectList)
    .option("--from <day>", "first day; a year ago by default")
    .option("--to <day>", "end, not included; now by default")
    .option("--jobs <count>", "series fetched at a time, 4 by default", (text) => readNumber("--jobs", text))
    .option("--refresh", "ask again for what was fetched: changed bars become new versions")
    .option("--mix", "let bars of several sources stand in one series");
  addRunFlags(command, fetchFlags);
  addProgress(
    addConfig(
      addCommon(command, [
        "kiwi data download BTCUSDT ETHUSDT -t 1h,1d --source binance --from 2022-01-01",
        "kiwi data download --source binance",
      ]),
    ),
  ).action(
    act(async (shell, symbols: readonly string[], flags: DataDownloadFlags) =>
      (await import("../commands/data/data-download.ts")).dataDownloadCommand(shell, symbols, flags),
    ),
  );
}

function declareImport(data: Command, act: Act): void {
  const command = data
    .command("import")
    .summary("read CSV files into the data folder")
    .description("Reads CSV files of any shape into the data folder. Doing it twice changes nothing.")
    .argument("<path...>", "CSV files, folders or patterns")
    .option(...timeframe)
    .option("--mix", "let bars of several sources stand in one series");
  addRunFlags(command, importFlags);
  addProgress(
    addConfig(
      addCommon(command, [
        "kiwi data import BTCUSDT-1h.csv.gz",
        "kiwi data import prices/ --time-zone America/New_York",
      ]),
    ),
  ).action(
    act(async (shell, paths: readonly string[], flags: DataImportFlags) =>
      (await import("../commands/data/data-import.ts")).dataImportCommand(shell, paths, flags),
    ),
  );
}

function declareList(data: Command, act: Act): void {
  const command = data.command("list").summary("what is held: ranges, gaps, sources");
  addRunFlags(command, heldFlags);
  addConfig(addCommon(command, ["kiwi data list", "kiwi data list --json"])).action(
    act(async (shell, flags: DataFlags) =>
      (await import("../commands/data/data-list.ts")).dataListCommand(shell, flags),
    ),
  );
}

function declareCheck(data: Command, act: Act): void {
  const command = data
    .command("check")
    .summary("what is wrong with bars: those held, or those in files")
    .description(
      "Looks bars over. Of the data folder: damage, gaps, impossible bars, and whether timeframes agree; of files: how they are read as well. Exit 5 when bars are not a market's prices.",
    )
    .argument("[what...]", "symbols that are held, CSV files or folders; everything held by default");
  addRunFlags(command, dataFlags);
  addConfig(
    addCommon(command, ["kiwi data check", "kiwi data check prices/ --time-zone America/New_York"]),
  ).action(
    act(async (shell, what: readonly string[], flags: DataCheckFlags) =>
      (await import("../commands/data/data-check.ts")).dataCheckCommand(shell, what, flags),
    ),
  );
}

function declareRepair(data: Command, act: Act): void {
  const command = data
    .command("repair")
    .summary("set damaged files aside and fetch what is missing or wrong")
    .description(
      "Sets damaged files aside, then asks the sources for every gap and every bar that cannot be right: the first source first, the others for what is left. Prices are never invented.",
    )
    .argument("<symbol>", "a symbol that is held")
    .option(...timeframe)
    .option("--from <day>", "repair only from there")
    .option("--to <day>", "repair only until there, not included")
    .option("--mix", "let a source repair what came from others")
    .option("--accept-loss", "give up what is still missing afterwards: it is told no more");
  addRunFlags(command, fetchFlags);
  addConfig(
    addCommon(command, [
      "kiwi data repair BTCUSDT -t 1h --source binance",
      "kiwi data repair BTCUSDT -t 1h --source binance,bybit",
    ]),
  ).action(
    act(async (shell, symbol: string, flags: DataRepairFlags) =>
      (await import("../commands/data/data-repair.ts")).dataRepairCommand(shell, symbol, flags),
    ),
  );
}

function declareExport(data: Command, act: Act): void {
  const command = data
    .command("export")
    .summary("write bars as a CSV file")
    .description("Writes bars of the data folder as a CSV file, stamped with their closes.")
    .argument("<symbol>", "a symbol that is held")
    .option(...timeframe)
    .option("--to-file <path>", "SYMBOL-TIMEFRAME.csv by default; .gz at the end packs it")
    .option("--from <day>", "first day")
    .option("--to <day>", "end, not included")
    .option("--as-of <day>", "bars as they were known then")
    .option("--overwrite", "write over a file that is there");
  addRunFlags(command, heldFlags);
  addConfig(
    addCommon(command, [
      "kiwi data export BTCUSDT -t 1h",
      "kiwi data export BTCUSDT -t 1h --to-file btc.csv.gz --from 2022-01-01",
    ]),
  ).action(
    act(async (shell, symbol: string, flags: DataExportFlags) =>
      (await import("../commands/data/data-export.ts")).dataExportCommand(shell, symbol, flags),
    ),
  );
}

function declareWatch(data: Command, act: Act): void {
  const command = data
    .command("watch")
    .summary("see bars arrive")
    .description("Shows closed bars as they arrive. q or Ctrl-C ends it.")
    .argument("<symbol...>", "symbols as the source writes them")
    .option(...timeframe)
    .option("--store", "keep the bars in the data folder, and fetch what was missed")
    .option("--mix", "let bars of several sources stand in one series")
    .option("--limit <count>", "end after so many bars", (text) => readNumber("--limit", text));
  addRunFlags(command, fetchFlags);
  addConfig(
    addCommon(command, [
      "kiwi data watch BTCUSDT ETHUSDT -t 1m --source binance",
      "kiwi data watch BTCUSDT -t 1m --source binance --store --json",
    ]),
  ).action(
    act(async (shell, symbols: readonly string[], flags: DataWatchFlags) =>
      (await import("../commands/data/data-watch.ts")).dataWatchCommand(shell, symbols, flags),
    ),
  );
}

function declareCompact(data: Command, act: Act): void {
  const command = data
    .command("compact")
    .summary("put what is held into the form that reads fastest")
    .argument("[symbol...]", "symbols that are held; all by default")
    .option(...timeframes, collectList);
  addRunFlags(command, heldFlags);
  addConfig(addCommon(command, ["kiwi data compact", "kiwi data compact BTCUSDT -t 1m"])).action(
    act(async (shell, symbols: readonly string[], flags: DataCompactFlags) =>
      (await import("../commands/data/data-compact.ts")).dataCompactCommand(shell, symbols, flags),
    ),
  );
}
