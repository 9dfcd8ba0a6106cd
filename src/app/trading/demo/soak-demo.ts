import { dayMs, hourMs, minuteMs } from "../../../base/time.ts";
import { sleep } from "../../../ports/clock.ts";
import { systemClock } from "../../../adapters/system-clock.ts";
import type { RobotEnd } from "../../../robot/robot-types.ts";
import { heldAgainstBacktest, type HeldAgainst } from "./held-against-backtest.ts";
import { replayStored } from "../replay-stored.ts";
import { sessionPaths, type SessionNote } from "../session-folder.ts";
import { readStatus, type SessionStatus } from "../session-status.ts";
import { demoMarket } from "./demo-market.ts";
import { startDemo, type DemoRequest } from "./demo-session.ts";
import { growthMbPerDayMax, grownHandles, SoakMeter } from "./soak-meter.ts";

/** How long the demo is to run, and who hears of every look at it. */
export type SoakRequest = Pick<
  DemoRequest,
  "home" | "folder" | "env" | "signal" | "seed" | "faults" | "settings"
> & {
  /** By the machine's time. */
  readonly hours: number;
  readonly onLook: (look: {
    readonly done: number;
    readonly total: number;
    readonly heldMb: number;
    readonly fills: number;
  }) => void;
};

/** What was measured. */
export type SoakReport = {
  readonly session: string;
  readonly hours: number;
  readonly marketDays: number;
  /** Held in memory after a quarter of the looks and at the end. */
  readonly heldMb: readonly [number, number];
  /** Null where too few looks were taken to tell. */
  readonly growthMbPerDay: number | null;
  readonly rejections: readonly string[];
  readonly fills: number;
  readonly backtestFills: number;
  readonly decisionsHash: string;
  /** What it wanted beside what a backtest of its bars wants. */
  readonly decided: HeldAgainst;
  /** What was not as it should be, in words; empty when all was well. */
  readonly broken: readonly string[];
};

/** Fewer looks than this say nothing about a slope. */
const looksMin = 12;

/**
 * Runs the demo in real time and looks once a minute at what its process holds. At the end the session is held against
 * its backtest, and lived through again from its journal.
 */
export async function soakDemo(request: SoakRequest): Promise<SoakReport> {
  const { hours, home, signal, onLook } = request;
  const ending = new AbortController();
  const meter = new SoakMeter();
  const started: { note?: SessionNote } = {};
  const marketDays = (hours * hourMs * demoMarket.speed) / dayMs;
  try {
    const trading = startDemo({
      ...request,
      // The quick strategy of the demo trades more in a day than the kill switch allows.
      strategies: ["sma-cross"],
      days: Math.max(demoMarket.days, Math.ceil(marketDays) + 1),
      monitorPort: null,
      signal: AbortSignal.any([signal, ending.signal]),
      onStart: (note) => (started.note = note),
    });
    const over = trading.then(
      () => ending.abort(),
      () => ending.abort(),
    );
    const status = (): SessionStatus | null =>
      started.note === undefined ? null : readStatus(sessionPaths(home, started.note.id).status);
    await watch(meter, hours, AbortSignal.any([signal, ending.signal]), (done, total, heldMb) =>
      onLook({ done, total, heldMb, fills: status()?.robot.counts.fills ?? 0 }),
    );
    ending.abort();
    await over;
    return await reportOf(await trading, started.note!, status(), meter, { ...request, marketDays });
  } finally {
    ending.abort();
    meter.close();
  }
}

/** Looks once a minute, twelve times at least, until the time is over or the signal ends it. */
async function watch(
  meter: SoakMeter,
  hours: number,
  signal: AbortSignal,
  onLook: (done: number, total: number, heldMb: number) => void,
): Promise<void> {
  const total = Math.max(looksMin, Math.round((hours * hourMs) / minuteMs));
  for (let done = 1; done <= total; done++) {
    await sleep(systemClock, (hours * hourMs) / total, signal).catch(() => {});
    if (signal.aborted) return;
    onLook(done, total, (await meter.look()).heldMb);
  }
}

async function reportOf(
  end: RobotEnd,
  note: SessionNote,
  status: SessionStatus | null,
  meter: SoakMeter,
  { home, hours, marketDays }: SoakRequest & { readonly marketDays: number },
): Promise<SoakReport> {
  const { samples, rejections } = meter;
  const warm = Math.floor(samples.length / 4);
  const looksPerDay = Math.max(looksMin, Math.round((hours * hourMs) / minuteMs)) / marketDays;
  // A day of the market is the least that says something about growth by the day.
  const isTelling = samples.length >= looksMin && marketDays >= 1;
  const growthMbPerDay = isTelling ? meter.growthMb(warm) * looksPerDay : null;
  const replay = await replayStored(home, note);
  const { decisionsHash, difference } = replay;
  const held = heldAgainstBacktest(replay);
  const comparison = status?.comparison ?? null;
  const told = status?.robot.decisionsHash ?? "";
  const trading = status?.robot.trading;
  const broken = [
    ...rejections.map((reason) => `a rejection that nobody handled: ${reason}`),
    ...(end.kind === "failed" ? [`the robot ended: ${String(end.error)}`] : []),
    ...(samples.length > warm + 1
      ? grownHandles(samples[warm]!.handles, samples.at(-1)!.handles).map((what) => `left open: ${what}`)
      : []),
    ...(growthMbPerDay !== null && growthMbPerDay > growthMbPerDayMax
      ? [`memory grows by ${growthMbPerDay.toFixed(2)} MB with every day of the market`]
      : []),
    ...(comparison === null ? ["nothing was compared with the backtest"] : []),
    ...(comparison?.drift == null ? [] : [`it parts from its backtest: ${comparison.drift}`]),
    ...(held.difference === null
      ? []
      : [`it decides otherwise than the backtest of its bars: ${held.difference}`]),
    ...(difference === null && told === decisionsHash ? [] : ["its journal does not make the same session"]),
    ...(trading === undefined || trading.state === "active"
      ? []
      : [`trading is ${trading.state}: ${trading.reason}`]),
  ];
  return {
    session: note.id,
    hours,
    marketDays,
    heldMb: [samples[warm]?.heldMb ?? Number.NaN, samples.at(-1)?.heldMb ?? Number.NaN],
    growthMbPerDay,
    rejections,
    fills: comparison?.fills ?? 0,
    backtestFills: comparison?.shadowFills ?? 0,
    decisionsHash,
    decided: held,
    broken,
  };
}
