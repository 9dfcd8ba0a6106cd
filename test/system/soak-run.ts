import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import {
  growthMbPerDayMax,
  grownHandles,
  openHandles,
  SoakMeter,
  type Handles,
} from "../../src/app/trading/demo/soak-meter.ts";
import type { DecisionLog } from "../../src/engine/decision-log/decision-log.ts";
import { Prng } from "../../src/base/prng.ts";
import { dayMs, minuteMs, secondMs } from "../../src/base/time.ts";
import { sliceBars } from "../../src/domain/bars.ts";
import { Shadow } from "../../src/robot/comparison/shadow.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { PaperStack } from "./paper-stack.ts";
import { noTrouble } from "./troubled-link.ts";

/** How long and how much. */
export type SoakOptions = {
  readonly seed: number;
  readonly days: number;
  readonly symbols: number;
  /** Hears of every simulated day. */
  readonly tell?: (line: string) => void;
};

/** What was measured. */
export type SoakRun = {
  readonly days: number;
  readonly slices: number;
  readonly orders: number;
  readonly fills: number;
  readonly faults: number;
  readonly restarts: number;
  readonly heapMb: readonly number[];
  readonly slopeMbPerDay: number;
  readonly processorSeconds: number;
  readonly decisionsHash: string;
  /** Promises that were not kept; empty when all is well. */
  readonly broken: readonly string[];
};

const warmupBars = 60;
const barsPerDay = dayMs / minuteMs;
/** How often memory is looked at in a day. */
const looksPerDay = 4;
const params = { fast: 10, slow: 30 };

/**
 * Days of trading in virtual time, with lost answers, lost orders, doubled messages, lines and streams that break, and a
 * restart on the journal in the middle. Looks at memory, handles, rejections, and holds the decisions against a backtest.
 */
export async function runSoak({ seed, days, symbols, tell = () => {} }: SoakOptions): Promise<SoakRun> {
  const meter = new SoakMeter();
  const before = openHandles();
  const bars = warmupBars + days * barsPerDay;
  const stack = new PaperStack({ seed, symbols, warmupBars, bars, params, guardEverySeconds: 25 });
  try {
    return await soak(stack, { seed, days, tell, meter, before });
  } finally {
    await stack.remove();
    meter.close();
  }
}

type Around = Required<Pick<SoakOptions, "seed" | "days" | "tell">> & {
  readonly meter: SoakMeter;
  readonly before: Handles;
};

async function soak(stack: PaperStack, { seed, days, tell, meter, before }: Around): Promise<SoakRun> {
  const prng = new Prng(seed).fork("soak");
  const cpu = process.cpuUsage();
  const total = { slices: 0, orders: 0, faults: 0, restarts: 0 };
  const startMs = stack.world.nowMs;
  await stack.start();
  const looks = days * looksPerDay;
  for (let look = 1; look <= looks; look++) {
    await stack.bars(barsPerDay / looksPerDay, () => {
      if (prng.next() < 0.03) total.faults += trouble(stack, prng);
    });
    // Memory of the tests' own exchange is not the robot's: what was sent over the link is told by counts.
    forget(stack, total);
    const { heldMb } = await meter.look();
    if (look % looksPerDay === 0)
      tell(`day ${look / looksPerDay}: ${heldMb.toFixed(1)} MB, ${stack.account.fills.length} fills`);
    if (look === Math.floor(looks / 2)) {
      total.slices += stack.robot!.status().counts.slices;
      await stack.stop();
      await stack.start();
      total.restarts += 1;
    }
  }
  const { decisionsHash, counts } = stack.robot!.status();
  const endMs = stack.robot!.status().lastBarMs;
  const backtest = backtestOf(stack, startMs, endMs);
  const parts = firstDifference(stack.robot!.session.recorder.log, backtest.log);
  await stack.stop();
  const after = openHandles();
  const slopeMbPerDay = meter.growthMb(looksPerDay) * looksPerDay;
  const broken = [
    ...meter.rejections.map((reason) => `a rejection was not handled: ${reason}`),
    ...grownHandles(meter.samples[looksPerDay - 1]!.handles, meter.samples.at(-1)!.handles).map(
      (what) => `grew between the first day and the last: ${what}`,
    ),
    ...grownHandles(before, after).map((what) => `was left open: ${what}`),
  ];
  if (!(slopeMbPerDay < growthMbPerDayMax))
    broken.push(`memory grows by ${slopeMbPerDay.toFixed(2)} MB a day`);
  if (backtest.hash !== decisionsHash)
    broken.push(`the backtest decides otherwise: ${backtest.hash} instead of ${decisionsHash}${parts}`);
  if (backtest.fills !== stack.account.fills.length)
    broken.push(`${stack.account.fills.length} fills, and ${backtest.fills} in the backtest`);
  const { user, system } = process.cpuUsage(cpu);
  return {
    days,
    slices: total.slices + counts.slices,
    orders: total.orders,
    fills: stack.account.fills.length,
    faults: total.faults,
    restarts: total.restarts,
    heapMb: meter.samples.map(({ heldMb }) => heldMb),
    slopeMbPerDay,
    processorSeconds: (user + system) / 1e6,
    decisionsHash,
    broken,
  };
}

/** One trouble that a good robot hides: it is over before the next bar. Returns how many there were. */
function trouble(stack: PaperStack, prng: Prng): number {
  const { link, world } = stack;
  const kind = prng.integer(6);
  const after = (spanMs: number, run: () => void) => void world.after(spanMs, run);
  const recover = () => void (link.trouble = { ...noTrouble });
  // Lost three times an order is given up, and what is decided anew is another order: that is no trouble that hides.
  after((kind === 1 ? 10 : 25) * secondMs, recover);
  if (kind === 0) link.trouble.loses = "answers";
  if (kind === 1) after(0, () => (link.trouble.loses = "orders"));
  if (kind === 2) link.trouble.doubles = true;
  if (kind === 3) link.trouble.answerMs = 3_000;
  if (kind === 4) {
    after(400, () => link.setDown(true));
    after(20 * secondMs, () => link.setDown(false));
  }
  if (kind === 5) {
    const fromMs = world.nowMs - 1;
    stack.setStreaming(false);
    after(8 * secondMs, () => stack.setStreaming(true, fromMs));
  }
  return 1;
}

function forget({ link, source }: PaperStack, total: { orders: number }): void {
  total.orders += link.sent.length;
  for (const list of [link.sent, link.canceled, link.modified, source.fetches]) list.splice(0);
}

/** What a backtest of the same tape decides, from the bars that were history when the robot started. */
function backtestOf(
  stack: PaperStack,
  startMs: number,
  endMs: number,
): { readonly hash: string; readonly fills: number; readonly log: DecisionLog } {
  const { market, config } = stack;
  const bars = market.map((table) => sliceBars(table, 0, table.length));
  const session = buildSession({ bars, strategy: smaCross, params, config }, layGround(bars, config));
  new Shadow(session, bars, startMs).advance(endMs);
  const { log } = session.recorder;
  return { hash: log.hash(), fills: log.events.count("fill"), log };
}

/** The first event that one of two sessions has and the other has not, in words; empty where there is none. */
function firstDifference(own: DecisionLog, other: DecisionLog): string {
  const linesOf = ({ events }: DecisionLog): readonly string[] =>
    Array.from({ length: events.length }, (_, row) => events.at(row))
      .filter(({ kind }) => kind !== "canceled" && kind !== "rejected" && kind !== "expired")
      .map(({ timeMs, instrument, kind, first, second, third, text }) =>
        [
          new Date(timeMs).toISOString(),
          instrument,
          kind,
          first,
          second,
          kind === "fill" ? "" : third,
          text,
        ].join(" "),
      );
  const [ours, theirs] = [linesOf(own), linesOf(other)];
  const row = ours.findIndex((line, k) => line !== theirs[k]);
  return row < 0 ? "" : `; first ${ours[row]} instead of ${theirs[row]}`;
}

/** The figures for people. */
export function soakText(run: SoakRun): string {
  const { days, slices, orders, fills, faults, restarts, heapMb, slopeMbPerDay, processorSeconds } = run;
  return [
    `${days} days, ${slices} slices, ${orders} orders sent, ${fills} fills, ${faults} faults, ${restarts} restarts;`,
    `memory ${heapMb[looksPerDay - 1]!.toFixed(1)} MB after a day, ${heapMb.at(-1)!.toFixed(1)} MB at the end: ${slopeMbPerDay.toFixed(2)} MB a day;`,
    `decisions as in the backtest (${run.decisionsHash.slice(0, 16)}); ${processorSeconds.toFixed(0)} s of processor time`,
  ].join("\n");
}
