import type { RunFlag } from "./run-flag.ts";

/** Files that say what trading and holding cost in the past. */
export const costFileFlags: readonly RunFlag[] = [
  {
    flags: "--funding-file <file>",
    kind: "text",
    path: ["costs", "fundingFile"],
    group: "Account and costs",
    help: "funding as it was: time,value[,symbol]",
  },
  {
    flags: "--borrow-file <file>",
    kind: "text",
    path: ["costs", "borrowFile"],
    group: "Account and costs",
    help: "yearly borrow fees as they were: time,value[,symbol]",
  },
  {
    flags: "--fee-tiers <file>",
    kind: "text",
    path: ["costs", "feeTiersFile"],
    group: "Account and costs",
    help: "commission by volume: volume,maker,taker[,from]",
  },
];

/** What a report shows beside the run itself. */
export const repeatFlags: readonly RunFlag[] = [
  {
    flags: "--capacity",
    kind: "switch",
    path: ["capacity"],
    group: "Result",
    help: "run again with larger accounts, whose orders move the price",
  },
  { flags: "--no-capacity", kind: "switch", path: ["capacity"], group: "Result", help: "do not" },
  {
    flags: "--in-sample-to <date>",
    kind: "text",
    path: ["inSampleTo"],
    group: "Result",
    help: "day up to which this was chosen or trained: charts shade it",
  },
];
