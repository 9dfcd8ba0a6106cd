import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { secondMs } from "../../base/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FaultPlan } from "../faults/fault-plan.ts";
import type { FileChange, FolderFace } from "./folder-face.ts";
import type { Pace } from "./pace.ts";

/** A program that was silenced says nothing for so long, and then goes on. */
const silenceMsDefault = 3 * secondMs;
const beatEveryMs = secondMs;
const answersKeptMs = 60 * secondMs;
const commandName = /^DWX_Commands_(\d+)\.txt$/;

export type FolderHostOptions = {
  readonly face: FolderFace;
  readonly pace: Pace;
  readonly faults: FaultPlan;
  readonly clock: Clock;
  /** `MQL5/Files` of a terminal that is not there: the folder `DWX` is made in it. */
  readonly folder: string;
  /** How often the folder is looked at. */
  readonly pollMs: number;
  readonly silenceMs?: number;
};

/** Serves a face through a folder, with the faults of a plan in between. Files are put whole, by renaming. */
export class FolderHost {
  /** Commands that were taken, those with a fault included. */
  commandCount = 0;
  private readonly options: FolderHostOptions;
  private readonly folder: string;
  private readonly last = new Map<string, string>();
  private readonly answeredMs = new Map<string, number>();
  private cancel = (): void => {};
  private beatAtMs = Number.NEGATIVE_INFINITY;
  private silentUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: FolderHostOptions) {
    this.options = options;
    this.folder = join(options.folder, "DWX");
  }

  /** Makes the folder, empties it of what an earlier life left, and begins to look. Throws what the file system throws. */
  start(): void {
    mkdirSync(this.folder, { recursive: true });
    this.empty();
    this.beat(true);
    this.schedule();
  }

  /** Ends it, and leaves nothing behind that looks alive. */
  close(): void {
    this.cancel();
    this.options.pace.stop();
    this.empty();
  }

  /** The bridge is taken off its chart and attached again. */
  restart(): void {
    this.empty();
    this.options.face.restart();
    this.beat(true);
  }

  /** The terminal hangs: what is written stays as it is, and commands lie there. */
  freeze(spanMs: number): void {
    this.silentUntilMs = this.options.clock.nowMs() + spanMs;
  }

  private schedule(): void {
    this.cancel = this.options.clock.schedule(this.options.pollMs, () => {
      this.schedule();
      if (this.options.clock.nowMs() < this.silentUntilMs) return;
      for (const name of this.commands()) this.serve(name);
      this.beat(false);
    });
  }

  private commands(): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => commandName.test(name))
      .toSorted((a, b) => Number(commandName.exec(a)![1]) - Number(commandName.exec(b)![1]));
  }

  private serve(name: string): void {
    const { faults, pace, face } = this.options;
    const text = this.taken(name);
    if (text === null) return;
    this.commandCount += 1;
    pace.began();
    const fate = faults.nextRequest();
    switch (fate) {
      case "answered":
        this.put(face.take(text));
        break;
      case "lost":
        break;
      case "reset":
        face.take(text);
        this.restart();
        break;
      case "unanswered":
        face.take(text);
        break;
      case "server_error":
      case "rate_limited":
        this.put(face.fault(text, fate));
        break;
      case "server_error_after":
        face.take(text);
        this.put(face.fault(text, "server_error"));
        break;
      case "html":
      case "truncated":
        for (const { name: file, text: whole } of face.take(text))
          writeFileSync(this.path(file), whole.slice(0, whole.length >> 1));
    }
    pace.ended();
  }

  /** The command, which is gone from the folder now; null where its owner has taken it back meanwhile. */
  private taken(name: string): string | null {
    const path = join(this.folder, name);
    try {
      const text = readFileSync(path, "utf8");
      rmSync(path);
      return text;
    } catch {
      return null;
    }
  }

  /** Writes what has changed; once a second, everything. */
  private beat(isForced: boolean): void {
    const { clock, face, faults } = this.options;
    const nowMs = clock.nowMs();
    const isDue = isForced || nowMs - this.beatAtMs >= beatEveryMs;
    const changes = face.beat().filter(({ name, text }) => isDue || this.hasNews(name, text));
    if (changes.length === 0) return;
    if (isDue) this.beatAtMs = nowMs;
    if (isDue) this.sweep(nowMs);
    if (isForced) return this.put(changes);
    switch (faults.nextMessage()) {
      case "lost":
      case "late":
        // It is written with the next change, or within a second.
        return;
      case "disconnected":
        return this.restart();
      case "silenced":
        return this.freeze(this.options.silenceMs ?? silenceMsDefault);
      case "twice":
      case "told":
        this.put(changes);
    }
  }

  /** The time that a heartbeat tells is no news. */
  private hasNews(name: string, text: string): boolean {
    return this.last.get(name) !== newsIn(text);
  }

  private put(changes: readonly FileChange[]): void {
    for (const { name, text } of changes) {
      this.last.set(name, newsIn(text));
      if (name.startsWith("Answer_")) this.answeredMs.set(name, this.options.clock.nowMs());
      const aside = `${this.path(name)}.partial`;
      writeFileSync(aside, text);
      renameSync(aside, this.path(name));
    }
  }

  /** An answer that nobody fetched belongs to somebody who is gone. */
  private sweep(nowMs: number): void {
    for (const [name, sinceMs] of this.answeredMs) {
      if (nowMs - sinceMs < answersKeptMs) continue;
      this.answeredMs.delete(name);
      rmSync(this.path(name), { force: true });
    }
  }

  private path(name: string): string {
    return join(this.folder, `DWX_${name}.txt`);
  }

  private empty(): void {
    this.last.clear();
    for (const name of readdirSync(this.folder))
      if (/^DWX_(?!.*_Stored).*\.txt$/.test(name)) rmSync(join(this.folder, name), { force: true });
  }
}

function newsIn(text: string): string {
  return text.replace(/"(server|utc)_time":"[^"]*"/g, "");
}
