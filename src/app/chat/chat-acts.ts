import { formatTime, secondMs } from "../../base/time.ts";
import { clipped, minuteText, moneyText, percentText, priceText } from "../../analysis/report/number-text.ts";
import { everyAccount, KillSwitch } from "../../robot/kill/kill-switch.ts";
import type { KillAction } from "../../robot/kill/pull.ts";
import { knownAccounts } from "../trading/account-record.ts";
import { accountStates, isCarriedOut, pullByHand } from "../trading/kill/kill-accounts.ts";
import { pauseAccount, resumeAccount } from "../trading/kill/pause-account.ts";
import { carryOut } from "../trading/kill/carry-out.ts";
import { allSessions, sessionPaths, type SessionNote } from "../trading/session-folder.ts";
import { readStatus, type SessionStatus } from "../trading/session-status.ts";
import { isRunning } from "../trading/stop-session.ts";

/** A status that is older than this was not written by a robot that is well. */
const silentMsMax = 15 * secondMs;
const decisionsShown = 8;
const nobodyRuns = "no session runs";

/** What may be asked for in a chat. It works on the files of sessions and accounts, whichever process serves the chat. */
export class ChatActs {
  private readonly home: string;
  private readonly env: Readonly<Record<string, string | undefined>>;
  private readonly nowMs: () => number;

  constructor(home: string, env: Readonly<Record<string, string | undefined>>, nowMs: () => number) {
    this.home = home;
    this.env = env;
    this.nowMs = nowMs;
  }

  status(): string {
    return this.each((note, status) => {
      const { robot, account, comparison, writtenMs } = status;
      const lines = [
        `equity ${moneyText(account.equity)}, today ${moneyText(account.dayPnl, { signed: true })} in ${account.dayFills} fills`,
        `trading ${robot.trading.state}${robot.trading.reason === "" ? "" : ` (${robot.trading.reason})`}, line ${robot.line.kind}`,
        `exposure ${percentText(account.exposureShare)}, ${robot.orders.length} orders work, last bar ${minuteText(robot.lastBarMs)}`,
      ];
      if (comparison?.drift != null) lines.push(`the costs no longer fit: ${comparison.drift}`);
      if (this.nowMs() - writtenMs > silentMsMax) lines.push(`SILENT since ${formatTime(writtenMs)}`);
      return [headOf(note), ...lines].join("\n");
    });
  }

  positions(): string {
    return this.each((note, { account, robot }) => {
      const held = account.positions.filter(({ quantity }) => quantity !== 0);
      const lines = held.map(({ symbol, quantity, value, unrealizedPnl }) => {
        const why = robot.positions.find((one) => one.symbol === symbol)?.reason ?? "";
        return `${priceText(quantity)} ${symbol}: worth ${moneyText(value)}, ${moneyText(unrealizedPnl, { signed: true })}${why === "" ? "" : `; ${clipped(why, 80)}`}`;
      });
      return [headOf(note), ...(lines.length === 0 ? ["nothing is held"] : lines)].join("\n");
    });
  }

  /** The last decisions about a symbol, or about all. */
  explain(symbol: string | undefined): string {
    return this.each((note, { decisions }) => {
      const wanted = decisions.filter((one) => symbol === undefined || one.symbol === symbol.toUpperCase());
      const lines = wanted
        .slice(-decisionsShown)
        .map(
          ({ timeMs, symbol: of, what, quantity, reason }) =>
            `${minuteText(timeMs)} ${of} ${what} ${priceText(quantity)}: ${clipped(reason, 100)}`,
        );
      return [headOf(note), ...(lines.length === 0 ? ["nothing was decided lately"] : lines)].join("\n");
    });
  }

  pause(account: string | undefined, key: string): string {
    const named = this.accountsFor(account);
    if (typeof named === "string") return named;
    for (const one of named) pauseAccount(this.home, one, key, "a command");
    return `paused: ${named.join(", ")}. Nothing is opened any more, what is held may be closed.   /resume lifts it`;
  }

  resume(account: string | undefined): string {
    const named = this.accountsFor(account);
    if (typeof named === "string") return named;
    return named
      .map((one) => {
        const { wasPaused, state, reason } = resumeAccount(this.home, one);
        const rest =
          state === "active" ? "" : `; it stays ${state}: ${reason} (kiwi kill reset, on the machine)`;
        return `${one}: ${wasPaused ? "goes on" : "was not paused"}${rest}`;
      })
      .join("\n");
  }

  /** Pulls once, however often it is told to by the same message, and sees to the venue. */
  async kill(words: readonly string[], key: string): Promise<string> {
    const { action, account } = killOrder(words);
    const killSwitch = new KillSwitch(this.home, account ?? everyAccount);
    if (!killSwitch.state().pulls.some(({ by }) => by === key))
      pullByHand(this.home, account, action, "by a command", key);
    const states = accountStates(this.home, account).filter((one) => one.account !== everyAccount);
    const settled = await Promise.all(states.map((one) => carryOut(this.home, one, this.env, () => {})));
    const lines = settled.map((one) => {
      const what = isCarriedOut(one) ? "done at the venue" : "NOT CONFIRMED by the venue: look there";
      return `${one.account}: ${action}, ${what}`;
    });
    return [`the kill switch is pulled (${action})`, ...lines].join("\n");
  }

  /** Why a dangerous command cannot be meant; null where it can. */
  complaintOf(name: string, words: readonly string[]): string | null {
    const account = name === "/kill" ? killOrder(words).account : (words[0] ?? null);
    if (account === null || this.isKnown(account)) return null;
    return `there is no account ${account}; nothing was done. Known: ${knownAccounts(this.home)
      .map((one) => one.account)
      .join(", ")}`;
  }

  /** What a dangerous command would do. */
  meaningOf(name: string, words: readonly string[]): string {
    if (name === "/resume")
      return `Positions are opened again: ${words[0] ?? "every account that trades now"}.`;
    const { action, account } = killOrder(words);
    return `${meanings[action]} ${account === null ? "EVERY account" : `Account ${account}`}. Only  kiwi kill reset  on the machine lifts it.`;
  }

  private each(say: (note: SessionNote, status: SessionStatus) => string): string {
    const told = this.running().map((note) => {
      const status = readStatus(sessionPaths(this.home, note.id).status);
      return status === null ? `${headOf(note)}\nhas said nothing yet` : say(note, status);
    });
    return told.length === 0 ? nobodyRuns : told.join("\n\n");
  }

  private running(): readonly SessionNote[] {
    return allSessions(this.home).filter((note) => isRunning(this.home, note));
  }

  /** The accounts a command is about, or why there are none. */
  private accountsFor(account: string | undefined): readonly string[] | string {
    if (account !== undefined)
      return this.isKnown(account) ? [account] : `there is no account ${account}; nothing was done`;
    const named = [...new Set(this.running().map((note) => note.account))];
    return named.length === 0 ? nobodyRuns : named;
  }

  private isKnown(account: string): boolean {
    return knownAccounts(this.home).some((one) => one.account === account);
  }
}

const meanings: Readonly<Record<KillAction, string>> = {
  freeze: "Every order is canceled, stops too; what is held stays without protection.",
  flatten: "Every order is canceled and every position closed at the market.",
  reduce: "Nothing is opened any more.",
};

function killOrder(words: readonly string[]): {
  readonly action: KillAction;
  readonly account: string | null;
} {
  const [first, second] = words;
  if (first === "flatten" || first === "reduce" || first === "freeze")
    return { action: first, account: second ?? null };
  return { action: "freeze", account: first ?? null };
}

function headOf({ mode, strategy, id, account }: SessionNote): string {
  return `${mode === "live" ? "LIVE" : "paper"} ${strategy}, session ${id}, account ${account}`;
}
