import { serviceManager } from "../../adapters/systemd/notify.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { KiwiError } from "../../base/errors.ts";
import type { AlertMessage } from "../../ports/alert-channel.ts";
import { takeLock, type AccountLock } from "../../robot/account-lock.ts";
import { Scheduler, type TaskRecord } from "../../robot/schedule/scheduler.ts";
import { openOwnChannels } from "../alerts/open-channels.ts";
import { sendToAll } from "../alerts/send-to-all.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { taskRecords, tasksOf, type TaskPlace } from "./open-schedule.ts";
import { TaskFiles } from "./task-files.ts";

/** Told when a task begins and when it has ended. */
export type OnTask = (name: string, record: TaskRecord) => void;

/**
 * Does the tasks of a project at their times until the signal ends it: what was missed meanwhile is done once, a failure is told
 * over the channels of alerts, and so is the end of it. Throws `SCHEDULE_RUNNING`, and what opening channels throws.
 */
export async function serveSchedule(
  place: TaskPlace,
  config: Pick<KiwiConfig, "alerts" | "plugins">,
  onTask: OnTask,
  signal: AbortSignal,
): Promise<void> {
  const files = new TaskFiles(place.folder);
  const lock = lockSchedule(files.folder);
  const service = serviceManager(place.env, systemClock, () => true);
  try {
    const channels = await openOwnChannels(config, place);
    const records = taskRecords(place);
    const telling = new Set<Promise<unknown>>();
    const failed = new Map([...records].map(([name, { failure }]) => [name, failure !== null]));
    const scheduler = new Scheduler({
      tasks: tasksOf(place),
      clock: systemClock,
      records,
      onRecord(name, record) {
        files.write(name, record);
        onTask(name, record);
        if (record.endedMs === null || (failed.get(name) ?? false) === (record.failure !== null)) return;
        failed.set(name, record.failure !== null);
        const told = sendToAll(channels, messageOf(name, record)).finally(() => telling.delete(told));
        telling.add(told);
      },
    });
    scheduler.start();
    service.ready();
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    service.stopping();
    await scheduler.close();
    await Promise.all(telling);
  } finally {
    service.close();
    lock.release();
  }
}

function messageOf(name: string, { failure, endedMs }: TaskRecord): AlertMessage {
  return {
    id: "",
    severity: failure === null ? "info" : "warning",
    title: failure === null ? `${name} goes well again` : `${name} failed`,
    text: failure ?? "The task of the schedule has ended without a failure.",
    atMs: endedMs!,
    count: 1,
    sender: "schedule",
  };
}

function lockSchedule(folder: string): AccountLock {
  const lock = takeLock(folder, "schedule", { sinceMs: Date.now(), what: "kiwi schedule start" });
  if (lock !== null) return lock;
  throw new KiwiError({
    code: "SCHEDULE_RUNNING",
    exit: "timeout",
    message: "the schedule of this project runs already",
    why: "two who do the same at the same times do it twice; the lock ends with the process that holds it",
    fix: "kiwi schedule list   shows what is done when",
    topic: "schedules",
  });
}
