import { existsSync } from "node:fs";
import { exitCodes, KiwiError } from "../../base/errors.ts";
import { formatDuration, formatTime } from "../../base/time.ts";
import {
  accountStates,
  isCarriedOut,
  makeResetKey,
  pullByHand,
  resetByHand,
  resetKeyPath,
  type AccountState,
} from "../../app/trading/kill/kill-accounts.ts";
import { carryOut } from "../../app/trading/kill/carry-out.ts";
import { tradingHome, whoAmI } from "../../app/trading/trading-home.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import { pairs } from "../output/table.ts";
import type { Shell } from "../shell.ts";

export type KillFlags = CommonFlags & {
  readonly account?: string;
  readonly flatten?: true;
  readonly reduce?: true;
  readonly reason?: string;
};
export type KillKeyFlags = CommonFlags & { readonly key?: string };
export type KillResetFlags = KillKeyFlags & {
  readonly account?: string;
  readonly reason?: string;
  readonly confirm?: string;
};

const everyAccount = "*";

/** `kiwi kill`: latches first, and sees to the venue afterwards. Exit 7 while the venue has not confirmed. */
export async function killCommand(shell: Shell, flags: KillFlags): Promise<number> {
  return killAccounts(shell, flags, [flags.account ?? null]);
}

/** The same for several accounts at once, every one of them latched before the first venue is asked; null is all. */
export async function killAccounts(
  shell: Shell,
  flags: Omit<KillFlags, "account">,
  accounts: readonly (string | null)[],
): Promise<number> {
  const home = tradingHome(shell.env);
  const action = flags.flatten === true ? "flatten" : flags.reduce === true ? "reduce" : "freeze";
  const reason = flags.reason ?? "by hand";
  const files = accounts.map((account) => pullByHand(home, account, action, reason, whoAmI(shell.env)));
  shell.err([`pulled: ${wordsOf[action]}`, ...files.map((file) => `latched in ${file}`)].join("\n"));
  const named = accounts
    .flatMap((account) => accountStates(home, account))
    .filter((one) => one.account !== everyAccount);
  const states = await Promise.all(named.map((one) => carryOut(home, one, shell.env, shell.err)));
  const isDone = states.every(isCarriedOut);
  if (flags.json === true)
    shell.out(envelope("kill@1", { action, file: files[0], accounts: states.map(plain) }, isDone));
  else shell.out(states.length === 0 ? nobody : states.map((state) => stateText(state)).join("\n"));
  return isDone ? exitCodes.ok : exitCodes.safety;
}

const wordsOf = {
  reduce: "nothing is opened any more",
  freeze:
    "every order is canceled, stops and targets too: what is held stays, without protection, and nothing is sent any more",
  flatten: "every order is canceled and every position closed",
} as const;

const nobody = "no account has been traded here yet: whoever starts now is stopped by it";

/** `kiwi kill status`: every switch, who pulled it and what came of it. Exit 7 while one is pulled. */
export async function killStatusCommand(shell: Shell, flags: KillFlags): Promise<number> {
  const states = accountStates(tradingHome(shell.env), flags.account ?? null);
  const isActive = states.every(({ kill }) => kill.action === null);
  if (flags.json === true) shell.out(envelope("kill-status@1", { accounts: states.map(plain) }, isActive));
  else shell.out(states.map(stateText).join("\n"));
  return await Promise.resolve(isActive ? exitCodes.ok : exitCodes.safety);
}

function stateText(state: AccountState): string {
  const { account, kill, holder, record } = state;
  const title =
    account === everyAccount ? "every account" : `${account}${record === null ? "" : ` (${record.mode})`}`;
  const rows: (readonly [string, string])[] = [];
  if (kill.action === null) rows.push(["  switch", "not pulled"]);
  else rows.push(["  switch", `PULLED: ${kill.action}`]);
  if (kill.damage !== null) rows.push(["  damage", kill.damage]);
  for (const pull of kill.pulls)
    rows.push([`  ${pull.trigger}`, `${pull.reason} (${formatTime(pull.atMs)}, ${pull.by}, ${pull.action})`]);
  if (account !== everyAccount && kill.action !== null && kill.action !== "reduce")
    rows.push(["  venue", venueText(state)]);
  if (account !== everyAccount) {
    const since = holder === null ? "" : `, for ${formatDuration(Date.now() - holder.sinceMs)}`;
    rows.push(["  robot", holder === null ? "none runs" : `${holder.what} (process ${holder.pid}${since})`]);
  }
  return `${title}\n${pairs(rows)}`;
}

function venueText(state: AccountState): string {
  if (!isCarriedOut(state)) return "NOT CONFIRMED: orders may still work there";
  const { pulls, done, action } = state.kill;
  const last = pulls.findLast((pull) => pull.action === action);
  const left = Object.entries(done.get(last?.id ?? "")?.left ?? {});
  const held = left.map(([symbol, quantity]) => `${quantity} ${symbol}`).join(", ");
  const isLeft = action === "freeze" ? "held without protection" : "held";
  return `no order works, ${held === "" ? "nothing is held" : `${isLeft}: ${held}`}`;
}

function plain(state: AccountState): object {
  const { account, record, holder, kill, file } = state;
  return {
    account,
    mode: record?.mode ?? null,
    holder,
    action: kill.action,
    pulls: kill.pulls,
    damage: kill.damage,
    isConfirmed: isCarriedOut(state),
    file,
  };
}

/** `kiwi kill key`: makes the key that lifts what was pulled. */
export async function killKeyCommand(shell: Shell, flags: KillKeyFlags): Promise<number> {
  const home = tradingHome(shell.env);
  const path = flags.key ?? resetKeyPath(home);
  const name = makeResetKey(home, path);
  if (flags.json === true) shell.out(envelope("kill-key@1", { name, path }, true));
  else
    shell.out(
      `key ${name}\nsecret half  ${path}\n` +
        "Whoever has it can lift a kill switch: keep it off this machine if you can.",
    );
  return await Promise.resolve(exitCodes.ok);
}

/** `kiwi kill reset`: lifts what stands, signed, for a reason, by somebody who names the account twice. */
export async function killResetCommand(shell: Shell, flags: KillResetFlags): Promise<number> {
  const home = tradingHome(shell.env);
  const account = flags.account ?? everyAccount;
  const name = account === everyAccount ? "all" : account;
  const keyPath = flags.key ?? resetKeyPath(home);
  const hasReason = (flags.reason ?? "").trim() !== "";
  if (flags.confirm !== name || !hasReason) throw notConfirmed(name, flags, existsSync(keyPath));
  resetByHand(home, account, keyPath, flags.reason!, whoAmI(shell.env));
  const states = accountStates(home, flags.account ?? null);
  if (flags.json === true) shell.out(envelope("kill-reset@1", { accounts: states.map(plain) }, true));
  else shell.out(states.map(stateText).join("\n"));
  return await Promise.resolve(exitCodes.ok);
}

/** Everything that is missing in one: whoever lifts a switch is in a hurry. */
function notConfirmed(
  name: string,
  { account, reason, confirm, key }: KillResetFlags,
  hasKey: boolean,
): KiwiError {
  const hasReason = (reason ?? "").trim() !== "";
  const wrong = confirm === undefined ? "--confirm" : `--confirm ${name} (not ${confirm})`;
  const missing = [
    ...(confirm === name ? [] : [wrong]),
    ...(hasReason ? [] : ["--reason"]),
    ...(hasKey ? [] : ["the key that signs it"]),
  ];
  const words = [
    "kiwi kill reset",
    ...(account === undefined ? [] : [`--account ${account}`]),
    `--confirm ${name}`,
    `--reason ${JSON.stringify(hasReason ? reason : "what was wrong, and why it no longer is")}`,
    ...(key === undefined ? [] : [`--key ${key}`]),
  ];
  return new KiwiError({
    code: confirm === name ? "REASON_MISSING" : "NOT_CONFIRMED",
    exit: confirm === name ? "usage" : "safety",
    message: `a kill switch is lifted by somebody who says which one and why; missing: ${missing.join(", ")}`,
    why: "what stopped trading may still be true, and whoever reads the record later must understand why it was lifted",
    fix: `${hasKey ? "" : "kiwi kill key   once, then   "}${words.join(" ")}`,
    topic: "kill",
  });
}
