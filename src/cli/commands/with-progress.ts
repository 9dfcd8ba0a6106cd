import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { progressFor } from "../output/progress.ts";
import type { Shell } from "../shell.ts";
import { runTask } from "../worker/run-task.ts";
import type { TaskInput, TaskName, TaskOutput } from "../worker/task.ts";

/** Runs a piece of work and shows how far it is. */
export async function withProgress<Name extends TaskName>(
  shell: Shell,
  flags: CommonFlags & ProgressFlags,
  name: Name,
  input: TaskInput<Name>,
  stuckAfterSeconds = 30,
): Promise<TaskOutput<Name>> {
  const progress = await progressFor(shell, flags);
  try {
    return await runTask(name, input, { stuckAfterSeconds, onLook: progress.look, onLine: progress.line });
  } finally {
    progress.end();
  }
}
