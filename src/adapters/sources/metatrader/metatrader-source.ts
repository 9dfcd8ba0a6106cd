import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import type { BarSource } from "../../../ports/bar-source.ts";
import { LiveStream } from "../shared/live-stream.ts";
import { makeSource } from "../shared/make-source.ts";
import { resolveOptions, type SourceOptions } from "../shared/source-options.ts";
import type { StreamEvent, StreamTopic } from "../shared/stream-events.ts";
import { SymbolList } from "../shared/symbol-list.ts";
import { listSymbols } from "./list-symbols.ts";
import { serverTime } from "./server-time.ts";
import { findTerminalFolder } from "./find-terminal-folder.ts";
import { TerminalFiles } from "./terminal-files.ts";
import { terminalCloses, terminalTimeframes } from "./terminal-frames.ts";
import { TerminalHistory, terminalPageRows } from "./terminal-history.ts";
import { openTerminalWire, type WireOptions } from "./terminal-wire.ts";
import { Terminal } from "./terminal.ts";

type Shared = "clock" | "prng" | "retry" | "clockSkewMsMax" | "settleMs" | "bufferMax" | "staleAfterMs";

export type MetatraderOptions = Pick<SourceOptions, Shared> & {
  /** `MQL5/Files` of the terminal's data folder, or the folder `DWX` in it. */
  readonly folder: string;
  /** What time the broker's server shows: `America/New_York+7`, `Europe/Athens`, `UTC+2`. */
  readonly serverTime: string;
  /** When the symbols trade; default `24/5`, the currency week. */
  readonly calendarName?: string;
  /** How often the folder is looked at. */
  readonly pollMs?: number;
  /** How long the bridge may take to notice a command. */
  readonly pickupMsMax?: number;
  /** How long an answer may take: the terminal may have to load it from the broker. */
  readonly answerMsMax?: number;
};

/**
 * Bars of a MetaTrader 5 terminal on this machine, by the file protocol of DWX Connect: KiwiBridge, or the Expert
 * Advisor of DWX Connect, runs in the terminal. Volume is the number of ticks. One Kiwi per terminal.
 * Throws `TERMINAL_FOLDER_MISSING`, `SERVER_TIME_INVALID`, `TIME_ZONE_UNKNOWN`, `CALENDAR_UNKNOWN`.
 */
export async function metatraderSource(options: MetatraderOptions): Promise<BarSource> {
  const resolved = resolveOptions(options);
  const { clock, settleMs } = resolved;
  const server = serverTime(options.serverTime);
  const calendarName = options.calendarName ?? "24/5";
  const calendar = calendarNamed(calendarName);
  const shared = {
    ...resolved,
    server,
    calendar,
    files: new TerminalFiles(await findTerminalFolder(options.folder)),
    pollMs: options.pollMs ?? 50,
    staleAfterMs: options.staleAfterMs ?? 15_000,
  };
  const terminal = new Terminal({
    ...shared,
    pickupMsMax: options.pickupMsMax ?? 10_000,
    answerMsMax: options.answerMsMax ?? 30_000,
  });
  const symbols = new SymbolList(clock, "MetaTrader", (signal) =>
    listSymbols(terminal, calendarName, signal),
  );
  const reach = { ...shared, terminal, unknownSymbol: (symbol: string) => symbols.unknown(symbol) };
  const history = new TerminalHistory(reach);
  const wire: WireOptions = { ...reach, history, wanted: new Set<readonly StreamTopic[]>() };
  return makeSource({
    name: "MetaTrader",
    capabilities: {
      timeframes: terminalTimeframes,
      streamTimeframes: terminalTimeframes,
      pageRowsMax: terminalPageRows,
      pageOrder: "oldest-first",
      hasVolume: true,
      needsCredentials: false,
      calendarName,
    },
    clock,
    settleMsOf: () => settleMs,
    closesOf: (timeframe) => terminalCloses(timeframe, server, calendar),
    pages: (request) => history.pages(request),
    listSymbols: (signal) => symbols.all(signal),
    stream: (request) =>
      new LiveStream(request, {
        ...shared,
        topicsPerConnection: Number.POSITIVE_INFINITY,
        // A terminal makes no bar where no tick came, so that a hole is no loss; the wire knows when it is silent.
        isContinuous: false,
        isQuiet: () => true,
        closesOf: (timeframe) => terminalCloses(timeframe, server, calendar),
        interpreter: () => (event) => [event as StreamEvent],
        openWire: (topics, events) => openTerminalWire(wire, topics, events),
      }),
  });
}
