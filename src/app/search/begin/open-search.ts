import { join } from "node:path";
import { takeLock, type AccountLock } from "../../../robot/account-lock.ts";
import { KiwiError } from "../../../base/errors.ts";
import { codeHash } from "../../plugins/code-identity.ts";
import type { PreparedRun } from "../../runs/prepare-run.ts";
import { readHash } from "../../runs/run-hashes.ts";
import { newSearchFolder } from "../count-tried.ts";
import {
  beginJournal,
  findSearch,
  openJournal,
  readSearchRequest,
  type SearchJournal,
} from "../search-journal.ts";
import { keptSearchSchema, type KeptSearch, type SearchRequest } from "../search-request.ts";

/** A search by what was asked for; `folder` is that of one to go on with, `null` for a new one. */
export type FoundSearch = {
  readonly asked: SearchRequest;
  readonly folder: string | null;
  readonly madeWith: KeptSearch["madeWith"];
};

/** What its trials are made of: code and bars. */
type Ground = Pick<PreparedRun, "found" | "loaded" | "detail" | "setup">;

/** A search that this process alone goes on with. */
type HeldSearch = { readonly journal: SearchJournal; readonly release: () => void };

/** Finds what is gone on with, or takes what is asked anew. Throws `SEARCH_UNKNOWN`. */
export function foundSearch(
  search: SearchRequest | { readonly folder: string; readonly resume: string },
): FoundSearch {
  if (!("resume" in search)) return { asked: search, folder: null, madeWith: undefined };
  const folder = findSearch(search.folder, search.resume, isSearch);
  const { madeBy: _, madeWith, ...asked } = keptSearchSchema.parse(readSearchRequest(folder));
  return { asked, folder, madeWith };
}

/** The table of a validation is no search: it needs returns, which are not kept. */
function isSearch(request: unknown): boolean {
  return (request as Partial<KeptSearch> | null)?.madeBy !== "validate";
}

/**
 * Begins its table, or goes on with it. Throws `SEARCH_RUNNING` while another process does, `SEARCH_OTHER` where the code or
 * the bars are not those that it was begun with, and `SEARCH_EDITED`.
 */
export function holdSearch({ asked, folder, madeWith }: FoundSearch, prepared: Ground): HeldSearch {
  const now = { code: codeHash(prepared.found.ownFiles), data: readHash(prepared) };
  const at = folder ?? newSearchFolder(asked);
  if (madeWith !== undefined) {
    if (madeWith.data !== now.data) throw other("the bars are not those that it was begun with");
    if (madeWith.code !== now.code) throw other("the strategy or Kiwi is not the one that it was begun with");
  }
  const begun = folder === null ? beginJournal(at, { ...asked, madeBy: "optimize", madeWith: now }) : null;
  const lock = heldBy(at, asked);
  try {
    return { journal: begun ?? openJournal(at), release: () => lock.release() };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function heldBy(folder: string, { request }: SearchRequest): AccountLock {
  const lock = takeLock(join(folder, "lock"), "search", { sinceMs: request.nowMs, what: "searches" });
  if (lock !== null) return lock;
  throw new KiwiError({
    code: "SEARCH_RUNNING",
    exit: "usage",
    message: "this search is running",
    why: "another kiwi writes its table: two would write every trial twice",
    fix: "wait for it, or end it with Ctrl-C there; then go on with --resume",
    topic: "optimize",
  });
}

function other(why: string): KiwiError {
  return new KiwiError({
    code: "SEARCH_OTHER",
    exit: "data",
    message: `this search cannot be gone on with: ${why}`,
    why: "one part of its table would be of other trials than the rest, and the best of both would mean nothing",
    fix: "put them back as they were, or begin it anew, without --resume",
    topic: "optimize",
  });
}
