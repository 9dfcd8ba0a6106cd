import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../src/adapters/system-clock.ts";
import { bookLine, readBookLine } from "../src/app/emulator/emulator-books.ts";
import { replayBooks } from "../src/app/emulator/replay-books.ts";
import { BarTable } from "../src/domain/bar-table.ts";
import { timeframeMs, type Timeframe } from "../src/domain/timeframe.ts";
import {
  accountOptions,
  venueOptions,
  type AccountOptions,
} from "../src/emulator/exchange/account-options.ts";
import { Exchange } from "../src/emulator/exchange/exchange.ts";
import type { ExchangeAccount } from "../src/emulator/exchange/exchange-account.ts";
import type { Listing } from "../src/emulator/exchange/exchange-types.ts";
import { FaultPlan } from "../src/emulator/faults/fault-plan.ts";
import { parseFaults } from "../src/emulator/faults/parse-faults.ts";
import { MetatraderFace } from "../src/emulator/metatrader/metatrader-face.ts";
import type { TerminalSettings } from "../src/emulator/metatrader/terminal-context.ts";
import { controlFace } from "../src/emulator/wire/control-face.ts";
import { EmulatorHost } from "../src/emulator/wire/emulator-host.ts";
import type { Face } from "../src/emulator/wire/face.ts";
import type { FaceTools } from "../src/emulator/wire/face-tools.ts";
import { FolderHost } from "../src/emulator/wire/folder-host.ts";
import { Pace, type PaceOptions } from "../src/emulator/wire/pace.ts";
import type { Clock } from "../src/ports/clock.ts";

/** Bars that a test writes down: open, high, low, close, and volume if it matters. */
export type TapeQuad = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** An emulator on a port of its own, with the exchange behind it in reach. */
export type EmulatorLab = {
  readonly exchange: Exchange;
  readonly account: ExchangeAccount;
  readonly faults: FaultPlan;
  readonly host: EmulatorHost;
  readonly url: string;
  readonly wsUrl: string;
  /** The venue's program goes for a while and comes back on the same port, with its books and without its connections. */
  restart(awayMs: number): Promise<void>;
  close(): Promise<void>;
};

export type LabOptions = {
  readonly listings: readonly Listing[];
  readonly timeframe: Timeframe;
  readonly startMs: number;
  /** The same for every listing. */
  readonly quads: readonly TapeQuad[];
  readonly face: (tools: FaceTools) => Face;
  readonly faults?: string;
  readonly pace?: PaceOptions;
  readonly account?: Partial<AccountOptions>;
  readonly clock?: Clock;
  readonly hasHedgeMode?: boolean;
  /** Bars that have been played before anybody trades; 1 where nothing is said. */
  readonly historyBars?: number;
  readonly marks?: readonly TapeQuad[];
};

/** Bars of a timeframe, the first of which opens at `startMs`. */
export function tapeBars(
  symbol: string,
  timeframe: Timeframe,
  startMs: number,
  quads: readonly TapeQuad[],
): BarTable {
  const bars = new BarTable(symbol, timeframe);
  const spanMs = timeframeMs(timeframe);
  quads.forEach(([open, high, low, close, volume = 1_000], k) =>
    bars.append(startMs + (k + 1) * spanMs, open, high, low, close, volume),
  );
  return bars;
}

/** Starts an emulator; its history has been played. */
export async function startLab(options: LabOptions): Promise<EmulatorLab> {
  const { clock = systemClock } = options;
  const lines: string[] = [];
  const faults = new FaultPlan(parseFaults(options.faults ?? ""));
  let life = beginLife(options, clock, faults, lines);
  const port = await life.host.listen(0);
  life.pace.start();
  return {
    get exchange() {
      return life.exchange;
    },
    get account() {
      return life.account;
    },
    faults,
    get host() {
      return life.host;
    },
    async restart(awayMs) {
      await life.host.close();
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      life = beginLife(options, clock, faults, lines);
      await life.host.listen(port);
      life.pace.start();
    },
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    close: () => life.host.close(),
  };
}

/** A venue's program from its start: nothing of an earlier one is left but what its books say. */
function beginLife(options: LabOptions, clock: Clock, faults: FaultPlan, lines: string[]) {
  const { listings, timeframe, startMs, quads, marks } = options;
  const exchange = new Exchange({
    listings,
    bars: listings.map(({ symbol }) => tapeBars(symbol, timeframe, startMs, quads)),
    ...(marks === undefined
      ? {}
      : { markBars: listings.map(({ symbol }) => tapeBars(symbol, timeframe, startMs, marks)) }),
    hasHedgeMode: options.hasHedgeMode ?? false,
    seed: 1,
  });
  const venue = venueOptions("margin", { maker: 0, taker: 0 });
  const account = exchange.openAccount(accountOptions({ venue, ...options.account }));
  for (let k = 0; k < (options.historyBars ?? 1); k++) exchange.advance();
  const pace = new Pace(exchange, clock, options.pace ?? { kind: "manual" });
  const watch = (change: number): void => void (pace.watchers += change);
  const face = options.face({ exchange, faults, clock, watch });
  replayBooks(exchange, { path: "memory", entries: lines.map(readBookLine) });
  exchange.keepBooks((entry) => lines.push(bookLine(entry)) > 0);
  return { exchange, account, pace, host: new EmulatorHost({ face, exchange, pace, faults, clock }) };
}

/** An emulator behind a folder: `folder` is the terminal's MQL5/Files, and `terminal` what looks at it. */
export type TerminalLab = EmulatorLab & { readonly folder: string; readonly terminal: FolderHost };

/** Starts a terminal over an emulator. Its folder goes when it is closed. */
export async function startTerminalLab(
  options: Omit<LabOptions, "face">,
  settings: Partial<TerminalSettings> = {},
): Promise<TerminalLab> {
  const { clock = systemClock } = options;
  let tools: FaceTools | null = null;
  const lab = await startLab({
    ...options,
    face: (given) => {
      tools = given;
      return controlFace;
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "kiwi-terminal-"));
  const terminal = new FolderHost({
    face: new MetatraderFace(tools!, lab.account, settings),
    pace: new Pace(lab.exchange, clock, options.pace ?? { kind: "manual" }),
    faults: lab.faults,
    clock,
    folder,
    pollMs: 3,
    silenceMs: 300,
  });
  terminal.start();
  return {
    ...lab,
    folder,
    terminal,
    async close() {
      terminal.close();
      await lab.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A Python with the clients of other people in it; null where nobody has made one. docs/how-to/emulator.md says how. */
export function clientsPython(name = "clients"): string | null {
  const path = join(homedir(), ".cache", "kiwi", name, "bin", "python");
  return existsSync(path) ? path : null;
}

/** Runs a piece of Python and returns what it printed; throws with what it complained about. */
export function runPython(python: string, code: string, timeoutMs = 60_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-c", code], { stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs });
    let out = "";
    let complaint = "";
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
    child.on("close", (code) => {
      if (code === 0) resolve(out.trim());
      else reject(new Error(`Python ended with ${code}\n${out}\n${complaint}`));
    });
  });
}
