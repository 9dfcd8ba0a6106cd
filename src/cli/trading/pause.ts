import { pauseAccount, resumeAccount } from "../../app/trading/kill/pause-account.ts";
import { findSession } from "../../app/trading/session-folder.ts";
import { tradingHome, whoAmI } from "../../app/trading/trading-home.ts";
import { exitCodes } from "../../base/errors.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";

export type PauseFlags = CommonFlags & { readonly session?: string; readonly reason?: string };
type Mode = "paper" | "live";

/** `kiwi paper pause`, `kiwi live pause`: nothing is opened on the account until it is lifted, restarts included. */
export async function pauseCommand(shell: Shell, mode: Mode, flags: PauseFlags): Promise<number> {
  const home = tradingHome(shell.env);
  const { account } = findSession(home, flags.session, mode);
  const note = pauseAccount(home, account, whoAmI(shell.env), flags.reason ?? "by hand");
  if (flags.json === true) shell.out(envelope("pause@1", note, true));
  else shell.out(`account ${account} is paused: nothing is opened   (kiwi ${mode} resume lifts it)`);
  return await Promise.resolve(exitCodes.ok);
}

/** `kiwi paper resume`, `kiwi live resume`. Exit 7 while a kill switch still stands. */
export async function resumeCommand(shell: Shell, mode: Mode, flags: PauseFlags): Promise<number> {
  const home = tradingHome(shell.env);
  const { account } = findSession(home, flags.session, mode);
  const { wasPaused, state, reason } = resumeAccount(home, account);
  const isActive = state === "active";
  if (flags.json === true) shell.out(envelope("resume@1", { account, wasPaused, state, reason }, isActive));
  else {
    shell.out(`account ${account} ${wasPaused ? "is no longer paused" : "was not paused"}`);
    if (!isActive) shell.out(`it stays ${state}: ${reason}   (kiwi kill status)`);
  }
  return await Promise.resolve(isActive ? exitCodes.ok : exitCodes.safety);
}
