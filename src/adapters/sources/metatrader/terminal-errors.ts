import { KiwiError } from "../../../base/errors.ts";
import { formatDuration, formatTime } from "../../../base/time.ts";

const topic = "metatrader";

/** The folder that was named holds no bridge. */
export function folderMissing(folder: string): KiwiError {
  return new KiwiError({
    code: "TERMINAL_FOLDER_MISSING",
    exit: "config",
    message: `there is no folder DWX in ${folder}`,
    why: "the bridge in the terminal makes it when it starts, inside MQL5/Files of the terminal's data folder",
    fix: "in MetaTrader choose File > Open Data Folder and name its MQL5/Files here; then attach KiwiBridge to a chart",
    topic,
  });
}

/** Commands cannot be laid into the folder. */
export function folderReadOnly(folder: string, code: string): KiwiError {
  return new KiwiError({
    code: "TERMINAL_FOLDER_READ_ONLY",
    exit: "config",
    message: `no command could be written into ${folder} (${code})`,
    why: "the folder is gone, the disk is full, or this user may not write there",
    fix: "let the user that runs Kiwi write into this folder, and start MetaTrader if the folder is gone",
    topic,
  });
}

/** A command lies there and nobody takes it. */
export function notRunning(waitedMs: number): KiwiError {
  return new KiwiError({
    code: "TERMINAL_NOT_RUNNING",
    exit: "network",
    message: `no bridge took a command within ${formatDuration(waitedMs)}`,
    why: "MetaTrader is closed or hangs, or KiwiBridge is not attached to a chart, or algorithmic trading is off",
    fix: "start MetaTrader, attach KiwiBridge to any chart and switch Algo Trading on: its name shows in the chart's corner",
    topic,
  });
}

/** The bridge wrote its last sign of life long ago. */
export function heartbeatStale(lastMs: number): KiwiError {
  return new KiwiError({
    code: "TERMINAL_NOT_RUNNING",
    exit: "network",
    message: `the bridge gave its last sign of life at ${formatTime(lastMs)}`,
    why: "MetaTrader was closed or hangs, or KiwiBridge was taken off its chart",
    fix: "start MetaTrader and attach KiwiBridge to any chart",
    topic,
  });
}

/** The terminal runs without its broker. */
export function terminalOffline(): KiwiError {
  return new KiwiError({
    code: "TERMINAL_OFFLINE",
    exit: "network",
    message: "MetaTrader has no connection to the broker",
    why: "it is not logged in, or the broker's server cannot be reached: the newest bars are missing",
    fix: "log in with File > Login to Trade Account, and look at the connection bars in the terminal's lower right corner",
    topic,
  });
}

/** The zone that was named is not the server's. `aheadMs`: how far the server is ahead of UTC, where it is known. */
export function serverZoneWrong(name: string, what: string, aheadMs: number | null): KiwiError {
  const right = aheadMs === null ? null : offsetText(aheadMs);
  return new KiwiError({
    code: "SERVER_TIME_WRONG",
    exit: "config",
    message: `the broker's server does not show the time of ${name}: ${what}`,
    why: "bars are stamped with the server's clock: with the wrong zone each of them would be hours off",
    fix:
      right === null
        ? "name the zone of the server: its time stands in the Market Watch window. If the zone is right, correct this machine's clock"
        : `the server shows ${right} now: use a zone that has this offset today, for example America/New_York+7`,
    topic,
  });
}

function offsetText(aheadMs: number): string {
  const minutes = Math.round(aheadMs / 60_000);
  const rest = Math.abs(minutes) % 60;
  const sign = minutes < 0 ? "-" : "+";
  return `UTC${sign}${Math.trunc(Math.abs(minutes) / 60)}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}

/** The terminal holds no bars where there should be some. */
export function historyMissing(what: string, said: string): KiwiError {
  return new KiwiError({
    code: "TERMINAL_HISTORY_MISSING",
    exit: "data",
    message: `MetaTrader has no ${what}: ${said}`,
    why: "the broker's history begins later, or the terminal keeps fewer bars than were asked for",
    fix: "ask for a later start; or set Tools > Options > Charts > Max bars in chart to Unlimited, open the chart and scroll back",
    topic,
  });
}

/** The bridge that runs there cannot do this. */
export function bridgeTooSmall(what: string): KiwiError {
  return new KiwiError({
    code: "BRIDGE_LACKS_COMMAND",
    exit: "config",
    message: `the Expert Advisor in the terminal cannot ${what}`,
    why: "it is another one than KiwiBridge, which answers to a few commands more",
    fix: "attach metatrader/KiwiBridge.mq5 to the chart instead",
    topic,
  });
}
