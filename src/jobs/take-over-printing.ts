import type { JobMessage, JobPort } from "./job-messages.ts";
import { lineSplitter } from "./line-splitter.ts";

/**
 * Makes messages of what a job prints, and returns what sends them. The streams of a thread hand on when the thread
 * pauses, and those of a process beside its messages; both can lose lines or bring them after the result. Messages keep
 * every line, in order, before the result that follows them.
 */
export function takeOverPrinting(post: (message: JobMessage) => void): JobPort["send"] {
  const flushes = [process.stdout, process.stderr].map((stream) => {
    const { take, flush } = lineSplitter((line) => post({ kind: "say", line }));
    const decoder = new TextDecoder();
    stream.write = (piece: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
      take(typeof piece === "string" ? piece : decoder.decode(piece, { stream: true }));
      const done = rest.findLast((one) => typeof one === "function") as (() => void) | undefined;
      if (done !== undefined) queueMicrotask(done);
      return true;
    };
    return flush;
  });
  return (message) => {
    if (message.kind === "done" || message.kind === "failed") for (const flush of flushes) flush();
    post(message);
  };
}
