import { assert } from "../../base/assert.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { BarSource } from "../../ports/bar-source.ts";
import { barQuality, type BarStore, type MayJoin } from "../../ports/bar-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import { provenRange } from "../pipeline/proven-range.ts";
import { validateBars } from "../validation/validate-bars.ts";
import { chooseBars } from "./choose-bars.ts";
import { fetchSoundBars } from "./fetch-sound-bars.ts";
import {
  findFaults,
  findGapsAndBroken,
  findLost,
  findOpenEnds,
  missingBetween,
  type BarFault,
} from "./find-faults.ts";
import { groupFaults } from "./plan-repair.ts";
import type { RepairedRange, RepairFailure, RepairReport } from "./repair-report.ts";

/** What to repair, and with whose help. */
export type RepairRequest = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Closes from here on and before `toMs`; what has not closed yet is not missing. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The primary first: its bars are the real ones. Each of the others is asked for what is left. */
  readonly providers: readonly BarSource[];
  /** Whose bars may stand beside those of the providers; none but theirs by default. */
  readonly mayJoin?: MayJoin;
  readonly store: BarStore;
  readonly calendar: Calendar;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
};

/** A fault, and what has become of it so far. */
type Case = {
  readonly fault: BarFault;
  readonly repairedBy: Map<string, number>;
  confirmedBy: string | null;
  /** For an outlier: nobody else can say more about it. */
  isClosed: boolean;
};

/** A repair under way. */
type Repair = {
  readonly request: RepairRequest;
  readonly window: TimeRange;
  readonly isHeldBefore: boolean;
  readonly cases: readonly Case[];
  readonly failures: RepairFailure[];
  held: Bars;
  /** What the store knows to be missing. */
  lost: readonly TimeRange[];
};

/**
 * Fetches again what is missing, impossible or doubtful in the bars held, from the primary and then from the others in
 * turn. Bars of the primary that differ become new versions; bars of another provider are marked `filled`. Prices are
 * never made up, and never taken from elsewhere where the primary has them: what nobody has remains, and is reported.
 * Throws what the store throws, and the signal's reason.
 */
export async function repairSeries(request: RepairRequest): Promise<RepairReport> {
  const { calendar, providers, symbol, timeframe } = request;
  const repair = await begin(request);
  const before = validateBars(repair.held, calendar);
  for (const [rank, source] of providers.entries()) {
    const open = openFaults(repair);
    if (open.length === 0) break;
    await askProvider(repair, open, source, rank === 0);
    repair.held = await readWindow(request, repair.window);
    repair.lost = await request.store.missingOf(symbol, timeframe);
  }
  const left = openFaults(repair);
  return {
    symbol,
    timeframe,
    ranges: repair.cases.map((found) => rangeOf(found, left, repair)),
    failures: repair.failures,
    before,
    after: validateBars(repair.held, calendar),
  };
}

async function begin(request: RepairRequest): Promise<Repair> {
  const { symbol, timeframe, calendar, clock, store, fromMs } = request;
  const window = { fromMs, toMs: Math.min(request.toMs, Math.floor(clock.nowMs()) + 1) };
  // What is damaged elsewhere is not what is to be repaired here.
  const isHeldBefore = (await store.list(() => {})).some(
    (series) => series.symbol === symbol && series.timeframe === timeframe && series.fromMs < fromMs,
  );
  const held = await readWindow(request, window);
  const lost = await store.missingOf(symbol, timeframe);
  const asked = findLost(held, calendar, window, lost);
  const ends = findOpenEnds(held, calendar, window, isHeldBefore);
  const others = [...findFaults(held, calendar), ...ends].filter((one) => !isCovered(one, asked));
  const faults = [...asked, ...others].toSorted((a, b) => a.fromMs - b.fromMs);
  const cases = faults.map((fault) => ({
    fault,
    repairedBy: new Map<string, number>(),
    confirmedBy: null,
    isClosed: false,
  }));
  return { request, window, isHeldBefore, cases, failures: [], held, lost };
}

function readWindow({ store, symbol, timeframe }: RepairRequest, window: TimeRange): Promise<Bars> {
  return store.read(symbol, timeframe, window.fromMs, window.toMs);
}

/** What is left of the faults in the bars held now; outliers until they are confirmed or corrected. */
function openFaults({ request, window, isHeldBefore, cases, held, lost }: Repair): readonly BarFault[] {
  const outliers = cases.filter(({ fault, isClosed }) => fault.kind === "outlier" && !isClosed);
  const found = [
    ...findLost(held, request.calendar, window, lost),
    ...findGapsAndBroken(held, request.calendar),
    ...findOpenEnds(held, request.calendar, window, isHeldBefore),
  ];
  // Somebody else may write to the store meanwhile: what was not there at the beginning is not ours.
  const left = found.filter((one) => cases.some(({ fault }) => isWithin(one, fault)));
  return [...left, ...outliers.map(({ fault }) => fault)];
}

async function askProvider(
  repair: Repair,
  faults: readonly BarFault[],
  source: BarSource,
  isPrimary: boolean,
): Promise<void> {
  const { symbol, timeframe, signal } = repair.request;
  // Not the whole page: where its bars are irregular, venues hold more than the calendar expects.
  const reachMs = 0.9 * source.capabilities.pageRowsMax * timeframeMs(timeframe);
  for (const group of groupFaults(isPrimary ? faults : faultsForOthers(repair, faults), reachMs)) {
    const range = { fromMs: group[0]!.fromMs, toMs: Math.max(...group.map(({ toMs }) => toMs)) };
    let offered: Bars;
    try {
      const ask = { symbol, timeframe, ...range, ...(signal === undefined ? {} : { signal }) };
      offered = await fetchSoundBars(source, ask);
    } catch (error) {
      signal?.throwIfAborted();
      repair.failures.push({ provider: source.name, error });
      return;
    }
    await treat(repair, group, offered, source.name, isPrimary);
    await settle(repair, group, range, offered);
  }
}

/** What was lost is so no longer, as far as an answer in full proves. */
async function settle(
  { request }: Repair,
  group: readonly BarFault[],
  asked: TimeRange,
  offered: Bars,
): Promise<void> {
  const { store, symbol, timeframe, calendar, clock } = request;
  const { closeTimeMs, length } = offered;
  const came = length === 0 ? null : { firstMs: closeTimeMs[0]!, lastMs: closeTimeMs[length - 1]! };
  const proven = provenRange(asked, came, clock.nowMs(), calendar, timeframe);
  if (proven === null) return;
  for (const { kind, fromMs, toMs } of group) {
    if (kind !== "lost") continue;
    const part = { fromMs: Math.max(fromMs, proven.fromMs), toMs: Math.min(toMs, proven.toMs) };
    if (part.fromMs < part.toMs) await store.settleMissing(symbol, timeframe, part);
  }
}

/** Whether a gap lies in what is asked for anyway. */
function isCovered(fault: BarFault, asked: readonly BarFault[]): boolean {
  return (
    fault.kind === "gap" && asked.some(({ fromMs, toMs }) => fromMs <= fault.fromMs && toMs >= fault.toMs)
  );
}

/** Without the primary's word on it, a bad tick and a flash crash look the same from elsewhere. */
function faultsForOthers({ request, failures }: Repair, faults: readonly BarFault[]): readonly BarFault[] {
  const primary = request.providers[0]!.name;
  const hasFailed = failures.some(({ provider }) => provider === primary);
  return hasFailed ? faults.filter(({ kind }) => kind !== "outlier") : faults;
}

/** Stores what a provider has for a group of faults. */
async function treat(
  repair: Repair,
  group: readonly BarFault[],
  offered: Bars,
  provider: string,
  isPrimary: boolean,
): Promise<void> {
  const { calendar, clock, store, symbol, timeframe } = repair.request;
  const chosen = new Set<number>();
  for (const fault of group) {
    const { rows, isAnswered } = chooseBars(fault, offered, repair.held, isPrimary, calendar);
    note(repair.cases, fault, provider, rows.length, isAnswered);
    for (const row of rows) chosen.add(row);
  }
  const bars = rowsOf(offered, chosen);
  const quality = new Uint8Array(bars.length).fill(isPrimary ? barQuality.ok : barQuality.filled);
  const provenance = { source: provider, receivedAtMs: clock.nowMs(), mayJoin: joinable(repair.request) };
  await store.append(symbol, timeframe, { ...bars, quality }, provenance);
}

function joinable({ mayJoin = [], providers }: RepairRequest): MayJoin {
  return mayJoin === "any" ? mayJoin : [...mayJoin, ...providers.map(({ name }) => name)];
}

function note(
  cases: readonly Case[],
  fault: BarFault,
  provider: string,
  bars: number,
  isAnswered: boolean,
): void {
  const found = cases.find((one) => isWithin(fault, one.fault));
  assert(found !== undefined, "only faults of the beginning are asked about");
  if (isAnswered) found.isClosed = true;
  if (isAnswered && bars === 0 && fault.kind === "outlier") found.confirmedBy = provider;
  if (bars > 0) found.repairedBy.set(provider, (found.repairedBy.get(provider) ?? 0) + bars);
}

function rangeOf(
  { fault, repairedBy, confirmedBy }: Case,
  left: readonly BarFault[],
  { held, request }: Repair,
): RepairedRange {
  const { kind, fromMs, toMs, bars } = fault;
  const open = left.filter((one) => isWithin(one, fault)).reduce((sum, one) => sum + one.bars, 0);
  // What a source does not have is no longer lost, and still not there.
  const remaining =
    kind === "lost" ? Math.max(open, missingBetween(held, request.calendar, fromMs, toMs)) : open;
  const helpers = [...repairedBy].map(([provider, sent]) => ({ provider, bars: sent }));
  return { fault: kind, fromMs, toMs, bars, repairedBy: helpers, confirmedBy, remaining };
}

/** Whether a fault is what is left of an earlier one. */
function isWithin(later: BarFault, earlier: BarFault): boolean {
  return later.kind === earlier.kind && later.fromMs >= earlier.fromMs && later.toMs <= earlier.toMs;
}

function rowsOf(bars: Bars, rows: ReadonlySet<number>): Bars {
  const { closeTimeMs, open, high, low, close, volume } = bars;
  const table = new BarTable(bars.symbol, bars.timeframe, rows.size);
  for (const row of [...rows].sort((a, b) => a - b)) {
    table.append(closeTimeMs[row]!, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!);
  }
  return sliceBars(table, 0, table.length);
}
