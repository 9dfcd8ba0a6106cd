import { Worker } from "node:worker_threads";
import type { KiwiConfig } from "../../app/config/config-schema.ts";
import { environmentWithoutSecrets } from "../../app/config/environment-without-secrets.ts";
import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import { errorOf } from "./failure.ts";
import { ProgressBoard } from "./progress-board.ts";
import type { TaskInput, TaskName, TaskOutput, WorkerMessage } from "./task.ts";

const lookEveryMs = 100;

/** What the main thread does while the work runs. */
export type Watching = {
  readonly stuckAfterSeconds: number;
  /** Called ten times a second. */
  readonly onLook: (stage: string, board: ProgressBoard) => void;
  /** A line for the person; also what a strategy prints. */
  readonly onLine: (line: string) => void;
};

/**
 * Runs a piece of work in a thread of its own. A strategy that takes no bar for too long is stopped:
 * `STRATEGY_STUCK`. What the work throws is thrown here.
 */
export async function runTask<Name extends TaskName>(
  name: Name,
  input: TaskInput<Name>,
  watching: Watching,
): Promise<TaskOutput<Name>> {
  const board = new ProgressBoard();
  const worker = new Worker(new URL("run-worker.ts", import.meta.url), {
    workerData: { name, input, memory: board.memory },
    // A strategy needs no keys, and what it has it can send away.
    env: environmentWithoutSecrets(process.env, providersOf(input)),
    // Standard output belongs to the result: what a strategy prints goes where progress goes.
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr])
    stream.on("data", (text: Buffer) => watching.onLine(text.toString().replace(/\n$/, "")));
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<TaskOutput<Name>>((resolve, reject) => {
      let stage = "";
      worker.on("message", (message: WorkerMessage) => {
        if (message.kind === "stage") stage = message.name;
        else if (message.kind === "say") watching.onLine(message.line);
        else if (message.kind === "done") resolve(message.output as TaskOutput<Name>);
        else reject(errorOf(message.failure));
      });
      worker.on("error", (error: unknown) => reject(crashed(error)));
      // A result that was sent is read before the exit is heard of.
      worker.on("exit", (code) => setImmediate(() => reject(exited(code))));
      const isStuck = stuckDetector(board, watching.stuckAfterSeconds * 1000);
      timer = setInterval(() => {
        watching.onLook(stage, board);
        if (isStuck()) reject(stuck(board.barTimeMs, watching.stuckAfterSeconds));
      }, lookEveryMs);
    });
  } finally {
    clearInterval(timer);
    await worker.terminate();
  }
}

/** The providers in the configurations that a piece of work was given: of requests, or of stored runs. */
function providersOf(input: unknown): KiwiConfig["providers"] {
  type Given = { readonly config?: Partial<KiwiConfig> };
  type Holder = Given & { readonly request?: Given; readonly manifest?: Given };
  const holders = (Array.isArray(input) ? input : [input]) as readonly (Holder | undefined)[];
  const configs = holders.flatMap((one) => [one?.config, one?.request?.config, one?.manifest?.config]);
  // Two runs may call different providers by one name: names are of no interest here.
  const all = configs.flatMap((config) => Object.values(config?.providers ?? {}));
  return Object.fromEntries(all.map((provider, index) => [index, provider]));
}

/** Says true when a watched piece of work has not moved for `limitMs`. */
function stuckDetector(board: ProgressBoard, limitMs: number): () => boolean {
  let beats = -1;
  let movedMs = performance.now();
  return () => {
    const nowMs = performance.now();
    if (board.beats !== beats || !board.isWatched) {
      beats = board.beats;
      movedMs = nowMs;
    }
    return nowMs - movedMs > limitMs;
  };
}

function stuck(barTimeMs: number, seconds: number): KiwiError {
  const where = Number.isNaN(barTimeMs)
    ? "before its first bar"
    : `on the bar that closes ${formatTime(barTimeMs)}`;
  return new KiwiError({
    code: "STRATEGY_STUCK",
    exit: "timeout",
    message: `the strategy has not come back for ${seconds} s ${where}`,
    why: "it loops for ever, or takes very long over one bar; the run was stopped and nothing was kept",
    fix: "look for a loop that cannot end; if the bar really takes so long, allow more: --stuck-after 300",
    topic: "strategy-errors",
  });
}

function exited(code: number): KiwiError {
  return new KiwiError({
    code: "STRATEGY_EXITED",
    exit: "data",
    message: `the strategy ended the program (exit code ${code})`,
    why: "it called process.exit, which a strategy must not",
    fix: "throw an error instead, or do nothing",
    topic: "strategy-errors",
  });
}

function crashed(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException | null)?.code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  return new KiwiError(
    {
      code: "OUT_OF_MEMORY",
      exit: "data",
      message: "the run needs more memory than Node may use",
      why: "the data, or what the strategy keeps in its memory, are too large",
      fix: "take fewer symbols or a shorter range, or run NODE_OPTIONS=--max-old-space-size=8192 kiwi ...",
      topic: "strategy-errors",
    },
    { cause: error },
  );
}
