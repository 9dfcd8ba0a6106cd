import { pino, type Logger } from "pino";
import type { LogLevel } from "./log-level.ts";
import { LogWriter, type LogRoom } from "./log-writer.ts";
import { secretRemover } from "./without-secrets.ts";

/** What a log needs. */
export type LogOptions = {
  readonly folder: string;
  readonly room: LogRoom;
  /** Level by part; `*` holds for those that are not named. */
  readonly levels: Readonly<Record<string, LogLevel>>;
  /** Texts that must never stand in it, such as the keys of the account. */
  readonly secrets: readonly string[];
  readonly nowMs: () => number;
};

/** An open log. */
export type OpenLog = {
  /** Who speaks: `robot`, `broker`, `guard`. Its lines carry the name, and its level is its own. */
  readonly part: (name: string) => Logger;
  /** Other levels from now on, also for those who have begun to speak. */
  readonly setLevels: (levels: LogOptions["levels"]) => void;
  /** How many lines were lost, to a full day or to the disk. */
  readonly lost: () => number;
  readonly close: () => void;
};

const errorLevel = 50;

/**
 * Opens the structured log of a session: a line of JSON for each thing said, with the time, the part, and what ties lines
 * together (`bar`, `orderId`, `clientOrderId`).
 */
export function openLog({ folder, room, levels, secrets, nowMs }: LogOptions): OpenLog {
  const writer = new LogWriter(folder, room, nowMs);
  const clean = secretRemover(secrets);
  const destination = {
    lastLevel: 0,
    // pino tells the level of the line that it is about to hand over.
    [Symbol.for("pino.metadata")]: true,
    write(line: string): void {
      writer.write(clean(line), this.lastLevel >= errorLevel);
    },
  };
  const root = pino(
    { level: "debug", base: null, timestamp: () => `,"time":${nowMs()}`, errorKey: "error" },
    destination,
  );
  let current = levels;
  const levelOf = (name: string): LogLevel => current[name] ?? current["*"] ?? "info";
  const parts = new Map<string, Logger>();
  return {
    part(name) {
      const known = parts.get(name) ?? root.child({ part: name }, { level: levelOf(name) });
      parts.set(name, known);
      return known;
    },
    setLevels(next) {
      current = next;
      for (const [name, part] of parts) part.level = levelOf(name);
    },
    lost: () => writer.lost.full + writer.lost.failed,
    close: () => writer.close(),
  };
}
