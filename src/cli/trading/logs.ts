import { isoText } from "../../analysis/report/number-text.ts";
import { sessionLog, type LogLine, type LogQuestion } from "../../app/trading/session-log.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import { readDay } from "../../app/config/read-day.ts";
import { exitCodes } from "../../base/errors.ts";
import { hourMs, secondMs } from "../../base/time.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { interruptedExit, interruptible } from "../interrupt.ts";
import type { Shell } from "../shell.ts";

export type LogsFlags = CommonFlags & {
  readonly session?: string;
  readonly follow?: true;
  readonly part?: string;
  readonly order?: string;
  readonly since?: string;
  readonly level: keyof typeof levels;
  readonly lines: string;
};

const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const;
const levelNames = new Map<number, string>(Object.entries(levels).map(([name, level]) => [level, name]));

/** `kiwi logs`: what the sessions that run have said, or one of them, and with `-f` what they say from now on. */
export async function logsCommand(shell: Shell, flags: LogsFlags): Promise<number> {
  const log = sessionLog(tradingHome(shell.env), flags.session);
  const question: LogQuestion = {
    levelMin: levels[flags.level],
    sinceMs: flags.since === undefined ? -Infinity : sinceMs(flags.since),
    ...(flags.part === undefined ? {} : { part: flags.part }),
    ...(flags.order === undefined ? {} : { order: flags.order }),
  };
  const show = (line: LogLine): void =>
    shell.out(flags.json === true ? JSON.stringify(line) : lineText(line));
  log.read(question).slice(-Number(flags.lines)).forEach(show);
  if (flags.follow !== true) return exitCodes.ok;
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, shell.outClosed]);
  await interruptible(
    () => ending.abort(),
    () => log.follow(question, show, signal),
  );
  return interruptedExit;
}

/** `90s`, `10m`, `2h`, `1d` ago, or a day or moment. */
function sinceMs(text: string): number {
  if (!/^\d+[smhd]$/.test(text)) return readDay(text, "--since");
  return Date.now() - timeframeMs(text as Timeframe);
}

/** What stands in the line itself, or says the same again. */
const told: ReadonlySet<string> = new Set(["level", "time", "part", "msg", "session", "kind"]);
/** A bar that closed so shortly before its line says nothing that the time of the line does not. */
const presentMs = hourMs;

function lineText(line: LogLine): string {
  const { level, time, part, msg, ...fields } = line;
  const ids = Object.entries(fields)
    .filter(([name, value]) => !told.has(name) && value !== null && typeof value !== "object")
    .filter(([name, value]) => name !== "symbol" || !msg.includes(String(value)))
    .filter(([name, value]) => name !== "orderId" || !msg.startsWith(`order ${String(value)}`))
    .filter(([name, value]) => name !== "bar" || Math.abs(time - Number(value)) > presentMs)
    .map(([name, value]) => `${name}=${name === "bar" ? isoText(Number(value)) : String(value)}`);
  const word = (levelNames.get(level) ?? String(level)).padEnd(5);
  const who = line.session === undefined ? "" : `${line.session} `;
  return `${isoText(Math.floor(time / secondMs) * secondMs)} ${who}${word} ${part.padEnd(6)} ${msg}${ids.length === 0 ? "" : `  ${ids.join(" ")}`}`;
}
