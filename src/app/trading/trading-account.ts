import { KiwiError } from "../../base/errors.ts";
import { sha256 } from "../../base/hash.ts";
import { secondMs } from "../../base/time.ts";
import type { BrokerConnection } from "../../ports/broker-connection.ts";
import { lockAccount } from "../../robot/account-lock.ts";
import type { Seat } from "../../robot/account/seat.ts";
import { SharedAccount } from "../../robot/account/shared-account.ts";
import { KillSwitch } from "../../robot/kill/kill-switch.ts";
import type { HeldLock } from "../../robot/robot-types.ts";
import { allSessions, sessionPaths, writeNote, type SessionNote } from "./session-folder.ts";
import type { TradingPlan } from "./session-parts.ts";
import { sharesTooLarge } from "./session-requests.ts";
import { readStatus } from "./session-status.ts";
import { settingsHashOf } from "./settings-hash.ts";
import { killLatched } from "./trading-errors.ts";

/** A session with its line to the venue. */
export type OpenedSession = {
  readonly plan: TradingPlan;
  readonly note: SessionNote;
  readonly killSwitch: KillSwitch;
  readonly lock: HeldLock;
  /** Its own line: the account's, or what of it is this session's. */
  readonly connection: BrokerConnection;
  /** The line to the whole account. */
  readonly wholeLine: BrokerConnection;
  readonly seat: Seat | null;
  readonly shared: SharedAccount | null;
};

/** An account that is held for trading, with the sessions on it. */
export type TradingAccount = {
  readonly sessions: readonly OpenedSession[];
  readonly close: () => Promise<void>;
};

/**
 * Takes an account for this process and gives every session its line to it. Throws `KILL_LATCHED`, `ACCOUNT_LOCKED`,
 * `SESSION_SHARES`, `SESSION_HOLDS`.
 */
export async function openAccount(
  home: string,
  account: string,
  plans: readonly TradingPlan[],
  options: { readonly isFresh: boolean; readonly mayStart?: (notes: readonly SessionNote[]) => void },
): Promise<TradingAccount> {
  const killSwitch = new KillSwitch(home, account);
  const { state, reason } = killSwitch.order();
  if (state !== "active") throw killLatched(account, reason);
  checkShares(plans);
  const notes = notesOf(home, account, plans, options.isFresh);
  options.mayStart?.(notes);
  const mode = plans[0]!.mode;
  const what = `${mode} session ${notes.map(({ id }) => id).join(" ")}`;
  const lock = lockAccount(home, account, { sinceMs: Date.now(), what });
  try {
    const line = await plans[0]!.connect();
    const shared = plans[0]!.part === null ? null : new SharedAccount(line, notes.map(seatOf));
    const sessions = plans.map((plan, k): OpenedSession => {
      const seat = shared?.seats[k] ?? null;
      const connection = seat ?? line;
      const held = shared === null ? lock : lentLock(lock);
      return { plan, note: notes[k]!, killSwitch, lock: held, connection, wholeLine: line, seat, shared };
    });
    return {
      sessions,
      async close() {
        await shared?.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** One session that ends does not give the account away that others trade. */
function lentLock(lock: HeldLock): HeldLock {
  return {
    get isHeld() {
      return lock.isHeld;
    },
    release() {},
  };
}

function seatOf({ id, part, symbols }: SessionNote) {
  return { tag: id, share: part!.share, symbols };
}

/** Different words for the same account show only when the venue has named it. */
function checkShares(plans: readonly TradingPlan[]): void {
  const sum = plans.reduce((total, { part }) => total + (part?.share ?? 0), 0);
  if (sum > 1 + 1e-9) throw sharesTooLarge(sum, 0);
}

/**
 * What each session is: one of several goes on where it ended, if it is still the same. Throws `SESSION_HOLDS` where
 * somebody would be forgotten who still holds something.
 */
function notesOf(
  home: string,
  account: string,
  plans: readonly TradingPlan[],
  isFresh: boolean,
): readonly SessionNote[] {
  const before = plans[0]!.part === null ? [] : newestParts(home, account, plans[0]!.mode);
  const taken = new Set(allSessions(home).map(({ id }) => id));
  const notes = plans.map((plan): SessionNote => {
    const old = before.find(({ part }) => part!.name === plan.part?.name);
    const goesOn = old !== undefined && !isFresh && old.settingsHash === settingsHashOf(plan);
    if (goesOn) return { ...old, pid: process.pid };
    const note = noteOf(plan, account, taken);
    taken.add(note.id);
    return note;
  });
  const left = before.filter(({ id }) => !notes.some((note) => note.id === id));
  for (const old of left) {
    const held = heldBy(home, old);
    if (held !== "" && !isFresh) throw stillHolds(old, held);
    if (held !== "") writeNote(home, { ...old, isLeft: true });
  }
  return notes;
}

/** The newest session of every name that shared the account; the venue of a demo ends with it. */
function newestParts(home: string, account: string, mode: SessionNote["mode"]): readonly SessionNote[] {
  const newest = new Map<string, SessionNote>();
  for (const note of allSessions(home))
    if (note.part !== null && note.account === account && note.mode === mode && !note.isDemo && !note.isLeft)
      newest.set(note.part.name, note);
  return [...newest.values()];
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
