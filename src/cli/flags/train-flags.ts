import type { RunFlag } from "./run-flag.ts";
import { dataFlags } from "./run-flags.ts";

const others: Readonly<Record<string, string>> = {
  "--from <day>": "first day to learn from",
  "--to <day>": "end of what is learnt from, not included",
  "-t, --timeframe <timeframe>": "bars to learn from, e.g. 1h",
};

/** The flags of commands that train: all that choose bars, but for the finer ones that orders fill on. */
export const trainFlags: readonly RunFlag[] = dataFlags
  .filter(({ path }) => path[0] !== "detail")
  .map((flag) => ({ ...flag, help: others[flag.flags] ?? flag.help }));
