import type { KiwiError } from "../../../base/errors.ts";
import { dayMs, formatDuration, formatTime } from "../../../base/time.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import { sleep, type Clock } from "../../../ports/clock.ts";
import { longestMs, shortestMs } from "../shared/bar-grid.ts";
import { describeRange, type PageRequest } from "../shared/make-source.ts";
import { doubtIn, type VenuePage } from "../shared/read-page.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";
import { requestRefused } from "../shared/source-errors.ts";
import type { ServerTime } from "./server-time.ts";
import { historyMissing, serverZoneWrong } from "./terminal-errors.ts";
import { frameOf } from "./terminal-frames.ts";
import { historySchema, toRow, type TerminalMessage } from "./terminal-messages.ts";
import type { Heard, Question, Terminal } from "./terminal.ts";

/** Rows of one answer: the terminal builds it as one text. A week at least, so that no window is all weekend. */
export const terminalPageRows = 10_080;
const windowRows = 5_000;
const windowMsMin = 7 * dayMs;
/** Longer than any holiday: a stretch without a bar is shown to be one by a bar before it. */
const lookBackMs = 10 * dayMs;
/** The first question for old bars makes the terminal load them: it says no until it has. */
const refusalsMax = 3;
const loadingMs = 500;

/** Bars, or that the bridge could not get any: DWX Connect does not say whether there are none. */
type HistoryAnswer =
  | { readonly kind: "rows"; readonly rows: readonly VenueRow[] }
  | { readonly kind: "none"; readonly said: string };

export type HistoryOptions = {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly server: ServerTime;
  readonly clockSkewMsMax: number;
  readonly unknownSymbol: (symbol: string) => Promise<KiwiError>;
};

/** Asks a terminal for history, window by window. */
export class TerminalHistory {
  private readonly options: HistoryOptions;

  constructor(options: HistoryOptions) {
    this.options = options;
  }

  /** The range in windows, oldest first. */
  async *pages(request: PageRequest): AsyncGenerator<VenuePage> {
    const { fromMs, toMs, timeframe } = request;
    const { clock } = this.options;
    const windowMs = Math.max(windowMsMin, windowRows * timeframeMs(timeframe));
    let startMs = Math.max(0, fromMs - longestMs(timeframe));
    let hasBegun = false;
    let hasJumped = false;
    while (startMs < toMs - shortestMs(timeframe) && startMs <= clock.nowMs()) {
      const endMs = Math.min(startMs + windowMs, toMs) - 1;
      const generatedMs = clock.nowMs();
      const found = await this.window(request, startMs, endMs, !hasBegun && !hasJumped);
      if (found.kind === "begins") {
        startMs = found.atMs;
        hasJumped = true;
        continue;
      }
      hasBegun ||= found.rows.length > 0;
      yield { rows: found.rows, askedFromMs: found.askedFromMs, askedToMs: endMs, generatedMs };
      startMs = endMs + 1;
    }
  }

  /** The rows that begin in a range of UTC times, both ends included, and whether the bridge could get any. */
  async ask(
    symbol: string,
    timeframe: Timeframe,
    fromMs: number,
    toMs: number,
    signal?: AbortSignal,
  ): Promise<HistoryAnswer> {
    const question = this.question(symbol, timeframe, fromMs, toMs);
    let answer: HistoryAnswer = { kind: "none", said: "" };
    for (let tries = 0; tries < refusalsMax; tries++) {
      answer = await this.options.terminal.ask(question, signal);
      if (answer.kind === "rows") return this.checkTimes(answer);
      await sleep(this.options.clock, loadingMs * (tries + 1), signal);
    }
    return answer;
  }

  private async window(
    request: PageRequest,
    startMs: number,
    endMs: number,
    mayJump: boolean,
  ): Promise<
    | { readonly kind: "rows"; readonly rows: readonly VenueRow[]; readonly askedFromMs: number }
    | { readonly kind: "begins"; readonly atMs: number }
  > {
    const { symbol, timeframe, signal } = request;
    const answer = await this.ask(symbol, timeframe, startMs, endMs, signal);
    if (answer.kind === "rows") return { ...answer, askedFromMs: startMs };
    const askedFromMs = Math.max(0, startMs - lookBackMs);
    const wider = await this.ask(symbol, timeframe, askedFromMs, endMs, signal);
    if (wider.kind === "rows") return { ...wider, askedFromMs };
    const atMs = mayJump ? await this.firstDayMs(request, endMs) : null;
    if (atMs !== null) return { kind: "begins", atMs };
    throw historyMissing(describeRange(request, startMs), answer.said);
  }

  /**
   * The first day with bars, when it lies behind the window that has none. If the shorter bars do not begin there too,
   * the terminal keeps fewer of them than there are: that is told, not passed over.
   */
  private async firstDayMs(request: PageRequest, endMs: number): Promise<number | null> {
    const { symbol, timeframe, toMs, signal } = request;
    if (timeframeMs(timeframe) >= dayMs || endMs + 1 >= toMs) return null;
    const days = await this.ask(symbol, "1d", endMs + 1, toMs - 1, signal);
    return days.kind === "rows" ? (days.rows[0]?.openMs ?? null) : null;
  }

  private question(
    symbol: string,
    timeframe: Timeframe,
    fromMs: number,
    toMs: number,
  ): Question<HistoryAnswer> {
    const { server } = this.options;
    const frame = frameOf(timeframe);
    const key = `${symbol}_${frame}`;
    const what = `${symbol} ${timeframe} bars from ${formatTime(fromMs)}`;
    // The bridge takes its server's wall clock, in seconds, both ends included.
    const ends = [Math.ceil(server.wallOf(fromMs) / 1000), Math.floor(server.wallOf(toMs) / 1000)];
    return {
      what,
      command: "GET_HISTORIC_DATA",
      content: [symbol, frame, ...ends].join(","),
      answerFile: "DWX_Historic_Data.txt",
      read: (value) => readHistory(value, key, server, fromMs, toMs),
      hear: (message) => this.hear(message, what, symbol, key),
    };
  }

  private hear(
    { type, error_type: kind = "", description: said = "" }: TerminalMessage,
    what: string,
    symbol: string,
    key: string,
  ): Heard<HistoryAnswer> | null {
    if (type !== "ERROR") return null;
    if (kind === "HISTORIC_DATA_SELECT_SYMBOL" && said.includes(symbol)) {
      return { kind: "refuse", error: () => this.options.unknownSymbol(symbol) };
    }
    if (kind === "HISTORIC_DATA" && said.includes(key))
      return { kind: "answer", value: { kind: "none", said } };
    if (kind === "HISTORIC_DATA_LOADING" && said.includes(key)) return { kind: "retry", reason: said };
    return kind.includes("WRONG_FORMAT")
      ? { kind: "refuse", error: requestRefused("MetaTrader", what, said) }
      : null;
  }

  private checkTimes(answer: Extract<HistoryAnswer, { kind: "rows" }>): HistoryAnswer {
    const { clock, clockSkewMsMax, server } = this.options;
    const nowMs = clock.nowMs();
    const newestMs = Math.max(...answer.rows.slice(-1).map(({ openMs }) => openMs));
    if (!(newestMs > nowMs + clockSkewMsMax)) return answer;
    const aheadMs = newestMs - nowMs;
    throw serverZoneWrong(server.name, `a bar would begin ${formatDuration(aheadMs)} from now`, null);
  }
}

function readHistory(
  value: unknown,
  key: string,
  server: ServerTime,
  fromMs: number,
  toMs: number,
): Heard<HistoryAnswer> | null {
  const parsed = historySchema.safeParse(value);
  if (!parsed.success) return { kind: "retry", reason: "an answer of another shape" };
  const bars = Object.hasOwn(parsed.data, key) ? parsed.data[key] : undefined;
  if (bars === undefined) return null;
  const rows = Object.entries(bars).map(([time, bar]) => toRow(time, bar, server));
  // An answer to a question that was given up may come after the next was asked.
  const doubt = doubtIn(rows, fromMs, toMs);
  return doubt === null
    ? { kind: "answer", value: { kind: "rows", rows } }
    : { kind: "retry", reason: doubt };
}
