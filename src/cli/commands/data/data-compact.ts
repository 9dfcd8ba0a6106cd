import { heldFor } from "../../../app/data/held-for.ts";
import { heldSymbol } from "../../../app/data/stored-bars.ts";
import { countOf } from "../../../data/validation/finding-list.ts";
import { heldFlags } from "../../flags/data-flags.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";
import { configOf } from "../../flags/config-of.ts";
import { readTimeframes, withDataFolder, type DataFlags } from "./data-context.ts";

export type DataCompactFlags = DataFlags & { readonly timeframe?: readonly string[] };

/** `kiwi data compact`: puts what is held into the form that reads fastest. Changes no bar. */
export async function dataCompactCommand(
  shell: Shell,
  symbols: readonly string[],
  flags: DataCompactFlags,
): Promise<number> {
  const config = await configOf(shell, flags, heldFlags);
  const timeframes = readTimeframes(flags.timeframe);
  return withDataFolder(shell, config, false, async ({ data }) => {
    const held = await heldFor(data.store, symbols);
    const known = [...new Set(held.map(({ symbol }) => symbol))];
    const wanted = new Set(symbols.map((symbol) => heldSymbol(symbol, known, data.path)));
    const chosen = held.filter(
      ({ symbol, timeframe }) =>
        (wanted.size === 0 || wanted.has(symbol)) &&
        (timeframes.length === 0 || timeframes.includes(timeframe)),
    );
    for (const { symbol, timeframe } of chosen) await data.store.compact(symbol, timeframe);
    const series = chosen.map(({ symbol, timeframe, versions }) => ({ symbol, timeframe, rows: versions }));
    if (flags.json === true) shell.out(envelope("data-compact@1", { folder: data.path, series }));
    else
      shell.out(
        `compacted ${series.length} series with ${countOf(
          series.reduce((sum, { rows }) => sum + rows, 0),
          "row",
        )}`,
      );
    return 0;
  });
}
