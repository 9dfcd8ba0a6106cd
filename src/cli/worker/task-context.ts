import type { ProgressBoard } from "./progress-board.ts";

/** What a piece of work may tell the outside while it runs. */
export type TaskContext = {
  readonly board: ProgressBoard;
  /** Begins a stage: its name is shown beside the bar. */
  readonly stage: (name: string) => void;
  /** Says one line to the person at once, on standard error. */
  readonly say: (line: string) => void;
};

/** A piece of work that runs beside the main thread. Input and output are plain data. */
export type Task<Input, Output> = (input: Input, context: TaskContext) => Promise<Output>;
