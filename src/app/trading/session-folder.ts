import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { KiwiError } from "../../base/errors.ts";
import { replaceFile, textOf } from "../../robot/whole-file.ts";

const sessionNote = z.object({
  id: z.string(),
  mode: z.enum(["paper", "live"]),
  account: z.string(),
  strategy: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  symbols: z.array(z.string()),
  timeframe: z.string(),
  broker: z.string(),
  isDemo: z.boolean(),
  startedMs: z.number(),
  settingsHash: z.string(),
  /** Models that it serves, by the hash of what they learned. */
  models: z.array(z.object({ name: z.string(), fingerprint: z.string() })).default([]),
  pid: z.number(),
  /** Where several sessions share an account: what this one is called there, and its share of the equity. */
  part: z.object({ name: z.string(), share: z.number() }).nullable().default(null),
  /** A person has said that what it still held is not to be cared for any more. */
  isLeft: z.boolean().default(false),
});

/** What a session is, written when it starts. */
export type SessionNote = z.output<typeof sessionNote>;

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

/** Every session that was kept here, oldest first. */
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
    message: name === undefined ? "nothing has been traded here yet" : `there is no session ${name}`,
    why:
      known.length === 0
        ? `no session is in ${join(home, "sessions")}`
        : `the last ones: ${known.join(", ")}`,
    fix: "kiwi paper start --demo   starts one, offline and with play money",
    topic: "trading",
  });
}

function readNote(home: string, id: string): SessionNote | null {
  try {
    return sessionNote.parse(JSON.parse(textOf(sessionPaths(home, id).note) ?? ""));
  } catch {
    return null;
  }
}
