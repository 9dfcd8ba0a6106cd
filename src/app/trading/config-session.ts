import { KiwiError } from "../../base/errors.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { TradingMode } from "../../ports/broker-plugin.ts";
import { connectBroker } from "../brokers/connect-broker.ts";
import { runConfigOf } from "../config/config-schema.ts";
import { sharedSource } from "../../data/live/shared-source.ts";
import type { BarSource } from "../../ports/bar-source.ts";
import type { SessionRequests } from "./session-requests.ts";
import { openSources, type OpenSources } from "../data/open-sources.ts";
import { findStrategy } from "../plugins/find-strategy.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import type { RunRequest } from "../runs/run-request.ts";
import type { TradingPlan } from "./session-parts.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Sessions as a configuration describes them, with the sources that they share. */
export type ConfiguredSessions = {
  readonly plans: readonly [TradingPlan, ...TradingPlan[]];
  readonly sources: OpenSources;
};

/**
 * Settles what sessions trade, from configuration and command line. Nothing is sent and nothing is asked yet, but the
 * sources are open: close them. Throws `SYMBOLS_NONE`, and what strategies, sources and broker throw.
 */
export async function sessionsFromConfig(
  requests: SessionRequests,
  mode: TradingMode,
  env: Environment,
  say: (line: string) => void,
): Promise<ConfiguredSessions> {
  const [{ request: first }, ...others] = requests;
  for (const { request } of requests) if (request.config.pairs.length === 0) throw noSymbols();
  // A key that is missing is said before anything is opened.
  for (const { request } of requests)
    await (await connectBroker(request.config, { folder: request.folder, env }, mode)).close();
  const sources = await openSources(first.config, { folder: first.folder, env }, say);
  try {
    const topics = {
      symbols: [...new Set(requests.flatMap(({ request }) => request.config.pairs))],
      timeframes: [...new Set(requests.map(({ request }) => timeframeOf(request)))],
    };
    const source = others.length === 0 ? sources.source : sharedSource(sources.source, topics);
    const plans: TradingPlan[] = [];
    for (const one of requests) plans.push(await planOf(one, mode, env, source));
    return { plans: plans as [TradingPlan, ...TradingPlan[]], sources };
  } catch (error) {
    await sources.close();
    throw error;
  }
}

function timeframeOf({ config }: RunRequest): Timeframe {
  const timeframe = (config.timeframe ?? "1h") as Timeframe;
  timeframeMs(timeframe);
  return timeframe;
}

async function planOf(
  { request, part }: SessionRequests[number],
  mode: TradingMode,
  env: Environment,
  source: BarSource,
): Promise<TradingPlan> {
  const { config, folder, params } = request;
  const registry = await loadRegistry(folder, config.plugins);
  const { strategy } = await findStrategy(folder, request.strategy, config.plugins, registry);
  const places = { folder, env };
  const run = runConfigOf(config);
  const calendarName = (symbol: string): string =>
    run.instruments[symbol]?.calendar ?? run.instruments["*"]?.calendar ?? source.capabilities.calendarName;
  const instruments = Object.fromEntries(
    config.pairs.map((symbol) => [
      symbol,
      { ...run.instruments["*"], ...run.instruments[symbol], calendar: calendarName(symbol) },
    ]),
  );
  return {
    mode,
    isDemo: false,
    part,
    strategyName: strategy.name,
    strategyText: request.strategy,
    strategy,
    params,
    config: { ...run, instruments: { ...run.instruments, ...instruments } },
    registry,
    plugins: config.plugins,
    symbols: config.pairs,
    timeframe: timeframeOf(request),
    broker: config.broker!,
    folder,
    clock: systemClock,
    connect: () => connectBroker(config, places, mode),
    source,
    calendarOf: (symbol) => calendarNamed(calendarName(symbol)),
    warmupBars: config.trading.warmupBars,
    triggers: config.trading.triggers,
    alerts: config.alerts,
    logLevels: config.trading.log,
    secrets: secretsIn(env),
    strategyLimits: {
      cpuMsMax: config.trading.strategyCpuSecondsMax * 1_000,
      memoryMbMax: config.trading.strategyMemoryMbMax,
    },
    silenceMsMax: config.trading.silenceSecondsMax * 1_000,
  };
}

/** Whatever in the environment is named like a secret must not be in a log. */
function secretsIn(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && /KEY|SECRET|TOKEN|PASSWORD|PASSPHRASE/i.test(name) ? [value] : [],
  );
}

function noSymbols(): KiwiError {
  return new KiwiError({
    code: "SYMBOLS_NONE",
    exit: "usage",
    message: "nothing was named to be traded",
    why: "a session trades the symbols that it is given, and no others",
    fix: "kiwi paper start STRATEGY -p BTC/USD -t 1h   or try   kiwi paper start --demo",
    topic: "trading",
  });
}
