import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { makeFolder } from "../../adapters/stores/runs/make-folder.ts";
import { storeError } from "../../adapters/stores/runs/store-errors.ts";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { KiwiError } from "../../base/errors.ts";
import { lineOf, type SearchRow } from "./search-row.ts";

/** The table of a search on the disk: one line for each trial, written as they come, so that it can be gone on with. */
export type SearchJournal = {
  readonly folder: string;
  /** What was there when it was opened. */
  readonly rows: readonly SearchRow[];
  /** Throws `DISK_FULL` or `NOT_WRITABLE`. */
  readonly append: (rows: readonly SearchRow[]) => void;
};

const tableName = "trials.jsonl";
const requestName = "search.json";

/** Folder of all searches of a working folder. */
export function searchesFolder(folder: string): string {
  return resolve(folder, ".kiwi", "searches");
}

/** Begins the table of a new search, and keeps what was asked for beside it. */
export function beginJournal(folder: string, request: unknown): SearchJournal {
  makeFolder(folder);
  // No limit is Infinity, which no file can state: left out, it has its default again.
  const finite = (_key: string, value: unknown): unknown => (value === Infinity ? undefined : value);
  writeWhole(join(folder, requestName), `${JSON.stringify(request, finite, 2)}\n`);
  writeWhole(join(folder, tableName), "");
  return journalAt(folder, []);
}

/** Goes on with the table of a search. A line that a crash cut short is taken away. Throws `SEARCH_EDITED`. */
export function openJournal(folder: string): SearchJournal {
  const path = join(folder, tableName);
  const whole = wholeLines(path);
  const rows = rowsOf(path, whole);
  if (existsSync(path)) truncateSync(path, Buffer.byteLength(whole));
  return journalAt(folder, rows);
}

/** The whole lines of a table, which is left as it is: the search may still be running. Throws `SEARCH_EDITED`. */
export function readTable(folder: string): readonly SearchRow[] {
  const path = join(folder, tableName);
  return rowsOf(path, wholeLines(path));
}

/** What a search was asked for: plain data, to be checked by whoever asked. */
export function readSearchRequest(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, requestName), "utf8")) as unknown;
}

/** Id of the newest search of a working folder; null where there is none. */
export function newestSearch(folder: string): string | null {
  const root = searchesFolder(folder);
  if (!existsSync(root)) return null;
  return (
    readdirSync(root)
      .filter((id) => existsSync(join(root, id, requestName)))
      .sort()
      .at(-1) ?? null
  );
}

/** The folder of a search by its id, the beginning of one, or `last`, among those that are meant. Throws `SEARCH_UNKNOWN`. */
export function findSearch(
  folder: string,
  name: string,
  isMeant: (request: unknown) => boolean = () => true,
): string {
  const root = searchesFolder(folder);
  const ids = existsSync(root)
    ? readdirSync(root)
        .filter((id) => existsSync(join(root, id, requestName)) && isMeant(readSearchRequest(join(root, id))))
        .sort()
    : [];
  const found = name === "last" ? ids.slice(-1) : ids.filter((id) => id.startsWith(name));
  if (found.length === 1) return join(root, found[0]!);
  throw new KiwiError({
    code: "SEARCH_UNKNOWN",
    exit: "usage",
    message:
      found.length === 0 ? `there is no search ${name}` : `${found.length} searches begin with ${name}`,
    why: ids.length === 0 ? `none was made in ${folder}` : `there are ${ids.slice(-6).join(", ")}`,
    fix: ids.length === 0 ? "kiwi optimize STRATEGY --data FILE" : `name one whole: ${ids.at(-1)}`,
    topic: "optimize",
  });
}

/** A search that was killed before its first trial may have no table. */
function wholeLines(path: string): string {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

function rowsOf(path: string, text: string): readonly SearchRow[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line, k) => {
      const row = rowIn(line);
      if (row?.trial !== k) throw edited(path, k + 1);
      return row;
    });
}

function rowIn(line: string): SearchRow | null {
  try {
    return JSON.parse(line) as SearchRow | null;
  } catch {
    return null;
  }
}

function edited(path: string, line: number): KiwiError {
  return new KiwiError({
    code: "SEARCH_EDITED",
    exit: "data",
    message: `line ${line} of ${path} is not trial ${line - 1}`,
    why: "a line of the table was changed, removed or written twice, so nobody can say what was tried there",
    fix: `take that line and those below it away, and go on: kiwi optimize --resume ${basename(dirname(path))}`,
    topic: "optimize",
  });
}

function journalAt(folder: string, rows: readonly SearchRow[]): SearchJournal {
  const path = join(folder, tableName);
  return {
    folder,
    rows,
    append(added) {
      try {
        appendFileSync(path, added.map((row) => `${lineOf(row)}\n`).join(""), { flush: true });
      } catch (cause) {
        throw storeError(path, cause);
      }
    },
  };
}
