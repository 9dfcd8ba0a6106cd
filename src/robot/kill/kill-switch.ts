import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { sha256 } from "../../base/hash.ts";
import type { TradingState } from "../../ports/risk.ts";
import { accountSlug } from "../account-slug.ts";
import { isAuthorised, signReset } from "./authority.ts";
import {
  graver,
  stateUnder,
  switchRecord,
  type Done,
  type KillAction,
  type Pull,
  type Reset,
} from "./pull.ts";

/** Orders to every account; no account can be called so. */
export const everyAccount = "*";

/** How the switch of one account stands. */
export type SwitchState = {
  /** The gravest action that stands; null while nothing does. */
  readonly action: KillAction | null;
  /** The pulls that stand, oldest first. */
  readonly pulls: readonly Pull[];
  /** Pulls whose work at the venue is done, by id. */
  readonly done: ReadonlyMap<string, Done>;
  /** What in the file is not as it was written, in words. */
  readonly damage: string | null;
};

/** What is needed to pull. */
export type PullOrder = Omit<Pull, "kind" | "id" | "account" | "limit" | "value"> & {
  readonly limit?: number;
  readonly value?: number;
};

/** Why a reset was not taken. */
export type ResetRefusal = "not-pulled" | "not-authorised";

type Seen = { readonly stamp: string; readonly state: SwitchState };

const untouched: SwitchState = { action: null, pulls: [], done: new Map(), damage: null };

/**
 * The switch of one account, latched on the disk. Its file is appended to and never rewritten: who pulled, who reset and
 * what came of it stays readable, and two who pull at the same time both count. A reset names the bytes that it lifts by
 * their hash and is signed, so that a pull that came meanwhile stands, and a line that was changed afterwards lets the
 * reset lapse. Whatever cannot be read counts as pulled. Nothing here needs a robot, a configuration or a venue.
 */
export class KillSwitch {
  readonly account: string;
  private readonly path: string;
  private readonly authorities: string;
  private readonly general: KillSwitch | null;
  private seen: Seen = { stamp: "", state: untouched };
  /** A pull that could not be written: the disk may be full, and it counts all the same. */
  private unwritten: Pull | null = null;

  constructor(home: string, account: string) {
    this.account = account;
    this.path = join(
      home,
      "switch",
      account === everyAccount ? "every-account" : `account-${accountSlug(account)}`,
    );
    this.authorities = join(home, "authorities");
    this.general = account === everyAccount ? null : new KillSwitch(home, everyAccount);
  }

  /** The file that holds the latch and its history. */
  get file(): string {
    return `${this.path}.jsonl`;
  }

  /** Whether orders may leave now, by this switch and by the one for every account. */
  order(): TradingState {
    const { action, pulls, damage } = this.state();
    const last = pulls.findLast((pull) => pull.action === action);
    const reason = last === undefined ? (damage ?? "") : `${last.trigger}: ${last.reason}`;
    return { state: stateUnder(action), reason };
  }

  /** How the switch stands now, the one for every account included. It looks at the disk each time. */
  state(): SwitchState {
    const own = this.ownState();
    if (this.general === null) return own;
    const general = this.general.state();
    if (general.action === null) return own;
    return {
      action: own.action === null ? general.action : graver(own.action, general.action),
      pulls: [...general.pulls, ...own.pulls],
      done: new Map([...general.done, ...own.done]),
      damage: own.damage ?? general.damage,
    };
  }

  /** Pulls; what stands already is never made milder by it. When this returns, it is on the disk. */
  pull({ limit = Number.NaN, value = Number.NaN, ...order }: PullOrder): Pull {
    const pull: Pull = {
      kind: "pull",
      ...order,
      account: this.account,
      id: `${order.atMs.toString(36)}${this.salt()}`,
      limit: Number.isFinite(limit) ? limit : null,
      value: Number.isFinite(value) ? value : null,
    };
    this.unwritten = pull;
    this.append(pull);
    this.unwritten = null;
    return pull;
  }

  /** Notes that a pull's work at the venue is done. */
  noteDone(done: Omit<Done, "kind" | "account">): void {
    this.append({ kind: "done", account: this.account, ...done });
  }

  /**
   * Lifts everything that stood when it was called, by the secret key in a file. What is pulled while this runs stands.
   * Returns why it was refused, or null.
   */
  reset(secretPath: string, reason: string, by: string, atMs: number): ResetRefusal | null {
    const bytes = this.read();
    if (this.ownState().action === null) return "not-pulled";
    const { account } = this;
    const said = {
      kind: "reset",
      account,
      atMs,
      by,
      reason,
      lifted: bytes.length,
      digest: sha256(bytes),
    } as const;
    const reset = signReset(said, secretPath);
    // A key that nobody here knows must not stand in the file: it would look like a reset.
    if (!isAuthorised(reset, this.authorities)) return "not-authorised";
    this.append(reset);
    return null;
  }

  /** Two pulls of one instant have different names: the file was longer for the second, or another process pulled. */
  private salt(): string {
    const size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    return sha256(`${process.pid} ${size} ${this.account}`).slice(0, 6);
  }

  private ownState(): SwitchState {
    const state = this.onDisk();
    const { unwritten } = this;
    if (unwritten === null) return state;
    const action = state.action === null ? unwritten.action : graver(state.action, unwritten.action);
    return { ...state, action, pulls: [...state.pulls, unwritten] };
  }

  private onDisk(): SwitchState {
    try {
      const { size, mtimeMs, ino } = statSync(this.file, { throwIfNoEntry: false }) ?? noFile;
      if (ino === noFile.ino) return untouched;
      const stamp = `${ino} ${size} ${mtimeMs}`;
      if (stamp !== this.seen.stamp) {
        this.seen = { stamp, state: foldRecords(this.read(), this.account, this.authorities) };
      }
      return this.seen.state;
    } catch (cause) {
      return damaged(`the kill switch cannot be read: ${String(cause)}`);
    }
  }

  private read(): Buffer {
    try {
      return readFileSync(this.file);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
      throw cause;
    }
  }

  /** One write of whole lines at the end, on the disk when it returns. */
  private append(record: Pull | Done | Reset): void {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    const before = this.read();
    // A line that a crash cut short must not swallow the next one.
    const isTorn = before.length > 0 && before.at(-1) !== newline;
    const bytes = Buffer.from(`${isTorn ? "\n" : ""}${JSON.stringify(record)}\n`);
    const handle = openSync(this.file, "a", 0o600);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}

const noFile = { size: 0, mtimeMs: 0, ino: -1 };
const newline = 10;

/** What the lines of a switch's file add up to. Pure, so that anybody can tell why a switch stands as it does. */
function foldRecords(bytes: Buffer, account: string, authorities: string): SwitchState {
  let pulls: { readonly pull: Pull; readonly at: number }[] = [];
  let damages: { readonly what: string; readonly at: number }[] = [];
  const done = new Map<string, Done>();
  for (let from = 0, line = 1; from < bytes.length; line++) {
    const end = bytes.indexOf(newline, from);
    const stop = end < 0 ? bytes.length : end;
    const record = recordIn(bytes.toString("utf8", from, stop));
    const at = from;
    if (record === null || record.account !== account)
      damages.push({ what: `line ${line} of the kill switch is damaged`, at });
    else if (record.kind === "pull") pulls.push({ pull: record, at });
    else if (record.kind === "done") done.set(record.pull, record);
    else if (isValid(record, bytes, from, authorities)) {
      pulls = pulls.filter((one) => one.at >= record.lifted);
      damages = damages.filter((one) => one.at >= record.lifted);
    } else damages.push({ what: `line ${line} of the kill switch is no valid reset`, at });
    from = stop + 1;
  }
  const action = pulls.reduce<KillAction | null>(
    (found, { pull }) => (found === null ? pull.action : graver(found, pull.action)),
    damages.length === 0 ? null : "freeze",
  );
  return { action, pulls: pulls.map(({ pull }) => pull), done, damage: damages[0]?.what ?? null };
}

function recordIn(text: string) {
  try {
    return switchRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function isValid(reset: Reset, bytes: Buffer, at: number, authorities: string): boolean {
  const { lifted, digest } = reset;
  const isUnchanged = lifted <= at && sha256(bytes.subarray(0, lifted)) === digest;
  return isUnchanged && isAuthorised(reset, authorities);
}

function damaged(damage: string): SwitchState {
  return { action: "freeze", pulls: [], done: new Map(), damage };
}
