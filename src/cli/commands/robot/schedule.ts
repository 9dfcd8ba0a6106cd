import { resolve } from "node:path";
import { configFileName } from "../../../app/config/config-file.ts";
import { resolveConfig } from "../../../app/config/resolve-config.ts";
import type { KiwiConfig } from "../../../app/config/config-schema.ts";
import {
  plannedTasks,
  runTask,
  tasksOf,
  wordsOf,
  type TaskPlace,
  type TaskRecord,
} from "../../../app/schedule/open-schedule.ts";
import { serveSchedule } from "../../../app/schedule/serve-schedule.ts";
import { exitCodes, KiwiError } from "../../../base/errors.ts";
import { didYouMean } from "../../../base/nearest.ts";
import { formatDuration, formatTime } from "../../../base/time.ts";
import type { CommonFlags, ConfigFlags } from "../../declare/common-flags.ts";
import { interruptedExit, interruptible } from "../../interrupt.ts";
import { envelope } from "../../output/json.ts";
import { table } from "../../output/table.ts";
import type { Shell } from "../../shell.ts";

export type ScheduleFlags = CommonFlags & ConfigFlags;

/** What ends by itself and is done with nobody there. What trades is started by a person or by a service. */
const schedulable = [
  "backtest",
  "check",
  "data",
  "db",
  "digest",
  "features",
  "model",
  "optimize",
  "report",
  "runs",
  "train",
  "validate",
];

/** `kiwi schedule list`: what is done when, and what became of it. */
export async function scheduleListCommand(shell: Shell, flags: ScheduleFlags): Promise<number> {
  const { place } = await placeOf(shell, flags);
  const tasks = plannedTasks(place, Date.now());
  if (flags.json === true) shell.out(envelope("schedule-list@1", { tasks }));
  else if (tasks.length === 0)
    shell.out('nothing is scheduled: "schedule" in kiwi.config.jsonc   (kiwi help schedules)');
  else
    shell.out(
      table(
        ["task", "when", "next", "last", "took", "what it does, and how it ended"].map((title) => ({
          title,
        })),
        tasks.map(({ name, when, run, nextMs, isEnabled, isRunning, last }) => [
          name,
          when,
          isRunning ? "running" : !isEnabled ? "off" : nextMs <= Date.now() ? "now" : formatTime(nextMs),
          last === null ? "never" : formatTime(last.startedMs),
          last === null
            ? ""
            : last.endedMs === null
              ? isRunning
                ? ""
                : "interrupted"
              : formatDuration(last.endedMs - last.startedMs),
          `kiwi ${run}${last === null || last.failure === null ? "" : `   FAILED: ${last.failure}`}`,
        ]),
      ),
    );
  return exitCodes.ok;
}

/** `kiwi schedule run`: does a task now. */
export async function scheduleRunCommand(shell: Shell, name: string, flags: ScheduleFlags): Promise<number> {
  const { place } = await placeOf(shell, flags);
  const task = tasksOf(place).find((one) => one.name === name);
  if (task === undefined) throw unknownTask(name, Object.keys(place.schedule));
  const ending = new AbortController();
  const startedMs = Date.now();
  try {
    await interruptible(
      () => ending.abort(),
      () => runTask(task, place.folder, ending.signal),
    );
  } catch (error) {
    if (error instanceof KiwiError) throw error;
    throw taskFailed(name, error);
  }
  const tookMs = Date.now() - startedMs;
  if (flags.json === true) shell.out(envelope("schedule-run@1", { task: name, tookMs }));
  else shell.out(`${name} done in ${formatDuration(tookMs)}`);
  return exitCodes.ok;
}

/** `kiwi schedule start`: does everything at its time until Ctrl-C. */
export async function scheduleStartCommand(shell: Shell, flags: ScheduleFlags): Promise<number> {
  const { place, config } = await placeOf(shell, flags);
  const names = Object.keys(place.schedule);
  if (names.length === 0) throw nothingScheduled();
  const read = async (): Promise<KiwiConfig> => (await placeOf(shell, flags)).config;
  const ending = new AbortController();
  shell.err(`${names.join(", ")}   Ctrl-C stops\nin another terminal:  kiwi schedule list`);
  await interruptible(
    () => ending.abort(),
    () =>
      serveSchedule(
        place,
        { config, path: resolve(shell.folder, flags.config ?? configFileName), read },
        {
          onTask: (name, record) => shell.err(taskText(name, record)),
          onEdit: ({ text }) => shell.err(`${formatTime(Date.now())}  ${text}`),
        },
        ending.signal,
      ),
  );
  return interruptedExit;
}

function taskText(name: string, { startedMs, endedMs, failure }: TaskRecord): string {
  if (endedMs === null) return `${formatTime(startedMs)}  ${name}`;
  const how = failure === null ? "done" : `FAILED: ${failure}`;
  return `${formatTime(endedMs)}  ${name}  ${how} in ${formatDuration(endedMs - startedMs)}`;
}

async function placeOf(
  shell: Shell,
  flags: ScheduleFlags,
): Promise<{ readonly place: TaskPlace; readonly config: KiwiConfig }> {
  const { folder, env } = shell;
  const { config } = await resolveConfig({ folder, file: flags.config, env, sets: flags.set });
  for (const [name, { run }] of Object.entries(config.schedule)) {
    const [first = ""] = wordsOf(run);
    if (!schedulable.includes(first)) throw notSchedulable(name, first);
  }
  const program = [process.execPath, process.argv[1]!];
  return { place: { schedule: config.schedule, folder, env, program }, config };
}

function notSchedulable(name: string, word: string): KiwiError {
  return new KiwiError({
    code: "SCHEDULE_INVALID",
    exit: "config",
    message: `schedule.${name} would run kiwi ${word}`,
    why: `only what ends by itself is scheduled: ${schedulable.join(", ")}`,
    fix: didYouMean(word, schedulable, (near) => `"run": "${near} ..."`),
    topic: "schedules",
  });
}

function unknownTask(name: string, known: readonly string[]): KiwiError {
  return new KiwiError({
    code: "TASK_UNKNOWN",
    exit: "usage",
    message: `there is no task ${name}`,
    why: known.length === 0 ? "schedule in kiwi.config.jsonc is empty" : `there are ${known.join(", ")}`,
    fix: didYouMean(name, known, (near) => `kiwi schedule run ${near}`),
    topic: "schedules",
  });
}

function nothingScheduled(): KiwiError {
  return new KiwiError({
    code: "SCHEDULE_EMPTY",
    exit: "config",
    message: "nothing is scheduled",
    why: "schedule in kiwi.config.jsonc is empty",
    fix: '"schedule": { "digest": { "when": "daily 07:00 UTC", "run": "digest --send" } }',
    topic: "schedules",
  });
}

function taskFailed(name: string, error: unknown): KiwiError {
  return new KiwiError({
    code: "TASK_FAILED",
    exit: "check",
    message: `${name} failed: ${error instanceof Error ? error.message : String(error)}`,
    why: "the command that it stands for did not end well",
    fix: `cat .kiwi/schedule/${name}.log   shows all that it printed`,
    topic: "schedules",
  });
}
