import { join } from "node:path";
import { AlertFiles, whatHappened } from "../../../app/alerts/alert-files.ts";
import { sendToAll, testMessage } from "../../../app/alerts/send-to-all.ts";
import { serveChats } from "../../../app/chat/serve-chats.ts";
import { tradingHome } from "../../../app/trading/trading-home.ts";
import { interruptedExit, interruptible } from "../../interrupt.ts";
import { withChannels } from "../../../app/alerts/with-channels.ts";
import { resolveConfig } from "../../../app/config/resolve-config.ts";
import { KiwiError } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import type { CommonFlags, ConfigFlags } from "../../declare/common-flags.ts";
import { envelope } from "../../output/json.ts";
import { table } from "../../output/table.ts";
import type { Shell } from "../../shell.ts";

export type AlertFlags = CommonFlags & ConfigFlags;

const filesOf = (shell: Shell): AlertFiles => new AlertFiles(join(shell.folder, ".kiwi", "alerts"));

/** `kiwi alerts test`: sends a message over every channel, or one, and says what became of it. */
export async function alertsTestCommand(
  shell: Shell,
  only: string | undefined,
  flags: AlertFlags,
): Promise<number> {
  const { config } = await resolveConfig({
    folder: shell.folder,
    file: flags.config,
    env: shell.env,
    sets: flags.set,
  });
  const places = { folder: shell.folder, env: shell.env };
  const results = await withChannels(config, places, async (channels) => {
    const chosen = new Map([...channels].filter(([name]) => only === undefined || name === only));
    if (chosen.size === 0) throw noChannel(only, [...channels.keys()]);
    return sendToAll(chosen, testMessage());
  });
  const isGood = results.every(({ delivered }) => delivered);
  if (flags.json === true) shell.out(envelope("alerts-test@1", { channels: results }, isGood));
  else
    for (const { channel, why } of results)
      shell.out(why === null ? `${channel}  delivered` : `${channel}  NOT delivered: ${why}`);
  return isGood ? 0 : 3;
}

/** `kiwi alerts listen`: answers commands that people send over channels, for all sessions, until Ctrl-C. */
export async function alertsListenCommand(shell: Shell, flags: AlertFlags): Promise<number> {
  const { folder, env } = shell;
  const { config } = await resolveConfig({ folder, file: flags.config, env, sets: flags.set });
  const say = (fields: Readonly<Record<string, unknown>>, message: string): void =>
    shell.err(typeof fields["error"] === "string" ? `${message} (${fields["error"]})` : message);
  const log = { debug() {}, info: say, warn: say, error: say };
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, shell.outClosed]);
  await withChannels(config, { folder, env }, async (channels) => {
    const { count, done } = serveChats({ home: tradingHome(env), env, channels, log }, signal);
    if (count === 0) throw noInbox();
    await interruptible(
      () => ending.abort(),
      () => done,
    );
  });
  return interruptedExit;
}

function noInbox(): KiwiError {
  return new KiwiError({
    code: "INBOX_NONE",
    exit: "config",
    message: "no channel takes commands",
    why: "a Telegram channel does, from the chats that its commandsFrom names",
    fix: '"phone": { "use": "telegram", "chat": 4711, "commandsFrom": ["4711"] }   under alerts.channels   (kiwi help alerts)',
    topic: "alerts",
  });
}

/** `kiwi alerts list`: what was told and is not over. */
export function alertsListCommand(shell: Shell, flags: AlertFlags): number {
  const files = filesOf(shell);
  const { alerts, failures, waiting } = files.read();
  const taken = files.acknowledged();
  const known = alerts.map((alert) => ({
    ...alert,
    toldMs: Number.isFinite(alert.toldMs) ? alert.toldMs : null,
    acknowledgedMs: alert.acknowledgedMs ?? taken.get(alert.id) ?? null,
  }));
  if (flags.json === true) shell.out(envelope("alerts-list@1", { alerts: known, failures, waiting }));
  else if (known.length === 0) shell.out("no alerts");
  else
    shell.out(
      table(
        ["id", "severity", "what", "times", "last", "acknowledged"].map((title) => ({ title })),
        known.map(({ id, severity, title, text, count, lastMs, acknowledgedMs }) => [
          id,
          severity,
          whatHappened({ title, text }),
          String(count),
          formatTime(lastMs),
          acknowledgedMs === null ? "no" : formatTime(acknowledgedMs),
        ]),
      ),
    );
  if (flags.json !== true) {
    for (const { channel, atMs, why } of failures)
      shell.err(`not delivered over ${channel} at ${formatTime(atMs)}: ${why}`);
    for (const channel of new Set(waiting.map((one) => one.channel)))
      shell.err(
        `${waiting.filter((one) => one.channel === channel).length} wait for ${channel}   (kiwi alerts test ${channel})`,
      );
  }
  return 0;
}

/** `kiwi alerts ack`: somebody takes an alert on. */
export function alertsAckCommand(shell: Shell, id: string, flags: AlertFlags): number {
  const files = filesOf(shell);
  const { alerts } = files.read();
  if (!alerts.some((alert) => alert.id === id))
    throw unknownAlert(
      id,
      alerts.map((alert) => alert.id),
    );
  files.acknowledge(id, Date.now());
  shell.out(flags.json === true ? envelope("alerts-ack@1", { id }) : `${id} acknowledged`);
  return 0;
}

function noChannel(only: string | undefined, known: readonly string[]): KiwiError {
  return new KiwiError({
    code: "CHANNEL_NONE",
    exit: "config",
    message: only === undefined ? "no channel for alerts is configured" : `there is no channel "${only}"`,
    why: known.length === 0 ? "alerts.channels is empty" : `alerts.channels has ${known.join(", ")}`,
    fix: 'put one into kiwi.config.jsonc: "alerts": { "channels": { "desktop": {} } }   (kiwi help alerts)',
    topic: "alerts",
  });
}

function unknownAlert(id: string, known: readonly string[]): KiwiError {
  return new KiwiError({
    code: "ALERT_UNKNOWN",
    exit: "usage",
    message: `there is no alert ${id}`,
    why: known.length === 0 ? "there are no alerts" : `there are ${known.join(", ")}`,
    fix: "kiwi alerts list",
    topic: "alerts",
  });
}
