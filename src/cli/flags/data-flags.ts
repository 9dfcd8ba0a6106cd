import type { RunFlag } from "./run-flag.ts";
import { dataFolderFlag, calendarFlag, csvFlags, pluginFlag } from "./run-flags.ts";

const source: RunFlag = {
  flags: "--source <names>",
  kind: "list",
  path: ["sources"],
  group: "Data",
  help: "where bars come from; others behind the first stand in for it",
};

/** The flags of commands on the data folder. */
export const heldFlags: readonly RunFlag[] = [dataFolderFlag, calendarFlag];

/** The flags of the command on news: their source is no source of bars. */
export const newsFlags: readonly RunFlag[] = [dataFolderFlag];

/** The flags of commands that fetch bars into it: a source may be one of your own. */
export const fetchFlags: readonly RunFlag[] = [...heldFlags, source, pluginFlag];

/** The flags of commands that read CSV files into it. */
export const importFlags: readonly RunFlag[] = [...heldFlags, ...csvFlags];
