import { serviceManager } from "../../adapters/systemd/notify.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { KiwiError } from "../../base/errors.ts";
import { secondMs } from "../../base/time.ts";
import type { AlertMessage } from "../../ports/alert-channel.ts";
import { sleep } from "../../ports/clock.ts";
import { takeLock, type AccountLock } from "../../robot/account-lock.ts";
import { Scheduler, type Task, type TaskRecord } from "../../robot/schedule/scheduler.ts";
import { alertPartKinds, alertParts } from "../alerts/channel-parts.ts";
import { sendToAll } from "../alerts/send-to-all.ts";
import { Components } from "../components/components.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { ConfigWatch, type Edit, type LiveSettings } from "../config/config-watch.ts";
import type { SecretPlaces } from "../config/secret-place.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { taskRecords, tasksOf, type TaskPlace } from "./open-schedule.ts";
import { TaskFiles } from "./task-files.ts";

/** Who hears what becomes of the tasks and of the edits of their configuration. */
export type ScheduleHearing = {
  /** Told when a task begins and when it has ended. */
  readonly onTask: (name: string, record: TaskRecord) => void;
  readonly onEdit: (edit: Edit) => void;
};

const lookMs = secondMs;

/**
 * Does the tasks of a project at their times until the signal ends it: what was missed meanwhile is done once, a failure is told
 * over the channels of alerts, and so is the end of it. Tasks and channels of an edited configuration are taken at once. Throws
 * `SCHEDULE_RUNNING`, and what opening channels throws.
 */
export async function serveSchedule(
  place: TaskPlace,
  settings: LiveSettings,
  { onTask, onEdit }: ScheduleHearing,
  signal: AbortSignal,
): Promise<void> {
  const files = new TaskFiles(place.folder);
  const lock = lockSchedule(files.folder);
  const service = serviceManager(place.env, systemClock, () => true);
  try {
    const messages = await openMessages(settings.config, place);
    const records = taskRecords(place);
    const failed = new Map([...records].map(([name, { failure }]) => [name, failure !== null]));
    const scheduler = new Scheduler({
      tasks: activeTasks(place),
      clock: systemClock,
      records,
      onRecord(name, record) {
        files.write(name, record);
        onTask(name, record);
        if (record.endedMs === null || (failed.get(name) ?? false) === (record.failure !== null)) return;
        failed.set(name, record.failure !== null);
        messages.send(messageOf(name, record));
      },
    });
    const watch = new ConfigWatch({
      settings,
      concernOf: (path) => (/^(schedule|alerts)\b/.test(path) ? "now" : "none"),
      async apply(next, differences) {
        const after = { ...place, schedule: next.schedule };
        const tasks = activeTasks(after);
        if (differences.some(({ path }) => path.startsWith("alerts."))) await messages.follow(next);
        scheduler.follow(tasks, taskRecords(after));
      },
      tell: onEdit,
    });
    scheduler.start();
    service.ready();
    while (!signal.aborted) {
      await watch.look();
      await sleep(systemClock, lookMs, signal).catch(() => undefined);
    }
    service.stopping();
    await scheduler.close();
    await messages.close();
  } finally {
    service.close();
    lock.release();
  }
}

/** The tasks that nobody has switched off. */
function activeTasks(place: TaskPlace): readonly Task[] {
  return tasksOf(place).filter(({ name }) => place.schedule[name]!.enabled);
}

/** The channels of alerts, to which the end of a task is told. */
async function openMessages(
  { alerts, plugins }: Pick<KiwiConfig, "alerts" | "plugins">,
  places: SecretPlaces,
) {
  const registry = await loadRegistry(places.folder, plugins);
  let open = alertParts(alerts, places, registry);
  const components = new Components(open.parts, { clock: systemClock });
  await components.open();
  const telling = new Set<Promise<unknown>>();
  return {
    send(message: AlertMessage): void {
      const told = sendToAll(open.channels, message).finally(() => telling.delete(told));
      telling.add(told);
    },
    async follow(next: Pick<KiwiConfig, "alerts">): Promise<void> {
      const after = alertParts(next.alerts, places, registry);
      await components.exchange(alertPartKinds, after.parts);
      open = after;
    },
    async close(): Promise<void> {
      await Promise.all(telling);
      await components.close();
    },
  };
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
