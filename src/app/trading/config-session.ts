import { resolve } from "node:path";
import { KiwiError } from "../../base/errors.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { TradingMode } from "../../ports/broker-plugin.ts";
import { connectBroker } from "../brokers/connect-broker.ts";
import type { LiveSettings } from "../config/config-watch.ts";
import { runConfigOf } from "../config/config-schema.ts";
import { sharedSource } from "../../data/live/shared-source.ts";
import type { BarSource } from "../../ports/bar-source.ts";
import type { SessionRequests } from "./session-requests.ts";
import { openSources, type OpenSources } from "../data/open-sources.ts";
import { findStrategy } from "../plugins/find-strategy.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { sessionModels } from "../predictions/session-models.ts";
import { readTables } from "../runs/run-tables.ts";
import type { RunRequest } from "../runs/run-request.ts";
import { storedHistory } from "../data/stored-history.ts";
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
  reread?: Pick<LiveSettings, "path" | "read">,
): Promise<ConfiguredSessions> {
  const [{ request: first }, ...others] = requests;
  for (const { request } of requests) if (request.config.pairs.length === 0) throw noSymbols();
  // A key or a model that is missing is said before anything is opened.
  const settled: Settled[] = [];
  for (const one of requests) {
    const { config, folder } = one.request;
    await (await connectBroker(config, { folder, env }, mode)).close();
    settled.push(await settle(one));
  }
  const sources = await openSources(first.config, { folder: first.folder, env }, say);
  try {
    const topics = {
      symbols: [...new Set(requests.flatMap(({ request }) => request.config.pairs))],
      timeframes: [...new Set(requests.map(({ request }) => timeframeOf(request)))],
    };
    const source = others.length === 0 ? sources.source : sharedSource(sources.source, topics);
    const plans: TradingPlan[] = [];
    const heldOf = sources.providers.map((provider) => provider.source.name);
    for (const one of settled) plans.push(planOf(one, { mode, env, source, heldOf, reread }));
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

/** A session with its code and its models, before anything is open. */
type Settled = SessionRequests[number] &
  Pick<TradingPlan, "registry" | "strategy" | "timeframe" | "models" | "config" | "tables">;

async function settle(session: SessionRequests[number]): Promise<Settled> {
  const { request } = session;
  const { config, folder, params } = request;
  const registry = await loadRegistry(folder, config.plugins);
  const { strategy } = await findStrategy(folder, request.strategy, config.plugins, registry);
  const timeframe = timeframeOf(request);
  const tables = await readTables(config, folder, strategy);
  const plan = { strategy, params, timeframe, config: runConfigOf(config), registry };
  const models = await sessionModels({ ...plan, symbols: config.pairs, folder });
  return { ...session, ...plan, tables, models };
}

function planOf(
  { request, part, own, registry, strategy, timeframe, models, tables, config: run }: Settled,
  around: {
    readonly mode: TradingMode;
    readonly env: Environment;
    readonly source: BarSource;
    /** Names of the sources whose held bars it warms up with. */
    readonly heldOf: readonly string[];
    readonly reread: Pick<LiveSettings, "path" | "read"> | undefined;
  },
): TradingPlan {
  const { mode, env, source, heldOf, reread } = around;
  const { config, folder, params } = request;
  const places = { folder, env };
  const calendarName = (symbol: string): string =>
    run.instruments[symbol]?.calendar ?? run.instruments["*"]?.calendar ?? source.capabilities.calendarName;
  const calendarOf = (symbol: string): Calendar => calendarNamed(calendarName(symbol));
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
    tables,
    registry,
    plugins: config.plugins,
    symbols: config.pairs,
    timeframe,
    models,
    broker: config.broker!,
    folder,
    clock: systemClock,
    connect: () => connectBroker(config, places, mode),
    source,
    calendarOf,
    history: storedHistory({
      path: resolve(folder, config.dataFolder),
      timeframe,
      warmupBars: config.trading.warmupBars,
      sources: heldOf,
      calendarOf,
    }),
    warmupBars: config.trading.warmupBars,
    triggers: config.trading.triggers,
    alerts: config.alerts,
    // What is read again is seen as it was read first: with what is this session's own over it.
    ...(reread === undefined
      ? {}
      : { settings: { ...reread, config, read: async () => own(await reread.read()) } }),
    logLevels: config.trading.log,
    logFilesMax: config.trading.logFilesMax,
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
