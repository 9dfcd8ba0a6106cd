import { symbolUnknown } from "../../adapters/sources/shared/source-errors.ts";
import { sourceDiffers } from "../../adapters/stores/bars/refuse-stranger.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { secondMs } from "../../base/time.ts";
import type { FeedEvent } from "../../data/live/feed-event.ts";
import { HoleFiller } from "../../data/live/hole-filler.ts";
import { liveFeed } from "../../data/live/live-feed.ts";
import { DataPipeline } from "../../data/pipeline/data-pipeline.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { MayJoin } from "../../ports/bar-store.ts";
import { surveyHeld } from "./held-for.ts";
import { calendarNameOf, describeAll, type HeldParts } from "./held-series.ts";
import { isSameSeries, type SeriesName } from "./known-missing.ts";
import type { DataFolder } from "./open-data.ts";
import { strangerIn } from "./plan-download.ts";
import { promptSource } from "./prompt-source.ts";
import type { OpenSources } from "./open-sources.ts";
import { Watch, type WatchRequest } from "./watch-progress.ts";

/** Where bars are kept that arrive, and whether those of other sources may stand beside them. */
export type Keeping = { readonly data: DataFolder; readonly held: HeldParts; readonly isMixed: boolean };

/**
 * Watches bars until the signal or the limit ends it: one live feed shows and keeps them, and what the stream missed, now
 * or since the newest bar held, is fetched until it has come. Throws `SYMBOL_UNKNOWN`, `SOURCE_DIFFERS`, what the store
 * throws, and when the source refuses for good; a venue that cannot be asked for history ends nothing.
 */
export async function watchBars(
  request: WatchRequest,
  sources: OpenSources,
  keeping: Keeping | null,
): Promise<void> {
  if (request.signal.aborted) return;
  if (keeping !== null) await refuseStrangers(request, sources, keeping);
  const watch = new Watch(request);
  const ending = new AbortController();
  const end = (error?: unknown): void => ending.abort(error);
  const calendarOf = await calendarsFor(request, sources, keeping);
  const { source } = sources;
  const onEvent = (event: FeedEvent): void => {
    watch.heed(event);
    if (event.kind === "hole") filler?.stir();
    if (event.kind === "storeFailed") end(event.error);
    if (event.kind === "stream" && event.state.kind === "refused") end(event.state.error);
  };
  const kept = keeping === null ? {} : { store: keeping.data.store, mayJoin: joinable(sources, keeping) };
  const feed = liveFeed({
    source: promptSource(source),
    symbols: request.symbols,
    timeframe: request.timeframe,
    warmupBars: 1,
    graceMs: 5 * secondMs,
    clock: systemClock,
    calendarOf,
    onEvent,
    onBar(bar, isRevision) {
      watch.take(bar, isRevision);
      if (watch.count >= request.limit) end();
    },
    ...kept,
  });
  const filler =
    keeping === null ? null : fillerFor(request, sources, keeping, calendarOf, onEvent, ending.signal);
  const ticking = setInterval(() => request.onTick(watch.all), secondMs);
  request.signal.addEventListener("abort", () => end(), { once: true });
  ending.signal.addEventListener("abort", () => void feed.close());
  // Beside the stream: where the list cannot be had at once, bars may come all the same.
  refuseUnknown(source, request.symbols).catch(end);
  const filling = filler?.run().catch(end);
  try {
    for await (const batch of feed.batches()) while (batch.advance());
  } finally {
    clearInterval(ticking);
    end();
    await feed.close();
    await filling;
    request.onEnd();
    if (keeping !== null) await describeAll(keeping.held, seriesOf(request));
  }
  const { reason } = ending.signal;
  if (reason instanceof Error && reason.name !== "AbortError") throw reason;
}

function seriesOf({ symbols, timeframe }: WatchRequest): readonly SeriesName[] {
  return symbols.map((symbol) => ({ symbol, timeframe }));
}

/** Before anything is asked for: the store would refuse the first bar. */
async function refuseStrangers(
  request: WatchRequest,
  sources: OpenSources,
  { data, isMixed }: Keeping,
): Promise<void> {
  if (isMixed) return;
  const { held } = await surveyHeld(data.store);
  for (const name of seriesOf(request)) {
    const before = held.find((one) => isSameSeries(one, name));
    const stranger = before === undefined ? undefined : strangerIn(before, sources);
    if (stranger !== undefined) throw sourceDiffers(name, stranger, sources.source.name);
  }
}

function joinable({ providers }: OpenSources, { isMixed }: Keeping): MayJoin {
  return isMixed ? "any" : providers.map((provider) => provider.source.name);
}

/** When each symbol trades: as a person, the bars held or else the source says. */
async function calendarsFor(
  request: WatchRequest,
  { source }: OpenSources,
  keeping: Keeping | null,
): Promise<(symbol: string) => Calendar> {
  const held = keeping === null ? [] : (await surveyHeld(keeping.data.store)).held;
  const calendars = new Map(
    seriesOf(request).map((name) => {
      const said = keeping === null ? undefined : calendarNameOf(keeping.held.config, name.symbol);
      const kept = held.find((one) => isSameSeries(one, name))?.calendarName;
      return [name.symbol, calendarNamed(said ?? kept ?? source.capabilities.calendarName)];
    }),
  );
  return (symbol) => calendars.get(symbol)!;
}

function fillerFor(
  { symbols, timeframe }: WatchRequest,
  sources: OpenSources,
  keeping: Keeping,
  calendarOf: (symbol: string) => Calendar,
  onEvent: (event: FeedEvent) => void,
  signal: AbortSignal,
): HoleFiller {
  const { store, ranges } = keeping.data;
  const pipeline = new DataPipeline({
    source: promptSource(sources.source),
    store,
    ranges,
    clock: systemClock,
    calendarOf,
    calendarNameOf: (symbol) => calendarOf(symbol).name,
    mayJoin: joinable(sources, keeping),
  });
  return new HoleFiller({ pipeline, store, symbols, timeframe, clock: systemClock, signal, onEvent });
}

/** Some venues confirm a subscription to a symbol that they do not have, and then stay silent for ever. */
async function refuseUnknown(source: OpenSources["source"], symbols: readonly string[]): Promise<void> {
  // A list that cannot be had is no reason not to listen.
  const listed = await source.symbols().catch(() => []);
  const known = listed.map(({ symbol }) => symbol);
  const unknown = symbols.find((symbol) => !known.includes(symbol));
  if (known.length > 0 && unknown !== undefined) throw symbolUnknown(source.name, unknown, known);
}
