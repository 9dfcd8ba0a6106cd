import { KiwiError } from "../../base/errors.ts";
import { formatDuration } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarRange, BarRequest, LiveBar, RowFault } from "../../ports/bar-source.ts";
import { barFault } from "../quality/bar-fault.ts";
import { missingBetween } from "../quality/missing-between.ts";
import { describeBar, QuarantineBook } from "../quality/quarantine-book.ts";
import { houseBars, venueSymbol, type ProvidedBars } from "./provider-part.ts";
import type { PoolMember, ProviderPool } from "./provider-pool.ts";
import { within } from "./within.ts";

/** One request on its way through the providers. */
type Journey = {
  readonly pool: ProviderPool;
  readonly calendar: Calendar;
  readonly quarantine: QuarantineBook;
  readonly signal: AbortSignal;
  fillsLeft: number;
};

/**
 * The bars of a range from the active provider; where it fails, falls behind or leaves holes, from the next. Every
 * page is one provider's, and so is every bar. Throws what the first provider said when none could answer.
 */
export async function* fetchHistory(
  pool: ProviderPool,
  calendar: Calendar,
  request: BarRequest,
  closing: AbortSignal,
): AsyncGenerator<ProvidedBars> {
  pool.reviewScores();
  const quarantine = new QuarantineBook();
  const signal = request.signal === undefined ? closing : AbortSignal.any([closing, request.signal]);
  const journey = { pool, calendar, quarantine, signal, fillsLeft: pool.policy.holeFillsMax };
  const { symbol, timeframe, fromMs, toMs } = request;
  try {
    yield* travel(journey, { symbol, timeframe, fromMs, toMs }, pool.candidatesFor(timeframe));
  } finally {
    const entries = quarantine.entries();
    if (entries.length > 0) request.onQuarantine?.(entries);
  }
}

/** The last bars of the first provider that is whole and up to date, or else of the one that knows the latest. */
export async function fetchLatest(
  pool: ProviderPool,
  calendar: Calendar,
  symbol: string,
  timeframe: Timeframe,
  count: number,
  closing: AbortSignal,
): Promise<ProvidedBars> {
  pool.reviewScores();
  const { clock, policy } = pool;
  let best: ProvidedBars | null = null;
  const failures: unknown[] = [];
  for (const member of pool.candidatesFor(timeframe)) {
    const { part, name } = member;
    try {
      const theirs = venueSymbol(part, symbol);
      const answer = await answered(pool, member, part.source.latest(theirs, timeframe, count), closing);
      const bars = sound({ pool, quarantine: new QuarantineBook() }, member, { symbol, timeframe }, answer);
      const found: ProvidedBars = { ...bars, provider: name };
      const lastMs = bars.closeTimeMs[bars.length - 1] ?? Number.NEGATIVE_INFINITY;
      const isBehind =
        bars.length === 0 ||
        missingBetween(calendar, lastMs, clock.nowMs() - policy.graceMs, timeframe) >= policy.staleBars;
      if (!isBehind && bars.length === answer.length) return found;
      if (best === null || lastMs > (best.closeTimeMs[best.length - 1] ?? Number.NEGATIVE_INFINITY))
        best = found;
    } catch (error) {
      failures.push(error);
      noteFailure(pool, member, error, closing);
    }
  }
  if (best !== null) return best;
  throw failures[0];
}

async function* travel(
  journey: Journey,
  range: BarRange,
  [member, ...others]: readonly PoolMember[],
): AsyncGenerator<ProvidedBars> {
  if (member === undefined || !(range.fromMs < range.toMs)) return;
  // Everything that closes up to here was delivered, or is missing at every provider that was asked.
  let coveredMs = range.fromMs - 1;
  const quarantinedBefore = member.quarantined;
  try {
    for await (const page of pagesOf(journey, member, range)) {
      let from = 0;
      for (let row = 0; row < page.length; row++) {
        const closeTimeMs = page.closeTimeMs[row]!;
        if (isHole(journey, range, coveredMs, closeTimeMs) && others.length > 0 && journey.fillsLeft > 0) {
          if (row > from) yield provided(member, page, from, row);
          yield* fill(journey, { ...range, fromMs: coveredMs + 1, toMs: closeTimeMs }, others);
          from = row;
        }
        coveredMs = closeTimeMs;
      }
      yield provided(member, page, from, page.length);
      const isLying = member.quarantined - quarantinedBefore >= journey.pool.policy.badBarsMax;
      if (isLying && others.length > 0) throw wrong(member.name);
    }
  } catch (error) {
    noteFailure(journey.pool, member, error, journey.signal);
    return yield* insteadOf(error, journey, { ...range, fromMs: coveredMs + 1 }, others);
  }
  const { clock, policy } = journey.pool;
  const dueMs = Math.min(range.toMs, clock.nowMs() - policy.graceMs);
  if (isHole(journey, range, coveredMs, dueMs))
    yield* fill(journey, { ...range, fromMs: coveredMs + 1 }, others);
}

/** The others' bars; when none of them answers either, what the first one said is what a person should read. */
async function* insteadOf(
  error: unknown,
  journey: Journey,
  range: BarRange,
  others: readonly PoolMember[],
): AsyncGenerator<ProvidedBars> {
  if (others.length === 0) throw error;
  try {
    yield* travel(journey, range, others);
  } catch (later) {
    throw journey.signal.aborted || isOurs(later) ? later : error;
  }
}

/** What one provider lacks, others may have; when they have not or fail, the hole stays and is no error. */
async function* fill(
  journey: Journey,
  range: BarRange,
  others: readonly PoolMember[],
): AsyncGenerator<ProvidedBars> {
  journey.fillsLeft -= 1;
  try {
    yield* travel(journey, range, others);
  } catch (error) {
    if (journey.signal.aborted || isOurs(error)) throw error;
  }
}

function isHole(
  { pool, calendar }: Journey,
  { timeframe }: BarRange,
  afterMs: number,
  beforeMs: number,
): boolean {
  const { expectsEveryBar, staleBars } = pool.policy;
  return missingBetween(calendar, afterMs, beforeMs, timeframe) >= (expectsEveryBar ? 1 : staleBars);
}

/** Pages of one provider, in our units, without rows that cannot be bars and without going back. */
async function* pagesOf(journey: Journey, member: PoolMember, range: BarRange): AsyncGenerator<Bars> {
  const { pool, quarantine } = journey;
  const { part } = member;
  const ending = new AbortController();
  const answer = part.source.fetchBars({
    ...range,
    symbol: venueSymbol(part, range.symbol),
    signal: AbortSignal.any([journey.signal, ending.signal]),
    onQuarantine(entries) {
      for (const { fault, count, examples } of entries) quarantine.add(fault, count, examples);
    },
  });
  const pages = answer[Symbol.asyncIterator]();
  let lastMs = range.fromMs - 1;
  try {
    for (;;) {
      const step = await answered(pool, member, pages.next(), journey.signal);
      if (step.done === true) return;
      const page = sound(journey, member, range, step.value, lastMs, range.toMs);
      lastMs = page.closeTimeMs[page.length - 1] ?? lastMs;
      if (page.length > 0) yield page;
    }
  } finally {
    // A provider that hangs would never answer a polite `return` either.
    ending.abort();
    void pages.return?.().catch(() => {});
  }
}

/** An answer in time, noted as a success with its latency. */
async function answered<Answer>(
  { clock, policy }: ProviderPool,
  { name, health }: PoolMember,
  work: Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  const askedMs = clock.nowMs();
  const late = (): Error => silent(name, policy.fetchTimeoutMs);
  const answer = await within(clock, policy.fetchTimeoutMs, work, late, signal);
  health.noteSuccess(clock.nowMs(), clock.nowMs() - askedMs);
  return answer;
}

/** The rows that can be bars and lie in order within a range; the others are noted. */
function sound(
  { pool, quarantine }: Pick<Journey, "pool" | "quarantine">,
  member: PoolMember,
  range: Pick<BarRange, "symbol" | "timeframe">,
  answer: Bars,
  afterMs = Number.NEGATIVE_INFINITY,
  toMs = Number.POSITIVE_INFINITY,
): Bars {
  const bars = houseBars(member.part, range, answer);
  const table = new BarTable(range.symbol, range.timeframe, bars.length);
  const latestMs = pool.clock.nowMs() + pool.policy.clockSkewMsMax;
  let lastMs = afterMs;
  for (let row = 0; row < bars.length; row++) {
    const bar = barAt(bars, row);
    const { closeTimeMs, open, high, low, close, volume } = bar;
    const isTimely = closeTimeMs > lastMs && closeTimeMs < toMs && closeTimeMs <= latestMs;
    const fault: RowFault | null = barFault(bar) ?? (isTimely ? null : "outOfRange");
    if (fault === null) {
      table.append(closeTimeMs, open, high, low, close, volume);
      lastMs = closeTimeMs;
      continue;
    }
    member.quarantined += 1;
    member.health.noteFailure(pool.clock.nowMs(), `sent an unusable bar: ${fault}`);
    quarantine.add(fault, 1, [`${member.name} ${describeBar(bar)}`]);
  }
  return sliceBars(table, 0, table.length);
}

function barAt(bars: Bars, row: number): LiveBar {
  return {
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    closeTimeMs: bars.closeTimeMs[row]!,
    open: bars.open[row]!,
    high: bars.high[row]!,
    low: bars.low[row]!,
    close: bars.close[row]!,
    volume: bars.volume[row]!,
  };
}

function provided({ name }: PoolMember, page: Bars, from: number, to: number): ProvidedBars {
  return { ...sliceBars(page, from, to), provider: name };
}

/** Notes what went wrong; throws on when no other provider could do better. */
function noteFailure(pool: ProviderPool, member: PoolMember, error: unknown, signal: AbortSignal): void {
  if (signal.aborted || isOurs(error)) throw error;
  const atMs = pool.clock.nowMs();
  // Whatever a provider throws, `within` has made an error of it.
  const why = (error as Error).message;
  // Not to know a symbol or a timeframe is no weakness of a provider.
  const isAnswer =
    error instanceof KiwiError && (error.parts.exit === "usage" || error.parts.exit === "data");
  if (!isAnswer) member.health.noteFailure(atMs, why);
  pool.tell({ kind: "fetch-failed", atMs, provider: member.name, why });
}

/** A clock that is wrong is wrong for every provider, and one that does not look at it is no way out. */
function isOurs(error: unknown): boolean {
  return error instanceof KiwiError && error.parts.exit === "safety";
}

function wrong(name: string): KiwiError {
  return new KiwiError({
    code: "PROVIDER_WRONG",
    exit: "data",
    message: `${name} sent bars that cannot be`,
    why: "prices, volumes or times in its answer contradict themselves",
    fix: "put another provider first until it is well again",
    topic: "sources",
  });
}

function silent(name: string, spanMs: number): KiwiError {
  return new KiwiError({
    code: "PROVIDER_SILENT",
    exit: "timeout",
    message: `${name} did not answer for ${formatDuration(spanMs)}`,
    why: "the provider, or something on the way to it, hangs",
    fix: "try again later, or put another provider first",
    topic: "sources",
  });
}
