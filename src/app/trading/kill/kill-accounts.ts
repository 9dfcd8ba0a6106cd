import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KiwiError } from "../../../base/errors.ts";
import { holderOf, type LockHolder } from "../../../robot/account-lock.ts";
import { makeAuthority } from "../../../robot/kill/authority.ts";
import { everyAccount, KillSwitch, type SwitchState } from "../../../robot/kill/kill-switch.ts";
import type { KillAction } from "../../../robot/kill/pull.ts";
import { knownAccounts, type AccountRecord } from "../account-record.ts";

/** How an account stands: its switch, who trades it, and how it is reached. */
export type AccountState = {
  readonly account: string;
  readonly record: AccountRecord | null;
  readonly holder: LockHolder | null;
  readonly kill: SwitchState;
  readonly file: string;
};

/** Every account that was traded here, with its switch; `only` one of them. The switch for every account comes first. */
export function accountStates(home: string, only: string | null): readonly AccountState[] {
  const records = knownAccounts(home);
  const names = only === null ? [everyAccount, ...records.map(({ account }) => account)] : [only];
  return names.map((account) => {
    const kill = new KillSwitch(home, account);
    return {
      account,
      record: records.find((one) => one.account === account) ?? null,
      holder: account === everyAccount ? null : holderOf(home, account),
      kill: kill.state(),
      file: kill.file,
    };
  });
}

/**
 * Pulls the switch of an account, or of every account. It is latched when this returns, whatever comes afterwards. Throws
 * `SWITCH_NOT_WRITTEN` where the disk does not take it.
 */
export function pullByHand(
  home: string,
  only: string | null,
  action: KillAction,
  reason: string,
  by: string,
): string {
  const kill = new KillSwitch(home, only ?? everyAccount);
  try {
    kill.pull({ atMs: Date.now(), by, action, trigger: "person", reason });
  } catch (error) {
    throw notWritten(kill.file, error);
  }
  return kill.file;
}

function notWritten(file: string, cause: unknown): KiwiError {
  return new KiwiError(
    {
      code: "SWITCH_NOT_WRITTEN",
      exit: "safety",
      message: `the switch is NOT pulled: ${file} could not be written (${cause instanceof Error ? cause.message : String(cause)})`,
      why: "a robot hears of its switch by this file, and the disk is full, read-only or somebody else's",
      fix: "kiwi paper stop (kiwi live stop)   ends the robot; cancel and close at the venue by hand; then make the folder writable",
      topic: "kill",
    },
    { cause },
  );
}

/** Whether what stands against an account has been done at the venue. */
export function isCarriedOut({ kill }: AccountState): boolean {
  const { action, pulls, done } = kill;
  const last = pulls.findLast((pull) => pull.action === action);
  return action === null || action === "reduce" || (last !== undefined && done.has(last.id));
}

/** Waits until the robot of an account has done at the venue what stands, or until `untilMs`. */
export async function waitForRobot(home: string, account: string, untilMs: number): Promise<AccountState> {
  for (;;) {
    const state = accountStates(home, account)[0]!;
    if (isCarriedOut(state) || state.holder === null || Date.now() >= untilMs) return state;
    await sleep(200);
  }
}

/** Where the secret key of a reset is by default. */
export function resetKeyPath(home: string): string {
  return join(home, "reset-key.pem");
}

/** Makes the key that resets are signed with. Throws `RESET_KEY_EXISTS`. */
export function makeResetKey(home: string, path: string): string {
  if (existsSync(path)) {
    throw new KiwiError({
      code: "RESET_KEY_EXISTS",
      exit: "safety",
      message: `${path} is there already`,
      why: "a key that is written over can sign nothing any more",
      fix: "kiwi kill key --key OTHER.pem   makes another one; both are good then",
      topic: "kill",
    });
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return makeAuthority(join(home, "authorities"), path);
}

/** Lifts what stands against an account. Throws `RESET_KEY_MISSING`, `RESET_REFUSED` and `NOT_PULLED`. */
export function resetByHand(
  home: string,
  account: string,
  keyPath: string,
  reason: string,
  by: string,
): void {
  if (!existsSync(keyPath)) throw keyMissing(keyPath);
  const kill = new KillSwitch(home, account);
  const refusal = kill.reset(keyPath, reason, by, Date.now());
  if (refusal === "not-pulled") throw notPulled(account);
  if (refusal === "not-authorised") throw resetRefused(keyPath, home);
}

function keyMissing(path: string): KiwiError {
  return new KiwiError({
    code: "RESET_KEY_MISSING",
    exit: "safety",
    message: `${path} is not there`,
    why: "a reset is signed, so that no program lifts by mistake what a person or a limit has stopped",
    fix: "kiwi kill reset --key FILE   with the key, or   kiwi kill key   to make the first one",
    topic: "kill",
  });
}

function notPulled(account: string): KiwiError {
  const general = account === everyAccount ? "for every account" : `of account ${account}`;
  return new KiwiError({
    code: "NOT_PULLED",
    exit: "usage",
    message: `the switch ${general} is not pulled`,
    why: "there is nothing to lift",
    fix: "kiwi kill status   shows every switch; --account NAME chooses one, without it the switch for every account is meant",
    topic: "kill",
  });
}

function resetRefused(path: string, home: string): KiwiError {
  return new KiwiError({
    code: "RESET_REFUSED",
    exit: "safety",
    message: `${path} is no key that this machine trusts`,
    why: `its public half is not among those in ${join(home, "authorities")}`,
    fix: "kiwi kill reset --key FILE   with the key that  kiwi kill key  has made here",
    topic: "kill",
  });
}
