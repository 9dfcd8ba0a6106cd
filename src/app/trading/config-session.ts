import { KiwiError } from "../../base/errors.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { TradingMode } from "../../ports/broker-plugin.ts";
import { connectBroker } from "../brokers/connect-broker.ts";
import type { LiveSettings } from "../config/config-watch.ts";
import { runConfigOf } from "../config/config-schema.ts";
import { openSources, type OpenSources } from "../data/open-sources.ts";
import { findStrategy } from "../plugins/find-strategy.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { sessionModels } from "../predictions/session-models.ts";
import type { RunRequest } from "../runs/run-request.ts";
import type { TradingPlan } from "./session-parts.ts";

/** A session as a configuration describes it, with the sources that it has opened. */
export type ConfiguredSession = { readonly plan: TradingPlan; readonly sources: OpenSources };

/**
 * Settles what a session trades, from configuration and command line. Nothing is sent and nothing is asked yet, but the
 * sources are open: close them. Throws `SYMBOLS_NONE`, and what strategy, sources and broker throw.
 */
export async function sessionFromConfig(
  request: RunRequest,
  mode: TradingMode,
  env: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
  reread?: Pick<LiveSettings, "path" | "read">,
): Promise<ConfiguredSession> {
  const { config, folder, params } = request;
  if (config.pairs.length === 0) throw noSymbols();
  const registry = await loadRegistry(folder, config.plugins);
  const { strategy } = await findStrategy(folder, request.strategy, config.plugins, registry);
  const places = { folder, env };
  const connect = () => connectBroker(config, places, mode);
  const timeframe = (config.timeframe ?? "1h") as Timeframe;
  timeframeMs(timeframe);
  // A key or a model that is missing is said before anything is opened.
  await (await connect()).close();
  const run = runConfigOf(config);
  const models = await sessionModels({
    strategy,
    params,
    symbols: config.pairs,
    timeframe,
    config: run,
    registry,
    folder,
  });
  const sources = await openSources(config, places, say);
  const calendarName = (symbol: string): string =>
    run.instruments[symbol]?.calendar ??
    run.instruments["*"]?.calendar ??
    sources.source.capabilities.calendarName;
  const instruments = Object.fromEntries(
    config.pairs.map((symbol) => [
      symbol,
      { ...run.instruments["*"], ...run.instruments[symbol], calendar: calendarName(symbol) },
    ]),
  );
  const plan: TradingPlan = {
    mode,
    isDemo: false,
    strategyName: strategy.name,
    strategyText: request.strategy,
    strategy,
    params,
    config: { ...run, instruments: { ...run.instruments, ...instruments } },
    registry,
    plugins: config.plugins,
    symbols: config.pairs,
    timeframe,
    models,
    broker: config.broker!,
    folder,
    clock: systemClock,
    connect,
    source: sources.source,
    calendarOf: (symbol) => calendarNamed(calendarName(symbol)),
    warmupBars: config.trading.warmupBars,
    triggers: config.trading.triggers,
    alerts: config.alerts,
    ...(reread === undefined ? {} : { settings: { ...reread, config } }),
    logLevels: config.trading.log,
    secrets: secretsIn(env),
    silenceMsMax: config.trading.silenceSecondsMax * 1_000,
  };
  return { plan, sources };
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
