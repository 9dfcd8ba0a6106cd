import type { RunFlag } from "./run-flag.ts";
import { backtestFlags } from "./run-flags.ts";

/** Keys that shape what a single run shows, and nothing of a search. */
const ofOneRun = new Set(["report", "costGrid", "capacity", "inSampleTo", "failIf", "out", "benchmark"]);

/** The flags of commands that run a strategy many times. */
export const searchFlags: readonly RunFlag[] = backtestFlags.filter(({ path }) => !ofOneRun.has(path[0]!));

/** The flags of a validation: those of a search, and what lets a build fail. */
export const validateFlags: readonly RunFlag[] = backtestFlags.filter(
  ({ path }) => path[0] === "failIf" || !ofOneRun.has(path[0]!),
);
