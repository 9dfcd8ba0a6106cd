import { exitCodes } from "../../base/errors.ts";
import type { SessionNote } from "../../app/trading/session-folder.ts";
import { sessionsNow, type SessionNow } from "../../app/trading/sessions-now.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";
import { overviewText } from "./overview-text.ts";
import { sessionText } from "./session-text.ts";

export type StatusFlags = CommonFlags & { readonly session?: string };

/** `kiwi status`: every session that runs, account by account; the newest one where none does. Exit 7 when trading is stopped. */
export async function statusCommand(shell: Shell, flags: StatusFlags): Promise<number> {
  const sessions = sessionsNow(tradingHome(shell.env), flags.session);
  if (flags.json === true) shell.out(envelope("status@1", { sessions }, areActive(sessions)));
  else shell.out(sessionsText(sessions));
  return await Promise.resolve(exitOf(sessions));
}

/** `kiwi paper status`, `kiwi live status`: the same of one mode alone. As JSON the newest stands in front of all. */
export async function sessionStatusCommand(
  shell: Shell,
  mode: SessionNote["mode"],
  flags: StatusFlags,
): Promise<number> {
  const sessions = sessionsNow(tradingHome(shell.env), flags.session, mode);
  const { note, isRunning, status } = sessions.at(-1)!;
  const newest = { session: note, isRunning, status };
  if (flags.json === true)
    shell.out(envelope(`${mode}-status@1`, { ...newest, sessions }, areActive(sessions)));
  else shell.out(sessionsText(sessions));
  return await Promise.resolve(exitOf(sessions));
}

function sessionsText(sessions: readonly [SessionNow, ...SessionNow[]]): string {
  const [{ note, status, isRunning }, ...others] = sessions;
  if (others.length > 0) return overviewText(sessions, Date.now());
  return sessionText(note, status, isRunning, Date.now());
}

function areActive(sessions: readonly SessionNow[]): boolean {
  return sessions.every(({ status }) => status === null || status.robot.trading.state === "active");
}

function exitOf(sessions: readonly SessionNow[]): number {
  return areActive(sessions) ? exitCodes.ok : exitCodes.safety;
}
