import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { formatDuration } from "../../base/time.ts";
import { holderOf, takeLock } from "../../robot/account-lock.ts";
import { KiwiError } from "../../base/errors.ts";

/** A command line of Kiwi that is carried out beside this process. */
export type CommandRun = {
  readonly name: string;
  /** The program and its first arguments: Node, and where Kiwi begins. */
  readonly program: readonly string[];
  readonly words: readonly string[];
  /** The project it is run in. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it prints goes there. */
  readonly logPath: string;
  /** Where the lock that keeps two of one task apart is. */
  readonly lockFolder: string;
  readonly msMax: number;
};

/** After being asked to end, a command has this long before it is ended. */
const graceMs = 10_000;

/**
 * Carries a command out in a process of its own and waits for its end. Rejects with what it said where its exit code is not
 * 0, where it takes too long, and with `TASK_RUNNING` where it is being carried out already, by whomever.
 */
export async function runCommand(run: CommandRun, signal: AbortSignal): Promise<void> {
  const lock = lockTask(run);
  const log = openSync(run.logPath, "w");
  try {
    const [node, ...entry] = run.program;
    const child = spawn(node!, [...entry, ...run.words], {
      cwd: run.folder,
      env: { ...run.env, NO_COLOR: "1" },
      stdio: ["ignore", log, log],
    });
    const code = await endOf(child, run.msMax, signal);
    if (code !== 0) throw new Error(`${code}: ${lastWords(run.logPath)}`);
  } finally {
    closeSync(log);
    lock.release();
  }
}

/** Whether a task is being carried out, by whomever. */
export function isTaskRunning(lockFolder: string, name: string): boolean {
  return holderOf(lockFolder, `task ${name}`) !== null;
}

function lockTask({ lockFolder, name, words }: CommandRun): { release(): void } {
  const lock = takeLock(lockFolder, `task ${name}`, { sinceMs: Date.now(), what: words.join(" ") });
  if (lock !== null) return lock;
  throw new KiwiError({
    code: "TASK_RUNNING",
    exit: "timeout",
    message: `${name} is being carried out already`,
    why: "two of one task would get into each other's way; the lock ends with the process that holds it",
    fix: "kiwi schedule list   shows what runs",
    topic: "schedules",
  });
}

type Child = ReturnType<typeof spawn>;

/** How a process ended: its exit code, or words for whatever else. */
function endOf(child: Child, msMax: number, signal: AbortSignal): Promise<number | string> {
  return new Promise((resolve, reject) => {
    let why: string | null = null;
    let killing: NodeJS.Timeout | undefined;
    const end = (reason: string): void => {
      why ??= reason;
      child.kill("SIGTERM");
      killing ??= setTimeout(() => child.kill("SIGKILL"), graceMs);
    };
    const limit = setTimeout(() => end(`ended after ${formatDuration(msMax)}, which is its limit`), msMax);
    const stop = (): void => end("the scheduler ended");
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    const tidy = (): void => {
      clearTimeout(limit);
      clearTimeout(killing);
      signal.removeEventListener("abort", stop);
    };
    child.once("error", (error) => {
      tidy();
      reject(error);
    });
    child.once("close", (code, killedBy) => {
      tidy();
      if (why !== null) resolve(why);
      else resolve(code === 0 ? 0 : code === null ? `ended by ${killedBy}` : `exit code ${code}`);
    });
  });
}

/** The line of an error, or the last that was printed. */
function lastWords(path: string): string {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return (lines.findLast((line) => line.startsWith("error ")) ?? lines.at(-1) ?? "").slice(0, 300);
}
