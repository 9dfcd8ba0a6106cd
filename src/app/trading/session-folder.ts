import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { KiwiError } from "../../base/errors.ts";
import { replaceFile, textOf } from "../../robot/whole-file.ts";

/** What a session is, written whenever it starts. */
export type SessionNote = {
  readonly id: string;
  readonly mode: "paper" | "live";
  readonly account: string;
  readonly strategy: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  readonly symbols: string[];
  readonly timeframe: string;
  readonly broker: string;
  readonly isDemo: boolean;
  /** When it was started the last time. */
  readonly startedMs: number;
  /** When it was started the first time. */
  readonly begunMs: number;
  /** How long it has run before its last start. */
  readonly ranMs: number;
  readonly settingsHash: string;
  /** Models that it serves, by the hash of what they learned. */
  readonly models: { readonly name: string; readonly fingerprint: string }[];
  readonly pid: number;
  /** Where several sessions share an account: what this one is called there, and its share of the equity. */
  readonly part: { readonly name: string; readonly share: number } | null;
  /** A person has said that what it still held is not to be cared for any more. */
  readonly isLeft: boolean;
};

/** The files of a session. */
export type SessionPaths = {
  readonly folder: string;
  readonly note: string;
  readonly settings: string;
  /** What files said beside the bars; absent where none did. */
  readonly tables: string;
  readonly journal: string;
  readonly status: string;
  readonly heartbeat: string;
  readonly comparison: string;
  /** What people want switched off and on while it runs. */
  readonly switches: string;
  /** The folder of its log. */
  readonly logs: string;
  /** What the day has brought so far. */
  readonly day: string;
};

/** Where the files of a session are. */
export function sessionPaths(home: string, id: string): SessionPaths {
  const folder = join(home, "sessions", id);
  return {
    folder,
    note: join(folder, "session.json"),
    settings: join(folder, "settings.json"),
    tables: join(folder, "tables"),
    journal: join(folder, "journal"),
    status: join(folder, "status.json"),
    heartbeat: join(folder, "heartbeat"),
    comparison: join(folder, "comparison.jsonl"),
    switches: join(folder, "switches.jsonl"),
    logs: join(folder, "logs"),
    day: join(folder, "day.json"),
  };
}

/** Makes the folder of a session; nobody else on this machine may look into it. */
export function openSessionFolder(home: string, note: SessionNote): SessionPaths {
  const paths = sessionPaths(home, note.id);
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
  writeNote(home, note);
  return paths;
}

/** Writes what a session is into its folder. */
export function writeNote(home: string, note: SessionNote): void {
  replaceFile(sessionPaths(home, note.id).note, JSON.stringify(note, null, 2));
}

/** Every session that was kept here; the one that was started last is the last. */
export function allSessions(home: string): readonly SessionNote[] {
  let names: readonly string[];
  try {
    names = readdirSync(join(home, "sessions"));
  } catch {
    return [];
  }
  return names
    .flatMap((name) => {
      const note = readNote(home, name);
      return note === null ? [] : [note];
    })
    .toSorted((a, b) => a.startedMs - b.startedMs);
}

/** The session of a name, or the newest of a mode. Throws `SESSION_UNKNOWN`. */
export function findSession(home: string, name: string | undefined, mode?: SessionNote["mode"]): SessionNote {
  const sessions = allSessions(home).filter((one) => mode === undefined || one.mode === mode);
  const found =
    name === undefined || name === "last" ? sessions.at(-1) : sessions.findLast(({ id }) => id === name);
  if (found !== undefined) return found;
  const known = sessions.map(({ id }) => id).slice(-5);
  throw new KiwiError({
    code: "SESSION_UNKNOWN",
    exit: "usage",
    message:
      name === undefined
        ? `nothing has been traded here yet${mode === "live" ? " with money" : ""}`
        : `there is no session ${name}`,
    why:
      known.length === 0
        ? `no session is in ${join(home, "sessions")}`
        : `the last ones: ${known.join(", ")}`,
    fix:
      known.length > 0
        ? `name one of them, or the newest: --session ${known.at(-1)!}`
        : mode === "live"
          ? "kiwi live arm STRATEGY --account NAME   shows what has to be shown before money is traded"
          : "kiwi paper start --demo   starts one, offline and with play money",
    topic: "trading",
  });
}

function readNote(home: string, id: string): SessionNote | null {
  try {
    return noteIn(JSON.parse(textOf(sessionPaths(home, id).note) ?? ""));
  } catch {
    return null;
  }
}

const texts = ["id", "account", "strategy", "timeframe", "broker", "settingsHash"] as const;

/** By hand: a status is asked for often, and a schema takes longer to load than all else that is read. */
function noteIn(value: unknown): SessionNote | null {
  const note = value as SessionNote;
  const { mode, symbols, params, startedMs, pid, isDemo } = note;
  const isNote =
    texts.every((name) => typeof note[name] === "string") &&
    (mode === "paper" || mode === "live") &&
    Array.isArray(symbols) &&
    symbols.every((symbol) => typeof symbol === "string") &&
    typeof params === "object" &&
    [startedMs, pid].every(Number.isFinite) &&
    typeof isDemo === "boolean";
  // Notes of before have not all of it.
  return isNote
    ? {
        ...note,
        begunMs: note.begunMs ?? startedMs,
        ranMs: note.ranMs ?? 0,
        models: note.models ?? [],
        part: note.part ?? null,
        isLeft: note.isLeft ?? false,
      }
    : null;
}

/**
 * Says of a session whether it has traded on the account of this one before: the lock of the account says that it is over. Looked up
 * once: whoever holds the lock sees no other begin, and what is tidied away meanwhile stays known.
 */
export function earlierSessions(home: string, { account }: SessionNote): (tag: string) => boolean {
  const ids = new Set(allSessions(home).flatMap((one) => (one.account === account ? [one.id] : [])));
  return (tag) => ids.has(tag);
}
