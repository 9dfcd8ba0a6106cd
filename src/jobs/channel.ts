import type { JobMessage, JobOrder } from "./job-messages.ts";
import type { ProgressBoard } from "./progress-board.ts";

/** How a carrier is made. */
export type ChannelOptions = {
  /** The whole environment that the job sees: hand in one without secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Memory for JavaScript objects; columns of numbers stand outside of it. Of a process only: a thread beyond a limit of its
   * own can take this process with it.
   */
  readonly memoryMbMax?: number;
};

/** Why a carrier is no longer there. */
export type ChannelEnd =
  | { readonly kind: "exit"; readonly code: number | null }
  | { readonly kind: "memory" }
  | { readonly kind: "crash"; readonly error: unknown };

/** The line to whoever performs jobs: a thread or a process. */
export type Channel = {
  readonly board: ProgressBoard;
  /** `onSent` hears that the order has left: from then on this thread may compute without holding the job up. */
  readonly send: (order: JobOrder, onSent: () => void) => void;
  /** Called once, before anything is sent. */
  readonly listen: (ears: {
    readonly onMessage: (message: JobMessage) => void;
    readonly onEnd: (end: ChannelEnd) => void;
  }) => void;
  /** Ends it, whatever it is doing; resolves when it is gone and everything that it said has been heard. */
  readonly close: () => Promise<void>;
};
