import { minuteMs } from "../../base/time.ts";
import { nextRunMs, readSchedule } from "../../robot/schedule/schedule.ts";
import type { Task, TaskRecord } from "../../robot/schedule/scheduler.ts";
import type { ScheduleConfig } from "../config/schedule-config.ts";
import { isTaskRunning, runCommand, type CommandRun } from "./run-command.ts";
import { TaskFiles } from "./task-files.ts";

export type { TaskRecord } from "../../robot/schedule/scheduler.ts";

/** Where the tasks of a project are carried out. */
export type TaskPlace = {
  readonly schedule: ScheduleConfig;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Node, and where Kiwi begins. */
  readonly program: readonly string[];
};

/** The tasks of a configuration with what is kept of them. Throws `SCHEDULE_INVALID`, `TIME_ZONE_UNKNOWN`. */
export function tasksOf(place: TaskPlace): readonly Task[] {
  const files = new TaskFiles(place.folder);
  return Object.entries(place.schedule).map(([name, { when, run, minutesMax }]) => {
    const command: CommandRun = {
      name,
      words: wordsOf(run),
      program: place.program,
      folder: place.folder,
      env: place.env,
      logPath: files.logPath(name),
      lockFolder: files.folder,
      msMax: minutesMax * minuteMs,
    };
    return { name, schedule: readSchedule(when), run: (signal) => runCommand(command, signal) };
  });
}

/** What became of each task the last time, by name. */
export function taskRecords({ schedule, folder }: TaskPlace): ReadonlyMap<string, TaskRecord> {
  const files = new TaskFiles(folder);
  return new Map(
    Object.keys(schedule).flatMap((name) => {
      const record = files.read(name);
      return record === null ? [] : [[name, record] as const];
    }),
  );
}

/** Carries one task out now and keeps what became of it. Throws what it throws. */
export async function runTask(task: Task, folder: string, signal: AbortSignal): Promise<void> {
  const files = new TaskFiles(folder);
  const startedMs = Date.now();
  let failure: string | null = null;
  try {
    await task.run(signal);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    files.write(task.name, { dueMs: startedMs, startedMs, endedMs: Date.now(), failure });
  }
}

/** A task as it is shown while nobody carries any out. */
export type PlannedTask = {
  readonly name: string;
  readonly when: string;
  readonly run: string;
  readonly nextMs: number;
  readonly isEnabled: boolean;
  readonly isRunning: boolean;
  readonly last: TaskRecord | null;
};

/** All tasks with the next time of each. */
export function plannedTasks(place: TaskPlace, nowMs: number): readonly PlannedTask[] {
  const records = taskRecords(place);
  const { folder } = new TaskFiles(place.folder);
  return tasksOf(place).map(({ name, schedule }) => {
    const { when, run, enabled: isEnabled } = place.schedule[name]!;
    const last = records.get(name) ?? null;
    const isRunning = isTaskRunning(folder, name);
    const nextMs = nextRunMs(schedule, last?.startedMs ?? nowMs);
    return { name, when, run, nextMs, isEnabled, isRunning, last };
  });
}

/** The words of a command line of Kiwi, without its own name in front. */
export function wordsOf(run: string): readonly string[] {
  const words = run.trim().split(/\s+/);
  return words[0] === "kiwi" ? words.slice(1) : words;
}
