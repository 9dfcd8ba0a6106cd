import { statSync } from "node:fs";
import type { StateDatabase } from "../../adapters/stores/state/state-database.ts";
import type { SessionRows } from "../../adapters/stores/state/state-tables.ts";
import { KiwiError } from "../../base/errors.ts";
import type { JournalStore } from "../../ports/journal-store.ts";
import { replayJournal, storedJournal } from "../trading/replay-stored.ts";
import { allSessions, sessionPaths, type SessionNote } from "../trading/session-folder.ts";
import { journalFacts } from "./journal-rows.ts";
import { replayRows, type ReplayRows } from "./replay-rows.ts";

/** What became of a session when the database was brought up to its journal. */
export type Updated = {
  readonly id: string;
  /** `kept`: its journal has not grown. `failed`: the journal itself cannot be read. */
  readonly outcome: "told" | "kept" | "failed";
  readonly why: string | null;
};

/** Told after each session; `done` of `all` have been looked at. */
export type OnSession = (updated: Updated, done: number, all: number) => void;

const nothingReplayed: ReplayRows = { decisions: [], trades: [], equity: [], positions: [] };

/**
 * Brings the database up to what the journals under `home` say: sessions whose journals have grown are told anew, all of
 * them with `isWhole`, and sessions that are gone go here too. A running session may be among them.
 */
export async function updateState(
  home: string,
  state: StateDatabase,
  isWhole: boolean,
  onSession: OnSession = () => {},
): Promise<readonly Updated[]> {
  const notes = allSessions(home);
  await state.keepOnly(new Set(notes.map(({ id }) => id)));
  const known = new Map((await state.sessions()).map(({ id, journalBytes }) => [id, journalBytes]));
  const updated: Updated[] = [];
  for (const note of notes) {
    updated.push(await updateSession(home, state, note, isWhole ? undefined : known.get(note.id)));
    onSession(updated.at(-1)!, updated.length, notes.length);
  }
  return updated;
}

async function updateSession(
  home: string,
  state: StateDatabase,
  note: SessionNote,
  knownBytes: number | undefined,
): Promise<Updated> {
  const { id } = note;
  const bytes = bytesOf(sessionPaths(home, id).journal);
  if (bytes === knownBytes) return { id, outcome: "kept", why: null };
  let rows: SessionRows;
  try {
    rows = await rowsOfSession(home, note, bytes);
  } catch (error) {
    return { id, outcome: "failed", why: messageOf(error) };
  }
  await state.record(rows);
  return { id, outcome: "told", why: rows.session.replayFailure };
}

async function rowsOfSession(home: string, note: SessionNote, journalBytes: number): Promise<SessionRows> {
  // One end for both: a session that goes on must not have a fill here whose equity is not there.
  const journal = storedJournal(home, note);
  const facts = journalFacts(journal.read());
  const replay = await lifeOf(home, note, journal);
  const { cash, ...told } = facts;
  const { id, mode, account, strategy, timeframe, broker, begunMs: startedMs, settingsHash } = note;
  return {
    session: {
      id,
      mode,
      account,
      strategy,
      params: JSON.stringify(note.params),
      symbols: JSON.stringify(note.symbols),
      timeframe,
      broker,
      isDemo: note.isDemo ? 1 : 0,
      startedMs,
      settingsHash,
      cash,
      journalBytes,
      decisionsHash: replay.decisionsHash,
      replayFailure: replay.failure,
    },
    ...told,
    ...replay.rows,
  };
}

type Life = {
  readonly rows: ReplayRows;
  readonly decisionsHash: string | null;
  readonly failure: string | null;
};

/** Orders and fills need the journal alone; the rest needs the strategy as it was, which may be gone by now. */
async function lifeOf(home: string, note: SessionNote, journal: JournalStore): Promise<Life> {
  try {
    const { session, decisionsHash, difference } = await replayJournal(home, note, journal);
    const failure =
      difference === null ? null : "lived through again, it decides something else: kiwi replay";
    return { rows: replayRows(session), decisionsHash, failure };
  } catch (error) {
    return { rows: nothingReplayed, decisionsHash: null, failure: messageOf(error) };
  }
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function messageOf(error: unknown): string {
  if (error instanceof KiwiError) return `${error.parts.code}: ${error.parts.message}`;
  return error instanceof Error ? error.message : String(error);
}
