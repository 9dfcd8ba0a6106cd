import { basename } from "node:path";
import { KiwiError } from "../../base/errors.ts";
import { findSearch, readTable } from "./search-journal.ts";
import { ranked, type SearchRow } from "./search-row.ts";

/** A trial of a search that was kept. */
export type NamedTrial = { readonly searchId: string; readonly row: SearchRow };

const shape = /^([^/]+)\/(best|\d+)$/;

/** Whether a name is that of a trial: `last/17`, `20260304-120501/best`. */
export function isTrialName(name: string): boolean {
  return shape.test(name);
}

/** Reads a trial by its name. Throws `SEARCH_UNKNOWN` and `TRIAL_UNKNOWN`. */
export function readTrial(folder: string, name: string): NamedTrial {
  const [, search = "", which = ""] = shape.exec(name) ?? [];
  const found = findSearch(folder, search);
  const searchId = basename(found);
  const rows = readTable(found);
  const row = which === "best" ? ranked(rows).find(({ value }) => value !== null) : rows[Number(which)];
  if (row !== undefined) return { searchId, row };
  throw new KiwiError({
    code: "TRIAL_UNKNOWN",
    exit: "usage",
    message: which === "best" ? `${searchId} has no best trial` : `${searchId} has no trial ${which}`,
    why:
      which === "best"
        ? "none of its trials could be ranked"
        : `its table has ${rows.length} trials, counted from 0`,
    fix: `name another one, for example ${searchId}/0; the table is .kiwi/searches/${searchId}/trials.csv`,
    topic: "optimize",
  });
}
