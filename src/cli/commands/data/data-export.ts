import { relative, resolve } from "node:path";
import { exportBars } from "../../../app/data/export-bars.ts";
import { heldFor } from "../../../app/data/held-for.ts";
import { heldSymbol } from "../../../app/data/stored-bars.ts";
import { heldTimeframe } from "../../../app/data/held-timeframe.ts";
import { readDay } from "../../../app/config/read-day.ts";
import { exitCodes, KiwiError } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import { heldFlags } from "../../flags/data-flags.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";
import { configOf } from "../../flags/config-of.ts";
import { readTimeframe, withDataFolder, type DataFlags } from "./data-context.ts";

export type DataExportFlags = DataFlags & {
  readonly timeframe?: string;
  readonly toFile?: string;
  readonly from?: string;
  readonly to?: string;
  readonly asOf?: string;
  readonly overwrite?: true;
};

/** `kiwi data export`: bars of the data folder as a CSV file that anything can read, Kiwi too. */
export async function dataExportCommand(
  shell: Shell,
  given: string,
  flags: DataExportFlags,
): Promise<number> {
  const config = await configOf(shell, flags, heldFlags);
  const fromMs = flags.from === undefined ? -Infinity : readDay(flags.from, "--from");
  const toMs = flags.to === undefined ? Infinity : readDay(flags.to, "--to");
  const asOfMs = flags.asOf === undefined ? undefined : readDay(flags.asOf, "--as-of");
  return withDataFolder(shell, config, false, async ({ data }) => {
    const wanted = flags.timeframe === undefined ? undefined : readTimeframe(flags.timeframe);
    const held = await heldFor(data.store, [given], wanted);
    const symbol = heldSymbol(given, [...new Set(held.map((one) => one.symbol))], data.path);
    const timeframe = heldTimeframe(held, symbol, wanted);
    const bars = await data.store.read(symbol, timeframe, fromMs, toMs, { asOfMs });
    if (bars.length === 0) throw nothingThere(symbol, timeframe);
    const name = flags.toFile ?? `${symbol.replaceAll(/[^\w.-]/g, "")}-${timeframe}.csv`;
    const path = resolve(shell.folder, name);
    await exportBars(bars, path, flags.overwrite === true);
    const [firstMs, lastMs] = [bars.closeTimeMs[0]!, bars.closeTimeMs[bars.length - 1]!];
    const content = { path, symbol, timeframe, bars: bars.length, fromMs: firstMs, toMs: lastMs };
    if (flags.json === true) shell.out(envelope("data-export@1", content));
    else
      shell.out(
        `${relative(shell.folder, path)}: ${bars.length} bars of ${symbol} ${timeframe}, closes ${formatTime(firstMs)} .. ${formatTime(lastMs)}`,
      );
    return exitCodes.ok;
  });
}

function nothingThere(symbol: string, timeframe: string): KiwiError {
  return new KiwiError({
    code: "DATA_MISSING",
    exit: "data",
    message: `no bars of ${symbol} ${timeframe} are held in that range`,
    why: "the range, or the time of --as-of, lies outside of what is held",
    fix: "kiwi data list says what is held; leave --from, --to and --as-of out for all of it",
    topic: "data-missing",
  });
}
