import type { ProgressFlags, CommonFlags } from "../declare/common-flags.ts";
import type { Shell } from "../shell.ts";
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

/** A bar that appears when the work takes long. */
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
      if (performance.now() - startedMs < quietMs || board.total === 0) return;
      shown ??= startBar(cliProgress, board);
      shown.setTotal(board.total);
      const etaMs = pace.etaMs(board);
      shown.update(board.done, {
        stage: stage.padEnd(12),
        left: etaMs === null ? "" : `eta ${Math.ceil(etaMs / 1000)} s`,
      });
    },
    end,
    line(text) {
      end();
      shell.err(text);
    },
  };
}

function startBar(cliProgress: typeof import("cli-progress"), board: ProgressBoard) {
  const made = new cliProgress.SingleBar({
    format: "{stage} [{bar}] {percentage} %   {left}",
    barCompleteChar: "#",
    barIncompleteChar: "-",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  made.start(board.total, board.done, { stage: "", left: "" });
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

  /** Time that the rest of the stage will take at its present pace; null before there is one. */
  etaMs({ done, total }: ProgressBoard): number | null {
    const share = total === 0 ? 0 : done / total;
    return share <= 0 ? null : Math.round(((performance.now() - this.stageMs) * (1 - share)) / share);
  }
}
