import { openSources } from "../../../app/data/open-sources.ts";
import { repairHeld, type Repaired } from "../../../app/data/repair-held.ts";
import { heldTimeframe } from "../../../app/data/held-timeframe.ts";
import { heldFor } from "../../../app/data/held-for.ts";
import { heldSymbol } from "../../../app/data/stored-bars.ts";
import { readDay } from "../../../app/config/read-day.ts";
import { exitCodes, KiwiError } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { DataFolder } from "../../../app/data/open-data.ts";
import { fetchFlags } from "../../flags/data-flags.ts";
import { interruptedExit, interruptible } from "../../interrupt.ts";
import { envelope } from "../../output/json.ts";
import { errorContent, errorText, exitCodeOf } from "../../output/print-error.ts";
import { repairText } from "../../output/repair-text.ts";
import type { Shell } from "../../shell.ts";
import { configOf } from "../../flags/config-of.ts";
import { readTimeframe, withDataFolder, type DataFlags } from "./data-context.ts";

export type DataRepairFlags = DataFlags & {
  readonly timeframe?: string;
  readonly from?: string;
  readonly to?: string;
  readonly mix?: true;
  readonly acceptLoss?: true;
};

/**
 * `kiwi data repair`: damaged files, gaps and impossible bars of one series. Exit 5 while bars that cannot be are left or
 * some are known to be missing, and that of a source that could not be asked while anything is left.
 */
export async function dataRepairCommand(
  shell: Shell,
  given: string,
  flags: DataRepairFlags,
): Promise<number> {
  const config = await configOf(shell, flags, fetchFlags);
  const wanted = flags.timeframe === undefined ? undefined : readTimeframe(flags.timeframe);
  const fromMs = flags.from === undefined ? undefined : readDay(flags.from, "--from");
  const toMs = flags.to === undefined ? undefined : readDay(flags.to, "--to");
  const places = { folder: shell.folder, env: shell.env };
  const sources = config.sources.length === 0 ? null : await openSources(config, places, shell.err);
  const ending = new AbortController();
  try {
    return await withDataFolder(shell, config, false, async ({ data, held }) => {
      const series = await seriesMeant(data, given, wanted);
      const wish = {
        ...series,
        fromMs,
        toMs,
        isMixed: flags.mix === true,
        isLossAccepted: flags.acceptLoss === true,
        signal: ending.signal,
      };
      const repaired = await interruptible(
        () => ending.abort(new Error("interrupted")),
        () => repairHeld(wish, data, held, sources),
      );
      print(shell, series, repaired, flags);
      return exitOf(repaired);
    });
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    shell.err("interrupted: what was repaired is kept; run the same command again to go on");
    return interruptedExit;
  } finally {
    await sources?.close();
  }
}

type Series = { readonly symbol: string; readonly timeframe: Timeframe };

/** What is to be repaired. Where damage keeps the folder from being listed, the words are taken as they are. */
async function seriesMeant(
  { store, ranges, path }: DataFolder,
  given: string,
  wanted: Timeframe | undefined,
): Promise<Series> {
  try {
    const held = [
      ...(await heldFor(store, [given], wanted)),
      ...(await store.missing()),
      ...(await ranges.all()),
    ];
    const symbol = heldSymbol(given, [...new Set(held.map((one) => one.symbol))], path);
    return { symbol, timeframe: heldTimeframe(held, symbol, wanted) };
  } catch (error) {
    const isDamaged = error instanceof KiwiError && error.parts.code === "STORE_DAMAGED";
    if (!isDamaged || wanted === undefined) throw error;
    return { symbol: given, timeframe: wanted };
  }
}

function isSound({ bars, missing }: Repaired): boolean {
  const isPossible = bars === null || bars.after.findings.every(({ severity }) => severity !== "error");
  return isPossible && missing.length === 0 && !isUnasked({ bars });
}

/** Whether something is left that a source was to be asked for, which could not be asked. */
function isUnasked({ bars }: Pick<Repaired, "bars">): boolean {
  const isLeft = bars?.ranges.some(({ remaining }) => remaining > 0) ?? false;
  return isLeft && bars!.failures.length > 0;
}

function exitOf(repaired: Repaired): number {
  if (isUnasked(repaired)) return exitCodeOf(repaired.bars!.failures[0]!.error);
  return isSound(repaired) ? exitCodes.ok : exitCodes.check;
}

function print(
  shell: Shell,
  { symbol, timeframe }: Series,
  repaired: Repaired,
  flags: DataRepairFlags,
): void {
  const { files, bars, missing, givenUp } = repaired;
  const failures = (bars?.failures ?? []).map(({ provider, error }) => ({
    provider,
    error: errorContent(error),
  }));
  if (flags.json === true) {
    const report =
      bars === null ? null : { ranges: bars.ranges, failures, before: bars.before, after: bars.after };
    const content = { symbol, timeframe, files, bars: report, missing, givenUp };
    shell.out(envelope("data-repair@1", content, isSound(repaired)));
    return;
  }
  shell.out(repairText(`${symbol} ${timeframe}`, repaired));
  for (const { error } of bars?.failures ?? []) shell.err(errorText(error, shell));
  if (bars !== null) return;
  const { lost } = files;
  const fromMs = lost.reduce((first, file) => Math.min(first, file.fromMs ?? Infinity), Infinity);
  const from = Number.isFinite(fromMs) ? ` --from ${formatTime(fromMs).slice(0, 10)}` : "";
  if (lost.length > 0)
    shell.out(`get the lost bars back: kiwi data download ${symbol} -t ${timeframe}${from} --source NAME`);
  else shell.out(`no source was named: gaps and impossible bars stay; add --source NAME to repair them`);
}
