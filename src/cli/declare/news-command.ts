import type { Command } from "commander";
import type { DataNewsFlags } from "../commands/data/data-news.ts";
import { addRunFlags } from "../flags/add-flags.ts";
import { newsFlags } from "../flags/data-flags.ts";
import { addCommon, addConfig, addProgress, type Act } from "./common-flags.ts";

/** Adds `kiwi data news`. */
export function declareNews(data: Command, act: Act): void {
  const command = data
    .command("news")
    .summary("fetch news for strategies that read them, each range once")
    .description(
      "Fetches news into the data folder; what was fetched is never asked for again. Without --from it goes on from what is held (a year ago where nothing is), without symbols with all that are held. Ctrl-C keeps what has arrived.",
    )
    .argument("[symbol...]", "symbols as the bars write them; list shows what is held")
    .option("--from <day>", "first day")
    .option("--to <day>", "end, not included; now by default")
    .option("--source <name>", "where news come from, alpaca by default; with --file, whose they are")
    .option("--file <path>", "read articles from a JSON or JSON-lines file instead")
    .option("--list", "show what is held");
  addRunFlags(command, newsFlags);
  addProgress(
    addConfig(
      addCommon(command, [
        "kiwi data news AAPL MSFT --from 2024-01-01",
        "kiwi data news AAPL --file vendor.jsonl --from 2020-01-01 --to 2024-01-01",
      ]),
    ),
  ).action(
    act(async (shell, symbols: readonly string[], flags: DataNewsFlags) =>
      (await import("../commands/data/data-news.ts")).dataNewsCommand(shell, symbols, flags),
    ),
  );
}
