import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { connectDemo, type DemoPlace } from "../../src/app/trading/demo/demo-connection.ts";
import { knownAccounts } from "../../src/app/trading/account-record.ts";
import type { ComparedDay } from "../../src/app/trading/comparison-book.ts";
import { findSession, sessionPaths } from "../../src/app/trading/session-folder.ts";
import { readStatus, type SessionStatus } from "../../src/app/trading/session-status.ts";
import type { BrokerConnection } from "../../src/ports/broker-connection.ts";
import { runKiwi, type Outcome } from "../run-kiwi.ts";

const launcher = join(import.meta.dirname, "..", "..", "bin", "kiwi.js");

/** A demo that trades in a process of its own, as a person would start it. */
export class DemoBench {
  readonly home: string;
  readonly folder: string;
  private child: ChildProcess | null = null;
  private robotPid = 0;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "kiwi-demo-"));
    this.home = join(this.folder, "home");
  }

  /** Starts the demo and waits until it has filled something. */
  startUntilFilled(msMax: number, ...strategies: readonly string[]): Promise<SessionStatus> {
    return this.startUntil((one) => one.fills.length > 0, msMax, ...strategies);
  }

  /** Starts the demo and waits until its status says something. */
  async startUntil(
    isTrue: (status: SessionStatus) => boolean,
    msMax: number,
    ...words: readonly string[]
  ): Promise<SessionStatus> {
    this.child = spawn(process.execPath, [launcher, "paper", "start", "--demo", ...words], {
      cwd: this.folder,
      env: this.env(),
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child.stderr!.resume();
    const status = await this.until(isTrue, msMax);
    this.robotPid = findSession(this.home, undefined).pid;
    return status;
  }

  /** Runs a command to its end beside the demo, in this process: it knows of the demo what stands on the disk. */
  run(...args: readonly string[]): Promise<Outcome> {
    return runKiwi(this.folder, args, { KIWI_HOME: this.home });
  }

  /** The same in a process of its own, as in another terminal. */
  async runElsewhere(...args: readonly string[]): Promise<Outcome> {
    const child = spawn(process.execPath, [launcher, ...args], { cwd: this.folder, env: this.env() });
    let [out, err] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (err += data.toString()));
    const [code] = (await once(child, "close")) as [number];
    return { code, out, err };
  }

  /** Waits until the status says something. */
  async until(isTrue: (status: SessionStatus) => boolean, msMax: number): Promise<SessionStatus> {
    for (const endMs = Date.now() + msMax; Date.now() < endMs;) {
      const status = this.status();
      if (status !== null && isTrue(status)) return status;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`did not happen within ${msMax} ms: ${JSON.stringify(this.status()?.robot.counts)}`);
  }

  /** The rows of a table of the state database, in their order. */
  table(name: string): readonly Readonly<Record<string, unknown>>[] {
    const database = new Database(join(this.home, "state.sqlite"), { readonly: true });
    try {
      return database.prepare(`SELECT * FROM ${name} ORDER BY rowid`).all() as Record<string, unknown>[];
    } finally {
      database.close();
    }
  }

  /** The days of the newest session beside its backtest. */
  comparedDays(): readonly ComparedDay[] {
    const path = sessionPaths(this.home, findSession(this.home, undefined).id).comparison;
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as ComparedDay);
  }

  /** Takes what is known of accounts and sessions away, as a lost disk would. */
  moveHome(): void {
    renameSync(this.home, `${this.home}-lost`);
  }

  /** Asks the venue itself, past the robot. */
  async askVenue<T>(ask: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    const { port, startWallMs } = knownAccounts(this.home)[0]!.broker as unknown as DemoPlace;
    const connection = connectDemo({ port, startWallMs });
    try {
      await connection.open({ onOrder() {}, onFill() {}, onLine() {} }, new AbortController().signal);
      return await ask(connection);
    } finally {
      await connection.close();
    }
  }

  /** Stops or continues the process that trades; its venue and its watchdog go on. */
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
    process.kill(this.robotPid, signal);
  }

  /** Waits until the process has ended. */
  async ended(): Promise<void> {
    if (this.child?.exitCode === null && this.child.signalCode === null) await once(this.child, "close");
  }

  async remove(): Promise<void> {
    if (this.robotPid > 0 && this.child?.exitCode === null) {
      this.signal("SIGCONT");
      this.child.kill("SIGKILL");
      await this.ended();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the newest session said of itself last. */
  status(): SessionStatus | null {
    try {
      return readStatus(sessionPaths(this.home, findSession(this.home, undefined).id).status);
    } catch {
      return null;
    }
  }

  private env(): NodeJS.ProcessEnv {
    return { ...process.env, KIWI_HOME: this.home };
  }
}
