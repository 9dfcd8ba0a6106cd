import type { ProgressFlags, CommonFlags } from "../declare/common-flags.ts";
import type { Shell } from "../shell.ts";
import { safeText } from "./safe-text.ts";
import type { ProgressBoard } from "../../jobs/progress-board.ts";

/** Work that is done within this time needs no bar. */
const quietMs = 2_000;

/** Shows how far the work is, in the way that was asked for. */
export type Progress = {
  readonly look: (stage: string, board: ProgressBoard) => void;
  /** Takes the bar away. */
  readonly end: () => void;
  /** Says a line without tearing the bar. */
  readonly line: (text: string) => void;
};

/** Chooses how progress is shown: a bar for people who watch, lines for programs that ask, else nothing. */
export async function progressFor(shell: Shell, flags: CommonFlags & ProgressFlags): Promise<Progress> {
  const line = (text: string): void => shell.err(text);
  const silent: Progress = { look: () => {}, end: () => {}, line };
  if (flags.progress === "json") return { ...silent, look: jsonLines(shell) };
  if (flags.quiet === true || flags.progress === false) return silent;
  if (flags.progress !== undefined) return { ...silent, look: plainLines(shell) };
  return shell.isWatched ? bar(shell) : silent;
}

/** One line of JSON per second and at every new stage. */
function jsonLines(shell: Shell): Progress["look"] {
  const pace = new Pace();
  return (stage, board) => {
    if (stage === "" || !pace.isDue(stage, 1_000)) return;
    shell.err(JSON.stringify({ stage, done: board.done, total: board.total, etaMs: pace.etaMs(board) }));
  };
}

/** One line for every tenth. */
function plainLines(shell: Shell): Progress["look"] {
  let shown = "";
  return (stage, board) => {
    const tenth = board.total === 0 ? 0 : Math.floor((10 * board.done) / board.total);
    const text = `${stage} ${tenth * 10} %`;
    if (stage === "" || text === shown) return;
    shown = text;
    shell.err(text);
  };
}

/** A bar that appears when the work takes long; where nobody knows how much there is to do, the time that it has taken. */
async function bar(shell: Shell): Promise<Progress> {
  const { default: cliProgress } = await import("cli-progress");
  const startedMs = performance.now();
  const pace = new Pace();
  let shown: InstanceType<typeof cliProgress.SingleBar> | null = null;
  const end = (): void => {
    shown?.stop();
    shown = null;
  };
  return {
    look(stage, board) {
      pace.isDue(stage, 0);
      if (stage === "" || performance.now() - startedMs < quietMs) return;
      shown ??= startBar(cliProgress);
      shown.update(0, { text: barText(stage, board, pace) });
    },
    end,
    line(text) {
      end();
      shell.err(text);
    },
  };
}

const barWidth = 30;

function barText(stage: string, board: ProgressBoard, pace: Pace): string {
  const name = safeText(stage).padEnd(12);
  const took = `${Math.floor(pace.tookMs() / 1000)} s`;
  if (board.total === 0) return `${name} ${took}`;
  const share = Math.min(1, board.done / board.total);
  const filled = Math.round(barWidth * share);
  const bar = "#".repeat(filled) + "-".repeat(barWidth - filled);
  const etaMs = pace.etaMs(board);
  const left = etaMs === null ? took : `${took}, eta ${Math.ceil(etaMs / 1000)} s`;
  return `${name} [${bar}] ${Math.floor(100 * share)} %   ${left}`;
}

function startBar(cliProgress: typeof import("cli-progress")) {
  const made = new cliProgress.SingleBar({
    format: "{text}",
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  made.start(1, 0, { text: "" });
  return made;
}

/** Measures how fast a stage goes. */
class Pace {
  private stage = "";
  private stageMs = 0;
  private lastMs = -Infinity;

  /** Whether it is time to say something: always when a stage begins, else after `everyMs`. */
  isDue(stage: string, everyMs: number): boolean {
    const nowMs = performance.now();
    const isNew = stage !== this.stage;
    if (isNew) {
      this.stage = stage;
      this.stageMs = nowMs;
    }
    if (!isNew && nowMs - this.lastMs < everyMs) return false;
    this.lastMs = nowMs;
    return true;
  }

  /** Time that the stage has taken. */
  tookMs(): number {
    return performance.now() - this.stageMs;
  }

  /** Time that the rest of the stage will take at its present pace; null before there is one. */
  etaMs({ done, total }: ProgressBoard): number | null {
    const share = total === 0 ? 0 : done / total;
    return share <= 0 ? null : Math.round(((performance.now() - this.stageMs) * (1 - share)) / share);
  }
}
