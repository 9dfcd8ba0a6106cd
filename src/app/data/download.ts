import { systemClock } from "../../adapters/system-clock.ts";
import { DataPipeline, type FetchOutcome } from "../../data/pipeline/data-pipeline.ts";
import type { FetchReport } from "../../data/pipeline/fetch-report.ts";
import { calendarNameOf, describeAll, type HeldParts } from "./held-series.ts";
import type { DataFolder } from "./open-data.ts";
import type { OpenSources } from "./open-sources.ts";
import { promptSource } from "./prompt-source.ts";
import type { SeriesRange } from "./plan-download.ts";

/** How one series ended. */
export type SeriesOutcome = {
  readonly series: SeriesRange;
  /** Null where it failed or was stopped. */
  readonly report: FetchReport | null;
  /** Null where it did not fail. */
  readonly error: unknown;
};

/** How a download is run and who hears of it. */
export type DownloadOptions = {
  readonly jobs: number;
  /** Asks again for what was fetched before. */
  readonly isRefreshed: boolean;
  /** Fetches as well what is known to be missing, whatever range was asked for. */
  readonly isMended: boolean;
  /** Whether bars of several sources may stand in one series. */
  readonly isMixed: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (series: SeriesRange, doneMs: number, spanMs: number) => void;
  readonly onEach: (outcome: SeriesOutcome) => void;
};

/** Downloads series, a few at a time. The failure of one does not stop the others. */
export async function download(
  series: readonly SeriesRange[],
  { source, providers }: OpenSources,
  { store, ranges }: DataFolder,
  held: HeldParts,
  options: DownloadOptions,
): Promise<readonly SeriesOutcome[]> {
  const parts = {
    source: promptSource(source),
    store,
    ranges,
    clock: systemClock,
    concurrency: options.jobs,
    calendarNameOf: (symbol: string) => calendarNameOf(held.config, symbol),
    mayJoin: options.isMixed ? ("any" as const) : providers.map((provider) => provider.source.name),
  };
  const pipeline = new DataPipeline(parts);
  const requests = series.map((one) => ({
    ...one,
    refresh: options.isRefreshed,
    mends: options.isMended,
    signal: options.signal,
    onProgress: ({ doneMs, spanMs }: { readonly doneMs: number; readonly spanMs: number }) =>
      options.onProgress(one, doneMs, spanMs),
  }));
  const outcomeOf = (outcome: FetchOutcome): SeriesOutcome => {
    const index = requests.findIndex((request) => request === outcome.request);
    const one = series[index]!;
    return outcome.kind === "fetched"
      ? { series: one, report: outcome.report, error: null }
      : { series: one, report: null, error: outcome.error };
  };
  const outcomes = await pipeline.fetchMany(requests, (outcome) => options.onEach(outcomeOf(outcome)));
  await describeAll(held, series);
  return outcomes.map(outcomeOf);
}
