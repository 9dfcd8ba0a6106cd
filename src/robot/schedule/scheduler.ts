import type { Clock } from "../../ports/clock.ts";
import { nextRunMs, type Schedule } from "./schedule.ts";

/** Something that is done again and again. */
export type Task = {
  readonly name: string;
  readonly schedule: Schedule;
  readonly run: (signal: AbortSignal) => Promise<void>;
};

/** What became of a task the last time. */
export type TaskRecord = {
  /** When it was begun; the time it was due, where it was late. */
  readonly dueMs: number;
  readonly startedMs: number;
  readonly endedMs: number | null;
  /** Null while it goes well. */
  readonly failure: string | null;
};

/** What a scheduler is made of. */
export type SchedulerParts = {
  readonly tasks: readonly Task[];
  readonly clock: Clock;
  /** What was kept when the last scheduler ended, by name. */
  readonly records: ReadonlyMap<string, TaskRecord>;
  /** Keeps what became of a task. */
  readonly onRecord: (name: string, record: TaskRecord) => void;
};

/** Clocks of machines are set and put to sleep: no timer is trusted for longer. */
const lookMs = 60_000;

/**
 * Does things at their times: never two of one task at once, one that was missed while nobody was there is done once
 * when somebody is, and a failure is kept and does not stop the next time.
 */
export class Scheduler {
  private parts: SchedulerParts;
  private readonly records: Map<string, TaskRecord>;
  private readonly running = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();
  private readonly firstMs: number;
  private cancel = (): void => {};

  constructor(parts: SchedulerParts) {
    this.parts = parts;
    this.records = new Map(parts.records);
    this.firstMs = parts.clock.nowMs();
  }

  start(): void {
    this.look();
  }

  /** Does these from now on, and knows of new ones what was kept. What runs is let to its end, whether it is still among them or not. */
  follow(tasks: readonly Task[], kept: SchedulerParts["records"]): void {
    for (const [name, record] of kept) if (!this.records.has(name)) this.records.set(name, record);
    this.parts = { ...this.parts, tasks };
    this.look();
  }

  /** Ends what runs and waits for it. */
  async close(): Promise<void> {
    this.cancel();
    this.closing.abort(new Error("the scheduler ends"));
    await Promise.all(this.running.values());
  }

  /** When it is to be done next; in the past where it was missed. */
  private dueMs({ name, schedule }: Task): number {
    return nextRunMs(schedule, this.records.get(name)?.startedMs ?? this.firstMs);
  }

  private look(): void {
    const { tasks, clock } = this.parts;
    if (this.closing.signal.aborted) return;
    const nowMs = clock.nowMs();
    for (const task of tasks) {
      const dueMs = this.dueMs(task);
      if (dueMs <= nowMs && !this.running.has(task.name)) this.begin(task, dueMs);
    }
    // What runs is looked at when it ends.
    const waiting = tasks.filter(({ name }) => !this.running.has(name));
    const nextMs = Math.min(...waiting.map((task) => this.dueMs(task)), nowMs + lookMs);
    this.cancel();
    this.cancel = clock.schedule(Math.max(1, nextMs - nowMs), () => this.look());
  }

  private begin(task: Task, dueMs: number): void {
    const { clock } = this.parts;
    const { name } = task;
    const started = { dueMs, startedMs: clock.nowMs(), endedMs: null, failure: null };
    this.keep(name, started);
    const work = Promise.resolve()
      .then(() => task.run(this.closing.signal))
      .then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      )
      .then((failure) => {
        this.running.delete(name);
        this.keep(name, { ...started, endedMs: clock.nowMs(), failure });
        this.look();
      });
    this.running.set(name, work);
  }

  private keep(name: string, record: TaskRecord): void {
    this.records.set(name, record);
    this.parts.onRecord(name, record);
  }
}
