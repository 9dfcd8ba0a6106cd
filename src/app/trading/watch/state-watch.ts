import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { KiwiError } from "../../../base/errors.ts";
import { formatTime, minuteMs } from "../../../base/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { ComponentHealth, ComponentPart } from "../../../ports/component.ts";
import type { Incident } from "../../../robot/robot-types.ts";
import type { KiwiConfig } from "../../config/config-schema.ts";
import { runCommand } from "../../schedule/run-command.ts";

/** How often the tables of the sessions are brought up to their journals, and how soon again after that failed. */
const everyMs = 10 * minuteMs;
const againMs = minuteMs;
const updateMsMax = 10 * minuteMs;

export type StateWatchParts = {
  readonly clock: Clock;
  /** Brings the tables up to the journals. Rejects with why it could not. */
  readonly update: (signal: AbortSignal) => Promise<void>;
  readonly note: (incident: Pick<Incident, "kind" | "gravity" | "message">) => void;
};

/**
 * Keeps the tables that people ask up to the journals while a session trades. Nothing that trades waits for it: a database
 * that is gone is said once, what it missed is told when it is back, and that is said once as well.
 */
export class StateWatch {
  private readonly parts: StateWatchParts;
  private readonly ending = new AbortController();
  private unschedule: () => void = () => {};
  private underway: Promise<void> = Promise.resolve();
  private failure: string | null = null;
  private toldMs: number | null = null;

  constructor(parts: StateWatchParts) {
    this.parts = parts;
  }

  /** Ends what is underway. */
  async close(): Promise<void> {
    this.ending.abort();
    this.unschedule();
    await this.underway;
  }

  health(): ComponentHealth {
    const { failure, toldMs } = this;
    if (failure !== null)
      return {
        condition: "degraded",
        detail: failure,
        fix: "kiwi db update   tells what the tables have missed",
      };
    return {
      condition: "ok",
      detail:
        toldMs === null ? "the tables are brought up to the journals soon" : `told at ${formatTime(toldMs)}`,
    };
  }

  /** Looks after `spanMs` for the first time, and from then on by itself. */
  start(spanMs: number = againMs): void {
    this.unschedule = this.parts.clock.schedule(spanMs, () => {
      this.underway = this.look().then(() => {
        if (!this.ending.signal.aborted) this.start(this.failure === null ? everyMs : againMs);
      });
    });
  }

  /** Brings the tables up once; rejects never. */
  async look(): Promise<void> {
    const { clock, update, note } = this.parts;
    try {
      await update(this.ending.signal);
    } catch (error) {
      // Another session of this person is at it, or ours ends.
      if (this.ending.signal.aborted || (error instanceof KiwiError && error.parts.code === "TASK_RUNNING"))
        return;
      const message = error instanceof Error ? error.message : String(error);
      if (this.failure === null)
        note({
          kind: "database away",
          gravity: "alarm",
          message: `the tables of the sessions cannot be told what happens; trading goes on and its journal is whole: ${message}`,
        });
      this.failure = message;
      return;
    }
    this.toldMs = clock.nowMs();
    if (this.failure !== null)
      note({
        kind: "database back",
        gravity: "notice",
        message: "the tables of the sessions have been told what they had missed",
      });
    this.failure = null;
  }
}

/** What a session watches of the tables: nothing where nobody has ever asked for any. */
export type StatePlace = {
  readonly home: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: Pick<KiwiConfig, "state"> | undefined;
  /** The file of the configuration, whether it is there or not. */
  readonly configPath: string | undefined;
};

/** Whether there are tables to be kept: a database is named, or `kiwi db` has made a file. */
export function hasState({ home, config }: StatePlace): boolean {
  return config?.state.database !== undefined || existsSync(join(home, "state.sqlite"));
}

/** `kiwi db update` in a process of its own: living through long sessions again takes time that an order has not. */
export function updateBeside({ home, folder, env, configPath }: StatePlace): StateWatchParts["update"] {
  const lockFolder = join(home, "locks");
  mkdirSync(lockFolder, { recursive: true, mode: 0o700 });
  const named = configPath !== undefined && existsSync(configPath) ? ["--config", configPath] : [];
  return (signal) =>
    runCommand(
      {
        name: "state",
        program: [process.execPath, process.argv[1]!],
        words: ["db", "update", "--quiet", ...named],
        folder,
        env: { ...env, KIWI_HOME: home },
        logPath: join(home, "state.log"),
        lockFolder,
        msMax: updateMsMax,
      },
      signal,
    );
}

/** The tables as a part of a session. */
export function statePart(watch: StateWatch): ComponentPart {
  return {
    kind: "store",
    name: "state",
    open: () => watch.start(),
    close: () => watch.close(),
    health: () => watch.health(),
  };
}
