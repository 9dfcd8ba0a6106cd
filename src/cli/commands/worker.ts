import { KiwiError } from "../../base/errors.ts";
import { serveWork } from "../../app/queue/serve-work.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { interruptible } from "../interrupt.ts";
import type { Shell } from "../shell.ts";
import { wholeNumber } from "./optimize.ts";
import { queueUrl, type QueueFlags } from "../flags/queue-url.ts";

export type WorkerFlags = CommonFlags & QueueFlags & { readonly jobs?: number };

/** `kiwi worker`: works for searches and trainings of any machine until Ctrl-C, which lets it end what it is at. */
export async function workerCommand(shell: Shell, flags: WorkerFlags): Promise<number> {
  const url = queueUrl(shell, flags);
  if (url === undefined) throw missingQueue();
  const ending = new AbortController();
  const say = flags.quiet === true ? () => {} : (line: string) => shell.err(line);
  try {
    await interruptible(
      () => ending.abort(),
      () => serveWork(url, wholeNumber("--jobs", flags.jobs ?? 1, 1), say, ending.signal),
    );
  } finally {
    // The client of a queue never stops to try a server that is away, and would keep the program for ever.
    setTimeout(() => process.exit(), lastWordsMs).unref();
  }
  return 0;
}

/** Time for what is still to be printed when a worker ends. */
const lastWordsMs = 1_000;

function missingQueue(): KiwiError {
  return new KiwiError({
    code: "FLAG_MISSING",
    exit: "usage",
    message: "a worker needs the address of a queue",
    why: "trials come to it through a server that the search can reach too",
    fix: "kiwi worker --queue redis://HOST:PORT, or --queue postgres://USER@HOST/DATABASE",
    topic: "workers",
  });
}
