import type { z } from "zod";
import type { ProgressBoard } from "./progress-board.ts";

/** What a job may tell the outside while it runs. */
export type JobContext = {
  readonly board: ProgressBoard;
  /** Begins a stage: its name is shown beside the bar. */
  readonly stage: (name: string) => void;
  /** Says one line to the person at once, on standard error. */
  readonly say: (line: string) => void;
  /**
   * Waits until timers and promises of a person's code have had their say, and throws what went wrong in them: before
   * anything is kept.
   */
  readonly settle: () => Promise<void>;
};

/** A piece of work that runs beside whoever asked for it. Request and result are plain data. */
export type Job<Request, Result> = {
  /** Checks a request that came from outside: a job may be asked for by another program. */
  readonly request: z.ZodType<Request>;
  readonly perform: (request: Request, context: JobContext) => Result | Promise<Result>;
  /** What goes wrong in a forgotten promise or timer is nobody's business: a check has already told of it. */
  readonly ignoresStrays?: true;
};

/** Gives a job its types. Returns its argument. */
export function defineJob<Request, Result>(job: Job<Request, Result>): Job<Request, Result> {
  return job;
}

/** Where a job is defined: the module that exports it by default. It is loaded by whoever performs the job. */
export type JobAddress<Request, Result> = {
  readonly name: string;
  readonly module: string;
  /** For the compiler alone: it is never there. */
  readonly types?: (request: Request) => Result;
};

type RequestOf<J> = J extends Job<infer Request, unknown> ? Request : never;
type ResultOf<J> = J extends Job<infer _, infer Result> ? Result : never;

/** Names a job without loading it: `jobAt<typeof import("./x-job.ts").default>("x", new URL("./x-job.ts", import.meta.url))`. */
export function jobAt<J>(name: string, module: URL): JobAddress<RequestOf<J>, ResultOf<J>> {
  return { name, module: module.href };
}
