import type { RunFlag } from "./run-flag.ts";
import { accountFlags, dataFlags } from "./run-flags.ts";

const others: Readonly<Record<string, string>> = {
  "--from <day>": "first day to learn from",
  "--to <day>": "end of what is learnt from, not included",
  "-t, --timeframe <timeframe>": "bars to learn from, e.g. 1h",
};

/** The flags of commands that train: all that choose bars, but for the finer ones that orders fill on. */
export const trainFlags: readonly RunFlag[] = dataFlags
  .filter(({ path }) => path[0] !== "detail")
  .map((flag) => ({ ...flag, help: others[flag.flags] ?? flag.help }));

const judged: Readonly<Record<string, string>> = {
  "--from <day>": "first day that is judged; with --folds the first that is learned from",
  "--to <day>": "end of what is judged, not included",
  "-t, --timeframe <timeframe>": "bars of the model; made of finer ones where the data have those",
};

/** The flags of commands that ask a model about bars. */
export const askFlags: readonly RunFlag[] = trainFlags.map((flag) => ({
  ...flag,
  help: judged[flag.flags] ?? flag.help,
}));

/** The flags of a judgement: bars, and what an account pays. */
export const evaluateFlags: readonly RunFlag[] = [...askFlags, ...accountFlags];
