import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverTime, type ServerTime } from "../../src/adapters/sources/metatrader/server-time.ts";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import { candleAt } from "./fake-candles.ts";
import { ManualClock } from "./manual-clock.ts";

const timerMsDefault = 25;
const spansMs: Readonly<Record<string, number>> = {
  M1: 60_000,
  M5: 300_000,
  M15: 900_000,
  M30: 1_800_000,
  H1: 3_600_000,
  H4: 14_400_000,
  D1: 86_400_000,
};

/** What goes wrong with one request for history, instead of its answer. */
export type TerminalFault =
  | { readonly kind: "silent" }
  /** Half of the file; the rest `restMs` later, or never. */
  | { readonly kind: "torn"; readonly restMs: number | null }
  | { readonly kind: "late"; readonly delayMs: number }
  | { readonly kind: "error"; readonly errorType: string; readonly description: string }
  | { readonly kind: "otherKey" }
  /** The file cannot be read until `freeMs` later. */
  | { readonly kind: "inUse"; readonly freeMs: number }
  | { readonly kind: "restart"; readonly downMs: number };

export type FakeTerminalOptions = {
  /** The bridge of Kiwi, or DWX Connect: no heartbeat, no symbols, bar data of what is new only, errors for nothing. */
  readonly bridge?: "kiwi" | "dwx";
  readonly serverTime?: string;
  readonly listedMs?: number;
  readonly calendarName?: string;
  readonly encoding?: "utf8" | "utf16le";
  /** How often the bridge looks; default 25 ms. */
  readonly timerMs?: number;
};

/** A terminal with a bridge in it: reads commands from a folder and writes answers there, by the clock. */
export class FakeTerminal {
  readonly folder = mkdtempSync(join(tmpdir(), "kiwi-terminal-"));
  readonly commands: string[] = [];
  readonly faults: TerminalFault[] = [];
  symbols = ["EURUSD", "GBPUSD"];
  isConnected = true;
  /** How far the machine of the terminal is ahead of the clock. */
  skewMs = 0;
  /** How long after a bar's end the first tick comes. */
  firstTickMs = 300;
  /** Minutes of UTC, by their start, in which no tick came. */
  readonly quietMs = new Set<number>();
  server: ServerTime;
  private readonly options: FakeTerminalOptions;
  private readonly clock: ManualClock;
  private subscriptions: { readonly symbol: string; readonly frame: string; publishedMs: number }[] = [];
  private messages: (readonly [number, unknown])[] = [];
  private seen = new Set<string>();
  private barData: Record<string, unknown> = {};
  private beatAtMs = Number.NEGATIVE_INFINITY;
  private startedMs = 0;
  private cancel = (): void => {};

  constructor(clock: ManualClock, options: FakeTerminalOptions = {}) {
    this.clock = clock;
    this.options = options;
    this.server = serverTime(options.serverTime ?? "America/New_York+7");
    this.start();
  }

  /** The terminal is opened: the bridge empties the folder and forgets everything. */
  start(): void {
    mkdirSync(join(this.folder, "DWX"), { recursive: true });
    this.startedMs = this.clock.nowMs();
    for (const name of ["Messages", "Bar_Data", "Historic_Data", "Orders", "Commands_0", "Heartbeat"])
      this.remove(name);
    this.subscriptions = [];
    this.messages = [];
    this.seen = new Set();
    this.barData = {};
    this.beatAtMs = Number.NEGATIVE_INFINITY;
    this.schedule();
  }

  /** The terminal hangs, or is killed: files stay as they are. */
  stop(): void {
    this.cancel();
  }

  /** Ends it for good. */
  close(): void {
    this.cancel();
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, "DWX", `DWX_${name}.txt`);
  }

  /** Writes a file, or the first part of it; a test may put a faulty one in its place. */
  write = (name: string, value: unknown, share = 1): void => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const part = text.slice(0, Math.floor(text.length * share));
    const isWide = this.options.encoding === "utf16le";
    writeFileSync(this.path(name), isWide ? Buffer.from(`\uFEFF${part}`, "utf16le") : part);
  };

  /** The newest 50 messages; the order of the keys means nothing. */
  say(message: Readonly<Record<string, string>>): void {
    const number = Math.max(this.clock.nowMs() - this.startedMs, (this.messages[0]?.[0] ?? 0) + 1);
    this.messages = [[number, message] as const, ...this.messages].slice(0, 50);
    // Numbers as keys would be put in order by JavaScript, words would not: the terminal writes text.
    const members = this.messages.map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
    this.write("Messages", `{${members.join(", ")}}`);
  }

  private remove(name: string): void {
    rmSync(this.path(name), { force: true, recursive: true });
  }

  private schedule(): void {
    this.cancel = this.clock.schedule(this.options.timerMs ?? timerMsDefault, () => {
      this.schedule();
      this.readCommands();
      this.beat();
      this.publishBars();
    });
  }

  private readCommands(): void {
    for (let index = 0; index < 50; index++) {
      const path = this.path(`Commands_${index}`);
      if (!existsSync(path)) return;
      const text = readFileSync(path, "utf8");
      rmSync(path);
      const [id = "", command = "", content = ""] = /^<:(.*):>$/.exec(text)?.[1]?.split("|") ?? [];
      this.commands.push(text);
      if (command !== "RESET_COMMAND_IDS" && this.seen.has(id)) continue;
      this.seen.add(id);
      if (command === "GET_HISTORIC_DATA") this.answerHistory(content.split(","));
      if (command === "SUBSCRIBE_SYMBOLS_BAR_DATA") this.subscribe(content);
      if (command === "GET_SYMBOLS" && this.options.bridge !== "dwx") this.answerSymbols();
    }
  }

  private subscribe(content: string): void {
    const words = content.split(",");
    const pairs = words.flatMap((symbol, k) => (k % 2 === 0 ? [{ symbol, frame: words[k + 1]! }] : []));
    const unknown = pairs.filter(({ symbol }) => !this.symbols.includes(symbol));
    this.subscriptions = pairs
      .filter(({ symbol }) => this.symbols.includes(symbol))
      .map((pair) => ({ ...pair, publishedMs: 0 }));
    if (unknown.length === 0) {
      this.say({ type: "INFO", message: `Successfully subscribed to bar data: ${content}` });
    } else {
      const names = unknown.map(({ symbol }) => `'${symbol}'`).join(", ");
      this.say({
        type: "ERROR",
        error_type: "SUBSCRIBE_BAR_DATA",
        description: `Could not subscribe to bar data for: [${names}]`,
      });
    }
  }

  private answerSymbols(): void {
    const info = {
      base: "EUR",
      quote: "USD",
      tick_size: 0.00001,
      volume_step: 0.01,
      contract_size: 100_000,
      is_trading: true,
      kind: "forex",
    };
    this.write("Symbols", Object.fromEntries(this.symbols.map((symbol) => [symbol, info])));
  }

  private answerHistory([symbol = "", frame = "", from = "", to = ""]: readonly string[]): void {
    const fault = this.faults.shift();
    const key = `${symbol}_${frame}`;
    const refuse = (errorType: string, description: string): void =>
      this.say({ type: "ERROR", error_type: errorType, description });
    if (!this.symbols.includes(symbol)) {
      return refuse("HISTORIC_DATA_SELECT_SYMBOL", `Could not select symbol ${symbol} in market watch.`);
    }
    const bars = this.history(frame, Number(from) * 1000, Number(to) * 1000);
    if (this.options.bridge === "dwx" && Object.keys(bars).length === 0 && fault === undefined) {
      return refuse("HISTORIC_DATA", `Could not get historic data for ${key}: history not found`);
    }
    const answer = { [key]: bars };
    switch (fault?.kind) {
      case undefined:
        return this.write("Historic_Data", answer);
      case "silent":
        return;
      case "torn":
        this.write("Historic_Data", answer, 0.5);
        if (fault.restMs !== null)
          this.clock.schedule(fault.restMs, () => this.write("Historic_Data", answer));
        return;
      case "late":
        this.clock.schedule(fault.delayMs, () => this.write("Historic_Data", answer));
        return;
      case "error":
        return refuse(fault.errorType, fault.description);
      case "otherKey":
        return this.write("Historic_Data", { USDJPY_M1: bars });
      case "inUse":
        mkdirSync(this.path("Historic_Data"));
        this.clock.schedule(fault.freeMs, () => {
          this.remove("Historic_Data");
          this.write("Historic_Data", answer);
        });
        return;
      case "restart":
        this.stop();
        this.clock.schedule(fault.downMs, () => this.start());
    }
  }

  /** Bars with server times, the open one included, as `CopyRates` gives them. */
  private history(frame: string, fromWallMs: number, toWallMs: number): Record<string, unknown> {
    const spanMs = spansMs[frame]!;
    const bars: Record<string, unknown> = {};
    const nowMs = this.clock.nowMs();
    const listedMs = this.options.listedMs ?? 0;
    for (let wallMs = Math.ceil(fromWallMs / spanMs) * spanMs; wallMs <= toWallMs; wallMs += spanMs) {
      const openMs = this.server.toUtc(wallMs);
      if (openMs > nowMs) break;
      if (openMs >= listedMs && this.hasTick(openMs, spanMs)) bars[wallText(wallMs)] = barAt(wallMs, spanMs);
    }
    return bars;
  }

  private hasTick(openMs: number, spanMs: number): boolean {
    const calendar = calendarNamed(this.options.calendarName ?? "24/5");
    if (spanMs === 60_000 && this.quietMs.has(openMs)) return false;
    for (let timeMs = openMs; timeMs < openMs + spanMs; timeMs += Math.min(spanMs, 3_600_000)) {
      if (calendar.isOpen(timeMs)) return true;
    }
    return false;
  }

  private publishBars(): void {
    const fresh: Record<string, unknown> = {};
    for (const subscription of this.subscriptions) {
      const spanMs = spansMs[subscription.frame]!;
      const wallMs = this.server.wallOf(this.clock.nowMs() - this.firstTickMs);
      let openWallMs = Math.floor(wallMs / spanMs) * spanMs - spanMs;
      while (!this.hasTick(this.server.toUtc(openWallMs), spanMs)) openWallMs -= spanMs;
      if (openWallMs <= subscription.publishedMs) continue;
      subscription.publishedMs = openWallMs;
      fresh[`${subscription.symbol}_${subscription.frame}`] = {
        time: wallText(openWallMs),
        ...barAt(openWallMs, spanMs),
      };
    }
    if (Object.keys(fresh).length === 0) return;
    this.barData = this.options.bridge === "dwx" ? fresh : { ...this.barData, ...fresh };
    this.write("Bar_Data", this.barData);
  }

  private beat(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.beatAtMs < 1_000) return;
    this.beatAtMs = nowMs;
    this.write("Orders", { account_info: { number: 1 }, orders: {}, at: nowMs });
    if (this.options.bridge === "dwx") return;
    const utcMs = nowMs + this.skewMs;
    this.write("Heartbeat", {
      bridge: "KiwiBridge",
      started: String(this.startedMs),
      server_time: wallText(this.server.wallOf(utcMs), true),
      utc_time: wallText(utcMs, true),
      connected: this.isConnected,
    });
  }
}

function barAt(wallMs: number, spanMs: number): Record<string, number> {
  const { open, high, low, close, volume } = candleAt(wallMs, spanMs);
  return {
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: Number(close),
    tick_volume: Math.round(Number(volume) * 8),
  };
}

function wallText(wallMs: number, hasSeconds = false): string {
  const text = new Date(wallMs).toISOString();
  return text
    .slice(0, hasSeconds ? 19 : 16)
    .replaceAll("-", ".")
    .replace("T", " ");
}

/** Lets time pass until a promise is settled. */
export async function drive<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const state = { isSettled: false };
  const settle = (): void => void (state.isSettled = true);
  promise.then(settle, settle);
  while (!state.isSettled) await step(clock, timerMsDefault);
  return promise;
}

/** Lets time pass by one step, and then waits for the file system: its delays are no time that passes here. */
export async function step(clock: ManualClock, spanMs: number): Promise<void> {
  await clock.advance(spanMs);
  for (let quietTurns = 0; quietTurns < 4;) {
    await new Promise((resolve) => setImmediate(resolve));
    const isBusy = process.getActiveResourcesInfo().some((name) => /^(FSReq|File|CloseReq)/.test(name));
    quietTurns = isBusy ? 0 : quietTurns + 1;
  }
}
