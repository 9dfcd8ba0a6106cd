import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import type { Shell } from "../shell.ts";
import { safeText } from "./safe-text.ts";
import type { Progress } from "./progress.ts";

const width = 10;
/** Carriage return, and erase to the end of the line. */
const eraseLine = "\r\u001B[K";

/** Progress in numbered stages: a line for each that is done, and for people who watch a bar on the one that is not. */
export function stageProgress(shell: Shell, flags: CommonFlags & ProgressFlags): Progress {
  if (flags.quiet === true || flags.progress === false)
    return { look: () => {}, end: () => {}, line: () => {} };
  if (!shell.isWatched) return { look: () => {}, end: () => {}, line: shell.err };
  let isDrawn = false;
  const erase = (): void => {
    if (isDrawn) process.stderr.write(eraseLine);
    isDrawn = false;
  };
  return {
    look(stage, { done, total }) {
      if (stage === "") return;
      const filled = total === 0 ? 0 : Math.round((width * done) / total);
      const bar = "#".repeat(filled) + "-".repeat(width - filled);
      process.stderr.write(
        `${eraseLine}  ${safeText(stage).padEnd(16)} [${bar}] ${total === 0 ? "" : `${done}/${total}`}`,
      );
      isDrawn = true;
    },
    end: erase,
    line(text) {
      erase();
      shell.err(text);
    },
  };
}
