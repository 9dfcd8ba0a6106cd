import { accountFlags, dataFlags } from "./run-flags.ts";

/** What an emulator has no use for: it decides nothing, and its tape has bars of one length. */
const left = new Set([
  "asOf",
  "with",
  "series",
  "seriesDelayDays",
  "universe",
  "delistings",
  "actions",
  "detail",
  "from",
]);

/** The flags of `kiwi emulator` that stand for keys of the configuration. */
export const emulatorFlags = [...dataFlags.filter(({ path }) => !left.has(path[0]!)), ...accountFlags];
