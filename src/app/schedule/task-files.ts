import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { replaceFile, textOf } from "../../robot/whole-file.ts";
import type { TaskRecord } from "../../robot/schedule/scheduler.ts";

const recordForm = z.strictObject({
  dueMs: z.number(),
  startedMs: z.number(),
  endedMs: z.number().nullable(),
  failure: z.string().nullable(),
});

/** What is kept of the tasks of a project: `.kiwi/schedule/NAME.json`, and what each printed, `NAME.log`. */
export class TaskFiles {
  readonly folder: string;

  constructor(project: string) {
    this.folder = join(project, ".kiwi", "schedule");
    mkdirSync(this.folder, { recursive: true });
  }

  /** What became of a task the last time; null where it was never done, or nobody can read it. */
  read(name: string): TaskRecord | null {
    try {
      return recordForm.parse(JSON.parse(textOf(this.recordPath(name)) ?? ""));
    } catch {
      return null;
    }
  }

  write(name: string, record: TaskRecord): void {
    replaceFile(this.recordPath(name), JSON.stringify(record));
  }

  /** Where what a task prints is kept, the last time alone. */
  logPath(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  private recordPath(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}
