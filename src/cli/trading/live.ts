import { exitCodes, KiwiError } from "../../base/errors.ts";
import { formatDuration } from "../../base/time.ts";
import { asTyped } from "../program-name.ts";
import { armedMs } from "../../app/trading/live/arm-live.ts";
import { tradingHome, whoAmI } from "../../app/trading/trading-home.ts";
import { sessionsNow } from "../../app/trading/sessions-now.ts";
import { envelope } from "../output/json.ts";
import { table } from "../output/table.ts";
import type { Shell } from "../shell.ts";
import { killAccounts } from "./kill.ts";
import { rereadOf, type RequestFlags } from "../commands/run-request.ts";
import { sessionFlags } from "../flags/session-flags.ts";
import { sessionRequestsOf } from "./session-requests.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { tradeUntilStopped, type SessionFlags } from "./paper.ts";

export type LiveFlags = CommonFlags &
  RequestFlags & {
    readonly account?: string;
    readonly confirm?: true;
    readonly monitor?: string;
    readonly fresh?: true;
  };

/** `kiwi live arm`: shows the gates, and arms when all are open and the account was named. Exit 7 when one is closed. */
export async function liveArmCommand(
  shell: Shell,
  strategies: readonly string[],
  flags: LiveFlags,
): Promise<number> {
  if (flags.account === undefined) throw nameMissing();
  const requests = await sessionRequestsOf(shell, strategies, flags);
  const { armLive } = await import("../../app/trading/live/live-session.ts");
  const around = {
    requests,
    say: shell.err,
    home: tradingHome(shell.env),
    env: shell.env,
    signal: shell.outClosed,
  };
  const { account, gates, isArmed } = await armLive(around, flags.account, whoAmI(shell.env));
  if (flags.json === true) shell.out(envelope("live-arm@1", { account, gates, isArmed }, isArmed));
  else {
    shell.out(
      table(
        [{ title: "gate" }, { title: "" }, { title: "found" }],
        gates.map(({ name, isOpen, found }) => [name, isOpen ? "open" : "CLOSED", found]),
      ),
    );
    // Sessions of one strategy have the same to do.
    const todos = new Set(gates.filter(({ isOpen }) => !isOpen).map(({ todo }) => todo));
    for (const todo of todos) shell.out(`todo  ${todo}`);
    shell.out(
      isArmed
        ? `\naccount ${account} is ARMED for ${formatDuration(armedMs)}: REAL MONEY\n` +
            "Kiwi is for research and education; what you lose with it is yours.\n" +
            asTyped("next  the same words with  kiwi live start ... --confirm", shell)
        : `\naccount ${account} is not armed`,
    );
  }
  return isArmed ? exitCodes.ok : exitCodes.safety;
}

/** `kiwi live start`: trades with money, on an account that was armed for exactly this a moment ago. */
export async function liveStartCommand(
  shell: Shell,
  strategies: readonly string[],
  flags: LiveFlags,
): Promise<number> {
  if (flags.confirm !== true) throw notConfirmed();
  const requests = await sessionRequestsOf(shell, strategies, flags);
  const { startLive } = await import("../../app/trading/live/live-session.ts");
  return tradeUntilStopped(shell, "LIVE: REAL MONEY", flags.monitor, (around) =>
    startLive({
      ...around,
      requests,
      say: shell.err,
      isFresh: flags.fresh === true,
      reread: rereadOf(shell, sessionFlags, flags),
    }),
  );
}

/**
 * `kiwi live flatten`: closes everything of every account that trades with money now, or of the newest one, and latches: what is
 * out must not come back in.
 */
export async function liveFlattenCommand(shell: Shell, flags: SessionFlags): Promise<number> {
  const sessions = sessionsNow(tradingHome(shell.env), flags.session, "live");
  const accounts = [...new Set(sessions.map(({ note }) => note.account))];
  return killAccounts(shell, { ...flags, flatten: true, reason: "kiwi live flatten" }, accounts);
}

function nameMissing(): KiwiError {
  return new KiwiError({
    code: "ACCOUNT_MISSING",
    exit: "safety",
    message: "an account is armed by its name",
    why: "whoever types it has looked at which one it is",
    fix: "kiwi broker check --live   shows it;   kiwi live arm STRATEGY --account NAME",
    topic: "live",
  });
}

function notConfirmed(): KiwiError {
  return new KiwiError({
    code: "NOT_CONFIRMED",
    exit: "safety",
    message: "live trading starts with --confirm only",
    why: "this trades real money",
    fix: "kiwi paper start   trades play money; with money, the same command with --confirm",
    topic: "live",
  });
}
