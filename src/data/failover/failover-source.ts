import { KiwiError } from "../../base/errors.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarRequest, BarSource, BarSourceCapabilities } from "../../ports/bar-source.ts";
import type { Clock } from "../../ports/clock.ts";
import { closeInReverse, closeMsMax, type ComponentHealth } from "../../ports/component.ts";
import type { FeedHealth } from "../../ports/feed-health.ts";
import { DivergenceWatch } from "./divergence-watch.ts";
import { fetchHistory, fetchLatest } from "./failover-history.ts";
import { failoverDefaults, type FailoverPolicy } from "./failover-policy.ts";
import { FailoverStream } from "./failover-stream.ts";
import { houseSymbol, type ProvidedBars, type ProviderPart } from "./provider-part.ts";
import { ProviderPool, type FailoverEvent, type PoolMember } from "./provider-pool.ts";

/** How a provider does at this moment. */
export type ProviderHealthView = {
  readonly name: string;
  readonly isActive: boolean;
  /** 0 to 1; `ProviderHealth` has the formula. */
  readonly score: number;
  readonly overdueBars: number;
  /** Average of answers and bars; null before the first. */
  readonly latencyMs: number | null;
  readonly successes: number;
  readonly failures: number;
  readonly quarantined: number;
  readonly lastFailure: string | null;
};

/** Several providers as one. */
export type FailoverSource = Omit<BarSource, "fetchBars" | "latest"> & {
  /** Every provider, in order of preference. */
  members(): readonly ProviderHealthView[];
  /** Says when bars do not come or providers disagree. */
  readonly feedHealth: FeedHealth;
  /** The page tells which provider it is from. */
  fetchBars(request: BarRequest): AsyncIterable<ProvidedBars>;
  latest(symbol: string, timeframe: Timeframe, count: number): Promise<ProvidedBars>;
};

/** The providers, the preferred one first, and how to deal with them. */
export type FailoverParts = {
  readonly providers: readonly ProviderPart[];
  readonly clock: Clock;
  readonly policy?: Partial<FailoverPolicy>;
  /** By which a symbol's bars are expected; the calendar of the first provider when left out. */
  readonly calendarOf?: (symbol: string) => Calendar;
  readonly onEvent?: (event: FailoverEvent) => void;
};

/**
 * One source out of several. History and streams come from the active provider, and from the next when it is stale,
 * fails or sends what cannot be; the preferred one is returned to when it has been well for a while. A bar is always
 * whole from one provider, comes once and never after a later one; what was missed is announced to be fetched.
 * Throws `PROVIDERS_UNFIT` without providers, or when two have one name.
 */
export function failoverSource(parts: FailoverParts): FailoverSource {
  const { providers, clock, onEvent = () => {} } = parts;
  const pool = new ProviderPool(providers, clock, { ...failoverDefaults, ...parts.policy }, onEvent);
  const divergence = new DivergenceWatch(pool.policy);
  const capabilities = joined(providers.map(({ source }) => source.capabilities));
  const calendarOf = parts.calendarOf ?? (() => calendarNamed(capabilities.calendarName));
  const streams = new Set<FailoverStream>();
  const closing = new AbortController();
  const name = providers.map(({ source }) => source.name).join("+");
  return {
    name,
    capabilities,
    members: () => pool.members.map((member) => viewOf(pool, member)),
    health: () => healthOf(pool),
    feedHealth: { troubleWith: (symbol) => troubleWith(symbol, divergence, streams) },
    fetchBars(request) {
      checkTimeframes(name, [request.timeframe], capabilities.timeframes);
      return fetchHistory(pool, calendarOf(request.symbol), request, closing.signal);
    },
    async latest(symbol, timeframe, count) {
      checkTimeframes(name, [timeframe], capabilities.timeframes);
      return fetchLatest(pool, calendarOf(symbol), symbol, timeframe, count, closing.signal);
    },
    subscribe(request) {
      checkTimeframes(name, request.timeframes, capabilities.streamTimeframes);
      const stream = new FailoverStream(request, pool, divergence, calendarOf);
      streams.add(stream);
      return {
        counts: () => stream.counts(),
        close() {
          streams.delete(stream);
          stream.close();
        },
      };
    },
    async symbols() {
      const { part } = pool.active;
      return (await part.source.symbols()).map((info) => houseSymbol(part, info));
    },
    async close() {
      closing.abort(new Error(`${name} was closed`));
      for (const stream of streams) stream.close();
      streams.clear();
      const parts = providers.map(({ source }) => ({ name: source.name, close: () => source.close() }));
      const [failure] = await closeInReverse(parts, clock, closeMsMax);
      if (failure !== undefined) throw new Error(`${failure.name}: ${failure.why}`);
    },
  };
}

/** As well as its first provider: whoever stands in for it is the next best. */
function healthOf({ members, active }: ProviderPool): ComponentHealth {
  const [first] = members;
  if (active === first) return { condition: "ok", detail: `bars come from ${active.name}` };
  const why = first!.health.lastFailure ?? "its bars are overdue";
  return { condition: "degraded", detail: `${active.name} stands in for ${first!.name}: ${why}` };
}

function viewOf(pool: ProviderPool, member: PoolMember): ProviderHealthView {
  const { name, health, quarantined } = member;
  const { overdueBars, latencyMs, successes, failures, lastFailure } = health;
  return {
    name,
    isActive: member === pool.active,
    score: health.score(pool.clock.nowMs()),
    overdueBars,
    latencyMs: Number.isNaN(latencyMs) ? null : latencyMs,
    successes,
    failures,
    quarantined,
    lastFailure,
  };
}

function troubleWith(
  symbol: string,
  divergence: DivergenceWatch,
  streams: ReadonlySet<FailoverStream>,
): string | null {
  const diverged = divergence.troubleWith(symbol);
  if (diverged !== null) return diverged;
  for (const stream of streams) {
    const trouble = stream.troubleWith(symbol);
    if (trouble !== null) return trouble;
  }
  return null;
}

/** What any of them offers; in everything else the first speaks for all, and the weakest where that is not safe. */
function joined(all: readonly BarSourceCapabilities[]): BarSourceCapabilities {
  return {
    ...all[0]!,
    timeframes: [...new Set(all.flatMap(({ timeframes }) => timeframes))],
    streamTimeframes: [...new Set(all.flatMap(({ streamTimeframes }) => streamTimeframes))],
    hasVolume: all.every(({ hasVolume }) => hasVolume),
    needsCredentials: all.some(({ needsCredentials }) => needsCredentials),
  };
}

function checkTimeframes(name: string, wanted: readonly Timeframe[], offered: readonly Timeframe[]): void {
  const wrong = wanted.find((timeframe) => !offered.includes(timeframe));
  if (wrong === undefined) return;
  throw new KiwiError({
    code: "TIMEFRAME_UNSUPPORTED",
    exit: "usage",
    message: `none of ${name} has ${wrong} bars here`,
    why: offered.length === 0 ? "they serve history only" : `they offer ${offered.join(", ")}`,
    fix:
      offered.length === 0
        ? "poll their history, or add a provider with a stream"
        : `use ${offered[0]}: larger bars are made from smaller ones`,
    topic: "sources",
  });
}
