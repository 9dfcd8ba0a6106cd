import type { CheckSubject } from "../../analysis/checks/check-subject.ts";
import { historicalFeed } from "../../data/historical-feed.ts";
import type { Bars } from "../../domain/bars.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import { DecisionLog } from "../../engine/decision-log/decision-log.ts";
import { DecisionRecorder } from "../../engine/decision-log/decision-recorder.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import { buildSession, endTimes, layGround } from "../session/build-session.ts";
import { loadStrategyFile } from "../plugins/load-strategy.ts";
import { watchedStrategy, type StrategyWatch } from "../plugins/watched-strategy.ts";
import { builtIn, strategyNamed, type Registry } from "../plugins/registry.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { CheckRequest, StrategySource } from "./check-request.ts";
import { atQuotedSpreads } from "../session/quoted-costs.ts";
import { knownWith } from "./known-with.ts";

/** Makes a request into something that checks can run. */
export function subjectOf(
  request: CheckRequest,
  registry: Registry = builtIn,
  watch?: StrategyWatch,
  onDone?: CheckSubject["onDone"],
): CheckSubject {
  const {
    bars,
    params,
    timeframe,
    regimeModels,
    tradeFromMs,
    membership,
    actions,
    costTables,
    delistings,
    externals = [],
  } = request;
  const config = withCalendars(request.config, bars);
  const ends = endTimes(bars, config);
  return {
    bars,
    params,
    ...(onDone === undefined ? {} : { onDone }),
    load: async () => watchedStrategy(await loadAnew(request.strategy, registry), watch, registry),
    feed: historicalFeed,
    build(strategy, given, shown) {
      const setup = atQuotedSpreads({
        bars: shown,
        strategy,
        params: given,
        config,
        registry,
        externals: externals.map((table) => knownWith(shown, table)),
        ...(membership === undefined ? {} : { membership }),
        ...(actions === undefined ? {} : { actions }),
        ...(delistings === undefined ? {} : { delistings }),
        ...(costTables === undefined ? {} : { costTables }),
        ...(regimeModels === undefined ? {} : { regimeModels }),
        ...(timeframe === undefined ? {} : { timeframe }),
        ...(tradeFromMs === undefined ? {} : { tradeFromMs }),
      });
      const session = buildSession(setup, layGround(shown, config, timeframe, actions));
      // A table that is still empty says neither how many bars will come nor when the last one does.
      return { ...session, recorder: new DecisionRecorder(new DecisionLog()), ...ends };
    },
  };
}

async function loadAnew(source: StrategySource, registry: Registry): Promise<AnyStrategy> {
  return "file" in source
    ? loadStrategyFile(source.file, { fresh: true })
    : strategyNamed(source.name, registry);
}

/** The calendar is guessed from the bars; every run of a check must have the one of them all. */
function withCalendars(config: RunConfig, bars: readonly Bars[]): RunConfig {
  const instruments = { ...config.instruments };
  for (const table of bars) {
    const named = instruments[table.symbol]?.calendar ?? instruments["*"]?.calendar;
    const calendar = barCalendar(table, named).name;
    instruments[table.symbol] = { ...instruments[table.symbol], calendar };
  }
  return { ...config, instruments };
}
