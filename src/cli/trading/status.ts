import { exitCodes } from "../../base/errors.ts";
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
  const isActive = sessions.every(isActiveNow);
  if (flags.json === true) shell.out(envelope("status@1", { sessions }, isActive));
  else if (sessions.length === 1) {
    const [{ note, status, isRunning }] = sessions as readonly [SessionNow];
    shell.out(sessionText(note, status, isRunning, Date.now()));
  } else shell.out(overviewText(sessions, Date.now()));
  return await Promise.resolve(isActive ? exitCodes.ok : exitCodes.safety);
}

function isActiveNow({ status }: SessionNow): boolean {
  return status === null || status.robot.trading.state === "active";
}
