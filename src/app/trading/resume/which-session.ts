import { existsSync } from "node:fs";
import { KiwiError } from "../../../base/errors.ts";
import { canonicalJson, sha256 } from "../../../base/hash.ts";
import { formatTime, secondMs } from "../../../base/time.ts";
import { allSessions, sessionPaths, writeNote, type SessionNote } from "../session-folder.ts";
import type { TradingPlan } from "../session-parts.ts";
import { ranMs, readStatus } from "../session-status.ts";
import { settingsHashOf } from "../settings-hash.ts";

/** What a session is called, and in words where it goes on or why it is a new one. */
export type ChosenSession = {
  readonly note: SessionNote;
  readonly origin: string;
  /** What it takes the place of on its account, whose day goes on; null for one that goes on itself or begins anew. */
  readonly before: SessionNote | null;
};

/**
 * What each session is: one that is the same as before goes on where it ended, any other is new. Throws `SESSION_HOLDS`
 * where one of several would be forgotten that still holds something, `JOURNAL_GONE` where money would be traded without it.
 */
export function whichSessions(
  home: string,
  account: string,
  plans: readonly TradingPlan[],
  isFresh: boolean,
): readonly ChosenSession[] {
  const before = sessionsBefore(home, account, plans[0]!);
  const taken = new Set(allSessions(home).map(({ id }) => id));
  const chosen = plans.map((plan): ChosenSession => {
    const old = before.find(({ part }) => part?.name === plan.part?.name);
    const why = old === undefined ? "" : isFresh ? "it was to begin anew" : differenceOf(home, old, plan);
    if (old !== undefined && why === "") return goingOn(home, old);
    if (old?.mode === "live" && why === gone) throw journalGone(home, old);
    const note = noteOf(plan, account, taken);
    taken.add(note.id);
    const origin = old === undefined ? "" : `a new session, and not ${old.id} of this account: ${why}`;
    return { note, origin, before: isFresh ? null : (old ?? null) };
  });
  const left = before.filter(({ id, part }) => part !== null && !chosen.some(({ note }) => note.id === id));
  for (const old of left) {
    const held = heldBy(home, old);
    if (held !== "" && !isFresh) throw stillHolds(old, held);
    if (held !== "") writeNote(home, { ...old, isLeft: true });
  }
  return chosen;
}

/**
 * Sessions that may go on: of several on an account the newest of every name; else the last that traded on it, for the
 * books of one before it are not those of the account any more. The venue of a demo ends with it.
 */
function sessionsBefore(
  home: string,
  account: string,
  { mode, part, isDemo }: TradingPlan,
): readonly SessionNote[] {
  if (isDemo) return [];
  const all = allSessions(home).filter(
    (note) => note.account === account && note.mode === mode && !note.isDemo && !note.isLeft,
  );
  if (part === null) return all.slice(-1).filter((last) => last.part === null);
  const newest = new Map<string, SessionNote>();
  for (const note of all) if (note.part !== null) newest.set(note.part.name, note);
  return [...newest.values()];
}

const gone = "its journal is gone";

function goingOn(home: string, old: SessionNote): ChosenSession {
  const status = readStatus(sessionPaths(home, old.id).status);
  const note = { ...old, pid: process.pid, startedMs: Date.now(), ranMs: ranMs(old, status) };
  const last = status === null ? "" : `, last heard of at ${formatTime(status.writtenMs)}`;
  return { note, before: null, origin: `goes on where it ended (begun ${formatTime(old.begunMs)}${last})` };
}

/** What is another than it was, for people; nothing where it is the same session. */
function differenceOf(home: string, old: SessionNote, plan: TradingPlan): string {
  if (old.settingsHash === settingsHashOf(plan)) return isGone(home, old) ? gone : "";
  const compared = [
    ["strategy", old.strategy, plan.strategyName],
    ["parameters", old.params, plan.params],
    ["symbols", old.symbols, plan.symbols],
    ["timeframe", old.timeframe, plan.timeframe],
    ["models", old.models, plan.models],
  ] as const;
  const others = compared.filter(([, then, now]) => canonicalJson(then) !== canonicalJson(now));
  const names = others.map(([what]) => what);
  return `other ${names.length === 0 ? "settings (costs, sizes, risk or tables of the configuration)" : names.join(", ")}`;
}

/** Begun again under its old name it would give its orders names that the venue has seen. One that ended as it began has none. */
function isGone(home: string, { id }: SessionNote): boolean {
  const { journal, status } = sessionPaths(home, id);
  return !existsSync(journal) && existsSync(status);
}

function heldBy(home: string, { id }: SessionNote): string {
  const positions = readStatus(sessionPaths(home, id).status)?.robot.positions ?? [];
  return positions
    .filter(({ quantity }) => quantity !== 0)
    .map(({ quantity, symbol }) => `${quantity} ${symbol}`)
    .join(", ");
}

function noteOf(plan: TradingPlan, account: string, taken: ReadonlySet<string>): SessionNote {
  const startedMs = Date.now();
  const { mode, isDemo, symbols, params, timeframe, broker, part, strategyName: strategy } = plan;
  // Seconds since 2020 in base 36 are six characters until 2088, and with a hint of the account no two are alike.
  const idAt = (timeMs: number): string =>
    `${Math.floor((timeMs - Date.UTC(2020, 0, 1)) / secondMs).toString(36)}${sha256(account).slice(0, 2)}`;
  let idMs = startedMs;
  while (taken.has(idAt(idMs))) idMs += secondMs;
  return {
    id: idAt(idMs),
    mode,
    account,
    strategy,
    params,
    symbols: [...symbols],
    timeframe,
    broker: broker.use,
    isDemo,
    startedMs,
    begunMs: startedMs,
    ranMs: 0,
    settingsHash: settingsHashOf(plan),
    models: [...plan.models],
    pid: process.pid,
    part,
    isLeft: false,
  };
}

function stillHolds({ id, part, account }: SessionNote, held: string): KiwiError {
  return new KiwiError({
    code: "SESSION_HOLDS",
    exit: "safety",
    message: `session ${id} (${part!.name}) still holds ${held} on account ${account}, and is not among what is to be started`,
    why: "it is gone from the configuration, or its settings are others now: nobody would look after what it holds",
    fix: "start it as it was, or close what it holds; with --fresh that stays at the venue and belongs to nobody",
    topic: "sessions",
  });
}

function journalGone(home: string, { id, account }: SessionNote): KiwiError {
  return new KiwiError({
    code: "JOURNAL_GONE",
    exit: "safety",
    message: `the journal of session ${id} on account ${account} is gone: ${sessionPaths(home, id).journal}`,
    why: "what it wanted, and which orders are its own, stood there alone",
    fix: "put it back (kiwi db restore FOLDER), or start with --fresh: a new session begins from what the account holds",
    topic: "sessions",
  });
}
