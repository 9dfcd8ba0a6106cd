import type { JobAddress } from "./job.ts";
import type { ChannelEnd, ChannelOptions } from "./channel.ts";
import { errorOf } from "./failure.ts";
import { canceled, exited, outOfMemory, stuck, tooLong } from "./job-errors.ts";
import type { JobMessage } from "./job-messages.ts";
import { processChannel } from "./process-channel.ts";
import type { ProgressBoard } from "./progress-board.ts";
import { threadChannel } from "./thread-channel.ts";

const lookEveryMs = 100;
/** A look that comes so much later than it should was held up on this side. */
const lateLookMs = 1_000;
/** Timers beyond this fire at once. */
const timerMsMax = 2 ** 31 - 1;

/** Where a job is performed: a thread is quick and shares memory, a process is walled off. */
export type CarrierKind = "thread" | "process";

/** What whoever waits for a job hears, and when it has waited enough. */
export type JobWatching = {
  /** A strategy that does not come back from one bar for so long is stopped: `STRATEGY_STUCK`. */
  readonly stuckAfterSeconds?: number;
  /** A job that takes longer in all is stopped: `JOB_TIME_LIMIT`. */
  readonly timeLimitMs?: number;
  /** Aborted, it stops the job: `JOB_CANCELED`. */
  readonly signal?: AbortSignal;
  /** Hears that the order has left: from then on this thread may compute without holding the job up. */
  readonly onSent?: () => void;
  /** Called ten times a second. */
  readonly onLook?: (stage: string, board: ProgressBoard) => void;
  /** A line for the person; also what a strategy prints. */
  readonly onLine?: (line: string) => void;
};

/** Performs jobs one after the other. After a job that was stopped or that crashed it is closed. */
export type Carrier = {
  /** Throws what the job throws, and the errors of job-errors.ts when it had to be stopped. */
  readonly perform: <Request, Result>(
    address: JobAddress<Request, Result>,
    request: Request,
    watching?: JobWatching,
  ) => Promise<Result>;
  readonly close: () => Promise<void>;
};

/** Opens a carrier. Close it when no more jobs come. */
export function openCarrier(kind: CarrierKind, options: ChannelOptions): Carrier {
  const channel = kind === "thread" ? threadChannel(options) : processChannel(options);
  let hear: (message: JobMessage) => void = () => {};
  let hearEnd: (end: ChannelEnd) => void = () => {};
  let ended: ChannelEnd | null = null;
  channel.listen({
    onMessage: (message) => hear(message),
    onEnd(end) {
      ended ??= end;
      hearEnd(end);
    },
  });
  return {
    async perform<Request, Result>(
      { name, module }: JobAddress<Request, Result>,
      request: Request,
      watching: JobWatching = {},
    ) {
      const over = new AbortController();
      let isToBeClosed = false;
      try {
        return await new Promise<Result>((resolve, reject) => {
          let stage = "";
          const stop = (error: unknown): void => {
            isToBeClosed = true;
            reject(error as Error);
          };
          hear = (message) => {
            if (message.kind === "stage") stage = message.name;
            else if (message.kind === "say") watching.onLine?.(message.line);
            else if (message.kind === "done") resolve(message.result as Result);
            else reject(errorOf(message.failure));
          };
          hearEnd = (end) => stop(errorOfEnd(end));
          if (ended !== null) return hearEnd(ended);
          watch(channel.board, { ...watching, over: over.signal, stageNow: () => stage, stop });
          channel.send({ name, module, request }, () => watching.onSent?.());
        });
      } finally {
        over.abort();
        // What it said before it is gone is still heard.
        if (isToBeClosed) await channel.close();
        hear = () => {};
        hearEnd = () => {};
      }
    },
    close: () => channel.close(),
  };
}

/** Performs one job in a carrier of its own. */
export async function runJob<Request, Result>(
  kind: CarrierKind,
  address: JobAddress<Request, Result>,
  request: Request,
  options: ChannelOptions & JobWatching,
): Promise<Result> {
  const carrier = openCarrier(kind, options);
  try {
    return await carrier.perform(address, request, options);
  } finally {
    await carrier.close();
  }
}

function errorOfEnd(end: ChannelEnd): unknown {
  if (end.kind === "exit") return exited(end.code);
  return end.kind === "memory" ? outOfMemory() : end.error;
}

type Watch = JobWatching & {
  readonly over: AbortSignal;
  readonly stageNow: () => string;
  readonly stop: (error: unknown) => void;
};

/** Looks at a job until it is over, and stops it when it hangs, takes too long or is no longer wanted. */
function watch(board: ProgressBoard, { over, stageNow, stop, signal, onLook, ...limits }: Watch): void {
  const { stuckAfterSeconds = Infinity, timeLimitMs = Infinity } = limits;
  const isStuck = stuckDetector(board, stuckAfterSeconds * 1000);
  const look = setInterval(() => {
    onLook?.(stageNow(), board);
    if (isStuck()) stop(stuck(board.barTimeMs, stuckAfterSeconds));
  }, lookEveryMs);
  const limit =
    timeLimitMs <= timerMsMax ? setTimeout(() => stop(tooLong(timeLimitMs)), timeLimitMs) : undefined;
  const cancel = (): void => stop(canceled());
  signal?.addEventListener("abort", cancel);
  over.addEventListener("abort", () => {
    clearInterval(look);
    clearTimeout(limit);
    signal?.removeEventListener("abort", cancel);
  });
  if (signal?.aborted === true) cancel();
}

/** Says true when a watched piece of work has not moved for `limitMs`. */
function stuckDetector(board: ProgressBoard, limitMs: number): () => boolean {
  let beats = -1;
  let movedMs = performance.now();
  let lookedMs = movedMs;
  return () => {
    const nowMs = performance.now();
    // Who could not look, because this thread was computing itself, has seen nobody stand still.
    const hasLooked = nowMs - lookedMs < lateLookMs;
    lookedMs = nowMs;
    if (board.beats !== beats || !board.isWatched || !hasLooked) {
      beats = board.beats;
      movedMs = nowMs;
    }
    return nowMs - movedMs > limitMs;
  };
}
