import { exitCodes } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import { findSession, type SessionNote } from "../../app/trading/session-folder.ts";
import { stopSession } from "../../app/trading/stop-session.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { clockText } from "./session-text.ts";
import { asTyped } from "../program-name.ts";
import { interruptedExit, interruptible } from "../interrupt.ts";
import { readNumber } from "../flags/add-flags.ts";
import { invalidFlag } from "../flags/flag-errors.ts";
import { sessionFlags } from "../flags/session-flags.ts";
import { rereadOf, type RequestFlags } from "../commands/run-request.ts";
import { sessionRequestsOf } from "./session-requests.ts";
import type { RobotEnd, TradingSurroundings } from "../../app/trading/run-trading.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";

export type PaperStartFlags = CommonFlags &
  RequestFlags & {
    readonly demo?: true;
    readonly seed: string;
    readonly faults?: string;
    readonly monitor?: string;
    readonly fresh?: true;
  };

export type SessionFlags = CommonFlags & { readonly session?: string };

/** `kiwi paper start`: trades with play money until it is told to stop. */
export async function paperStartCommand(
  shell: Shell,
  strategies: readonly string[],
  flags: PaperStartFlags,
): Promise<number> {
  if (flags.demo === true) {
    const { startDemo } = await import("../../app/trading/demo/demo-session.ts");
    const { folder } = shell;
    const seed = readNumber("--seed", flags.seed);
    const reread = rereadOf(shell, sessionFlags, flags);
    const settings = { ...reread, config: await reread.read() };
    return tradeUntilStopped(shell, "PAPER: play money, SYNTHETIC MARKET", flags.monitor, (around) =>
      startDemo({ ...around, strategies, folder, seed, faults: flags.faults ?? "", settings }),
    );
  }
  const requests = await sessionRequestsOf(shell, strategies, flags);
  const { startPaper } = await import("../../app/trading/live/live-session.ts");
  return tradeUntilStopped(shell, "PAPER: play money", flags.monitor, (around) =>
    startPaper({
      ...around,
      requests,
      say: shell.err,
      isFresh: flags.fresh === true,
      reread: rereadOf(shell, sessionFlags, flags),
    }),
  );
}

/** Trades until Ctrl-C, `stop`, or the end of the robot. */
export async function tradeUntilStopped(
  shell: Shell,
  title: string,
  monitor: string | undefined,
  trade: (around: TradingSurroundings) => Promise<RobotEnd>,
): Promise<number> {
  const ending = new AbortController();
  let isInterrupted = false;
  const stop = (): void => {
    isInterrupted = true;
    shell.err("stopping: orders and positions at the venue stay as they are");
    ending.abort();
  };
  const end = await interruptible(stop, () =>
    trade({
      home: tradingHome(shell.env),
      env: shell.env,
      signal: ending.signal,
      monitorPort: monitor === undefined ? null : portOf(monitor),
      onStart: ({ id, account, symbols, timeframe, part }, _robot, origin) =>
        shell.err(
          `${title}   session ${id}   account ${account}${part === null ? "" : `   ${partText(part)}`}\n` +
            (origin === "" ? "" : `${origin}\n`) +
            `${symbols.join(" ")}   ${timeframe}   Ctrl-C stops\n` +
            asTyped("in another terminal:  kiwi status   kiwi logs -f   kiwi kill", shell),
        ),
      onIncident({ id, part }, { atMs, gravity, message, times }) {
        const whose = part === null ? "" : `session ${id}   `;
        if (gravity === "alarm" && times === undefined)
          shell.err(`${clockText(atMs)}  ${whose}ALARM ${message}`);
      },
      onRelived: ({ id }, timeMs) =>
        shell.err(`session ${id} lives through its journal and has come to ${formatTime(timeMs)}`),
      onEnd({ id, part }, { kind, ...end }) {
        const why = "error" in end && end.error instanceof Error ? `: ${end.error.message}` : "";
        if (part !== null) shell.err(`session ${id} (${part.name}) has ended: ${kind}${why}`);
      },
    }),
  ).catch((error: unknown) => {
    // Whoever interrupts a start interrupts what it is asking the venue.
    if (isInterrupted && error instanceof Error && error.name === "AbortError") return null;
    throw error;
  });
  if (end === null) return interruptedExit;
  if (end.kind === "failed") throw end.error;
  return isInterrupted ? interruptedExit : exitCodes.ok;
}

/** `kiwi paper stop`, `kiwi live stop`: ends a running session; orders and positions at the venue stay. */
export async function sessionStopCommand(
  shell: Shell,
  mode: SessionNote["mode"],
  flags: SessionFlags,
): Promise<number> {
  const home = tradingHome(shell.env);
  const note = findSession(home, flags.session, mode);
  const hasStopped = await stopSession(home, note);
  if (flags.json === true) shell.out(envelope(`${mode}-stop@1`, { session: note.id, hasStopped }));
  else
    shell.out(
      hasStopped
        ? `session ${note.id} has ended; what is at the venue stays there`
        : `session ${note.id} does not run`,
    );
  return exitCodes.ok;
}

/** Name and share of a session among others. */
function partText({ name, share }: NonNullable<SessionNote["part"]>): string {
  return `${name}, ${Number((share * 100).toFixed(1))} % of the equity`;
}

function portOf(text: string): number {
  const port = readNumber("--monitor", text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw invalidFlag("--monitor", text, "a port from 1 to 65535");
  return port;
}
