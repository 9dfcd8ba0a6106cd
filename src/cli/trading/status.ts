import { exitCodes } from "../../base/errors.ts";
import { findSession, sessionPaths, type SessionNote } from "../../app/trading/session-folder.ts";
import { readStatus } from "../../app/trading/session-status.ts";
import { sessionsNow, type SessionNow } from "../../app/trading/sessions-now.ts";
import { isRunning } from "../../app/trading/stop-session.ts";
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
  const isActive = sessions.every(isActiveNow);
  if (flags.json === true) shell.out(envelope("status@1", { sessions }, isActive));
  else if (sessions.length === 1) {
    const [{ note, status, isRunning }] = sessions as readonly [SessionNow];
    shell.out(sessionText(note, status, isRunning, Date.now()));
  } else shell.out(overviewText(sessions, Date.now()));
  return await Promise.resolve(isActive ? exitCodes.ok : exitCodes.safety);
}

/** `kiwi paper status`, `kiwi live status`: a session on one screen. Exit 7 when trading is stopped. */
export async function sessionStatusCommand(
  shell: Shell,
  mode: SessionNote["mode"],
  flags: StatusFlags,
): Promise<number> {
  const home = tradingHome(shell.env);
  const note = findSession(home, flags.session, mode);
  const status = readStatus(sessionPaths(home, note.id).status);
  const runs = isRunning(home, note);
  const isActive = status === null || status.robot.trading.state === "active";
  if (flags.json === true)
    shell.out(envelope(`${mode}-status@1`, { session: note, isRunning: runs, status }, isActive));
  else shell.out(sessionText(note, status, runs, Date.now()));
  return await Promise.resolve(isActive ? exitCodes.ok : exitCodes.safety);
}

function isActiveNow({ status }: SessionNow): boolean {
  return status === null || status.robot.trading.state === "active";
}
