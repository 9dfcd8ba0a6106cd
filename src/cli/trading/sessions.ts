import { keptSessions, removeSessions } from "../../app/trading/resume/old-sessions.ts";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import { exitCodes } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import type { CommonFlags, ConfigFlags } from "../declare/common-flags.ts";
import { readNumber } from "../flags/add-flags.ts";
import { invalidFlag } from "../flags/flag-errors.ts";
import { envelope } from "../output/json.ts";
import { table } from "../output/table.ts";
import type { Shell } from "../shell.ts";

export type SessionsFlags = CommonFlags & ConfigFlags & { readonly days?: string; readonly remove?: true };

const megabyte = 1024 ** 2;

/** `kiwi sessions`: what is kept of sessions and what may go; with `--remove` it goes. */
export async function sessionsCommand(shell: Shell, flags: SessionsFlags): Promise<number> {
  const { folder, env } = shell;
  const home = tradingHome(env);
  const { config } = await resolveConfig({ folder, file: flags.config, env, sets: flags.set });
  const days = flags.days === undefined ? config.trading.sessionDays : readNumber("--days", flags.days);
  if (!(days >= 1)) throw invalidFlag("--days", String(flags.days), "a number of days from 1 up");
  const sessions = keptSessions(home, days, Date.now());
  const old = sessions.filter(({ why }) => why === null);
  if (flags.remove === true) removeSessions(home, old);
  const isGone = flags.remove === true;
  if (flags.json === true) {
    const rows = sessions.map(({ note: { id, account, mode, strategy }, endedMs, bytes, why }) => ({
      id,
      account,
      mode,
      strategy,
      endedMs,
      bytes,
      kept: why,
    }));
    shell.out(envelope("sessions@1", { home, days, isRemoved: isGone, sessions: rows }));
    return exitCodes.ok;
  }
  const titles = ["session", "account", "strategy", "last heard of"].map((title) => ({ title }));
  const word = isGone ? "removed" : "may go";
  shell.out(
    table(
      [...titles, { title: "MB", align: "right" }, { title: "kept" }],
      sessions.map(({ note, endedMs, bytes, why }) => [
        note.id,
        `${note.account}${note.mode === "live" ? " LIVE" : ""}`,
        note.strategy,
        formatTime(endedMs),
        (bytes / megabyte).toFixed(1),
        why ?? word,
      ]),
    ),
  );
  const size = (old.reduce((sum, { bytes }) => sum + bytes, 0) / megabyte).toFixed(1);
  shell.out(
    `\n${old.length} of ${sessions.length} ${word} (${size} MB), more than ${days} days old, under ${home}`,
  );
  if (!isGone && old.length > 0) shell.out("kiwi sessions --remove   removes them for good");
  return exitCodes.ok;
}
