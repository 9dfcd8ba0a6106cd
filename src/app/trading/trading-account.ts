import type { BrokerConnection } from "../../ports/broker-connection.ts";
import { lockAccount } from "../../robot/account-lock.ts";
import type { Seat } from "../../robot/account/seat.ts";
import { SharedAccount } from "../../robot/account/shared-account.ts";
import { KillSwitch } from "../../robot/kill/kill-switch.ts";
import type { HeldLock } from "../../robot/robot-types.ts";
import type { SessionNote } from "./session-folder.ts";
import { whichSessions } from "./resume/which-session.ts";
import type { TradingPlan } from "./session-parts.ts";
import { sharesTooLarge } from "./session-requests.ts";
import { killLatched } from "./trading-errors.ts";

/** A session with its line to the venue. */
export type OpenedSession = {
  readonly plan: TradingPlan;
  readonly note: SessionNote;
  /** Where it goes on, or why it is a new one: for people. */
  readonly origin: string;
  /** What it takes the place of on its account; null for one that goes on itself or begins anew. */
  readonly before: SessionNote | null;
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
  isFresh: boolean,
): Promise<TradingAccount> {
  const killSwitch = new KillSwitch(home, account);
  const { state, reason } = killSwitch.order();
  if (state !== "active") throw killLatched(account, reason);
  checkShares(plans);
  const chosen = whichSessions(home, account, plans, isFresh);
  const notes = chosen.map(({ note }) => note);
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
      const parts = { plan, ...chosen[k]!, killSwitch, lock: held };
      return { ...parts, connection, wholeLine: line, seat, shared };
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
