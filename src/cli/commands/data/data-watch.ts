import { openSources, refuseTimeframe } from "../../../app/data/open-sources.ts";
import { watchBars } from "../../../app/data/watch-bars.ts";
import type { WatchedSymbol } from "../../../app/data/watch-progress.ts";
import { systemClock } from "../../../adapters/system-clock.ts";
import { exitCodes } from "../../../base/errors.ts";
import { formatDuration, formatTime, secondMs } from "../../../base/time.ts";
import type { LiveBar } from "../../../ports/bar-source.ts";
import { fetchFlags } from "../../flags/data-flags.ts";
import { interruptedExit, interruptible } from "../../interrupt.ts";
import { onKey } from "../../output/on-key.ts";
import { printError } from "../../output/print-error.ts";
import { table } from "../../output/table.ts";
import { safeText } from "../../output/safe-text.ts";
import type { Shell } from "../../shell.ts";
import { configOf } from "../../flags/config-of.ts";
import { readTimeframe, withDataFolder, type DataFlags } from "./data-context.ts";

export type DataWatchFlags = DataFlags & {
  readonly timeframe?: string;
  readonly store?: true;
  readonly limit?: number;
  readonly mix?: true;
};

/**
 * `kiwi data watch`: closed bars as they arrive. A table for people who watch, else a line for each bar and each change
 * of the stream. Ends with q (0), Ctrl-C (130), or after `--limit` bars (0).
 */
export async function dataWatchCommand(
  shell: Shell,
  symbols: readonly string[],
  flags: DataWatchFlags,
): Promise<number> {
  const config = await configOf(shell, flags, fetchFlags);
  const timeframe = readTimeframe(flags.timeframe ?? config.timeframe ?? "1m");
  const sources = await openSources(config, { folder: shell.folder, env: shell.env }, shell.err);
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, shell.outClosed]);
  const view = flags.json === true ? jsonView(shell) : shell.isWatched ? tableView(shell) : lineView(shell);
  let isInterrupted = false;
  try {
    refuseTimeframe(sources.source, timeframe, true);
    const request = { symbols, timeframe, limit: flags.limit ?? Infinity, signal, ...view };
    const release = shell.isInteractive ? onKey("q", () => ending.abort()) : () => {};
    const onInterrupt = (): void => {
      isInterrupted = true;
      ending.abort();
    };
    const watch = async (): Promise<void> => {
      if (flags.store !== true) return watchBars(request, sources, null);
      return withDataFolder(shell, config, true, async ({ data, held }) =>
        watchBars(request, sources, { data, held, isMixed: flags.mix === true }),
      );
    };
    await interruptible(onInterrupt, watch).finally(release);
    return isInterrupted ? interruptedExit : exitCodes.ok;
  } catch (error) {
    view.onEnd();
    return printError(shell, error, shell.args);
  } finally {
    await sources.close();
  }
}

/** Who hears what happens. */
type View = {
  readonly onBar: (bar: LiveBar, all: readonly WatchedSymbol[]) => void;
  readonly onState: (text: string, kind: string, atMs: number, all: readonly WatchedSymbol[]) => void;
  /** Called once a second. */
  readonly onTick: (all: readonly WatchedSymbol[]) => void;
  readonly onEnd: () => void;
};

/** One line of JSON for each bar and each change. */
function jsonView(shell: Shell): View {
  return {
    onBar: (bar) => shell.out(JSON.stringify({ schema: "data-watch-bar@1", ...bar })),
    onState: (text, kind, atMs) =>
      shell.out(JSON.stringify({ schema: "data-watch-state@1", kind, atMs, text })),
    onTick: () => {},
    onEnd: () => {},
  };
}

function lineView(shell: Shell): View {
  return {
    onBar: (bar) => shell.out(barLine(bar)),
    onState: (text) => shell.err(text),
    onTick: () => {},
    onEnd: () => {},
  };
}

function barLine({ symbol, closeTimeMs, open, high, low, close, volume, provider }: LiveBar): string {
  const from = provider === undefined ? "" : `  ${provider}`;
  return `${formatTime(closeTimeMs)}  ${symbol}  o ${open}  h ${high}  l ${low}  c ${close}  v ${volume}${from}`;
}

/** A table that is drawn over itself. */
function tableView(shell: Shell): View {
  let drawn = 0;
  let last = "";
  const erase = (): void => {
    if (drawn > 0) process.stderr.write(`\u001B[${drawn}A\u001B[J`);
    drawn = 0;
  };
  const draw = (all: readonly WatchedSymbol[]): void => {
    const text = `${watchTable(all)}\n${last}\nq ends`;
    erase();
    process.stderr.write(`${safeText(text)}\n`);
    drawn = text.split("\n").length;
  };
  return {
    onBar: (_bar, all) => draw(all),
    onState(text, _kind, _atMs, all) {
      last = text;
      draw(all);
    },
    onTick: draw,
    onEnd() {
      drawn = 0;
      shell.err("");
    },
  };
}

function watchTable(all: readonly WatchedSymbol[]): string {
  const nowMs = systemClock.nowMs();
  const right = { align: "right" } as const;
  return table(
    [
      { title: "symbol" },
      { title: "last close" },
      { title: "age", ...right },
      { title: "price", ...right },
      { title: "volume", ...right },
      { title: "bars", ...right },
      { title: "revised", ...right },
      { title: "state" },
    ],
    all.map(({ symbol, last, bars, revisions, state }) => [
      symbol,
      last === null ? "-" : formatTime(last.closeTimeMs),
      last === null ? "-" : formatDuration(Math.floor((nowMs - last.closeTimeMs) / secondMs) * secondMs),
      last === null ? "-" : String(last.close),
      last === null ? "-" : String(last.volume),
      String(bars),
      String(revisions),
      state,
    ]),
  );
}
