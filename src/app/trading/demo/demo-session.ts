import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import { killTriggersSchema, type KillTriggers } from "../../../robot/kill/kill-triggers.ts";
import type { RobotEnd, RobotLimits } from "../../../robot/robot-types.ts";
import { usualLimits } from "../../../robot/limits.ts";
import { sharedSource } from "../../../data/live/shared-source.ts";
import type { BarSource } from "../../../ports/bar-source.ts";
import type { LiveSettings } from "../../config/config-watch.ts";
import { runConfigSchema } from "../../config/run-config.ts";
import { sessionModels } from "../../predictions/session-models.ts";
import { findStrategy } from "../../plugins/find-strategy.ts";
import { connectDemo, demoClock, demoSource, startDemoVenue } from "./demo-connection.ts";
import { demoMarket } from "./demo-market.ts";
import { runTrading, type TradingSurroundings } from "../run-trading.ts";
import type { TradingPlan } from "../session-parts.ts";

/** What the demo may be asked for. */
export type DemoRequest = TradingSurroundings & {
  /** Built-in strategies, which share the account alike; one that decides often, when none is named. */
  readonly strategies: readonly string[];
  /** Where a strategy file is looked for. */
  readonly folder: string;
  readonly seed: number;
  /** Faults of the venue, as `kiwi emulator` takes them. */
  readonly faults: string;
  /** How many days its market lasts. */
  readonly days?: number;
  /** Of the folder: who is told, and what is logged. What trades, and how, is the demo's own. */
  readonly settings: LiveSettings;
};

/** Averages so short that something happens while one looks on: nobody would trade money on them. */
const quickStrategy = { name: "sma-cross", params: { fast: 3, slow: 8 } };

/**
 * Paper trading offline: a made-up market behind the wire protocol of a real venue, served by a process of its own, and
 * the robot that would trade anywhere else.
 */
export async function startDemo(request: DemoRequest): Promise<RobotEnd> {
  const venue = await startDemoVenue(request.seed, request.faults, request.days);
  try {
    const source = await demoSource(venue);
    try {
      const { strategies } = request;
      const [first, ...others] = strategies;
      if (others.length === 0)
        return await runTrading([await planOf(first, request, venue, source)], request);
      const shared = sharedSource(source, {
        symbols: demoMarket.symbols,
        timeframes: [demoMarket.timeframe],
      });
      const plans: TradingPlan[] = [];
      for (const strategy of strategies) {
        const part = { name: strategy, share: 1 / strategies.length };
        plans.push({ ...(await planOf(strategy, request, venue, shared)), part });
      }
      return await runTrading(plans as [TradingPlan, ...TradingPlan[]], request);
    } finally {
      await source.close();
    }
  } finally {
    venue.stop();
  }
}

async function planOf(
  name: string | undefined,
  { folder, settings }: DemoRequest,
  place: { readonly port: number; readonly startWallMs: number },
  source: BarSource,
): Promise<TradingPlan> {
  const found = await findStrategy(folder, name ?? quickStrategy.name);
  const calendar = calendarNamed("24/7");
  const params = name === undefined ? quickStrategy.params : {};
  const { symbols, timeframe } = demoMarket;
  const { registry } = found;
  const config = runConfigSchema.parse({
    costs: {
      commission: { use: "rate", rate: 0 },
      slippage: { use: "fixed", rate: demoMarket.slippage },
      latencyMs: demoMarket.latencyMs,
    },
    risk: { profile: "moderate", tradingProfile: "trader" },
    instruments: { "*": { calendar: "24/7", tickSize: 0.01, lotSize: 0.0001, notionalMin: 1 } },
  });
  const { strategy } = found;
  const models = await sessionModels({ strategy, params, symbols, timeframe, config, registry, folder });
  return {
    mode: "paper",
    isDemo: true,
    part: null,
    source,
    strategyText: name ?? quickStrategy.name,
    plugins: [],
    strategyName: strategy.name,
    strategy,
    params,
    tables: {},
    registry,
    config,
    symbols: [...symbols],
    timeframe,
    models,
    broker: { use: "demo", port: place.port, startWallMs: place.startWallMs },
    folder,
    clock: demoClock(place),
    connect: () => Promise.resolve(connectDemo(place)),
    calendarOf: () => calendar,
    warmupBars: demoMarket.historyBars,
    triggers: slowerTriggers(demoMarket.speed),
    alerts: settings.config.alerts,
    settings,
    limits: slower(usualLimits, demoMarket.speed),
    logLevels: settings.config.trading.log,
    logFilesMax: settings.config.trading.logFilesMax,
    secrets: [demoMarket.secret],
    strategyLimits: { cpuMsMax: 10_000, memoryMbMax: 512 },
    silenceMsMax: 10_000,
  };
}

/** A machine that is busy for a moment has lost a minute of the market, and its clock is right all the same. */
function slowerTriggers(speed: number): KillTriggers {
  const usual = killTriggersSchema.parse({});
  const slowed = (["clock-skew", "loop-stall"] as const).map((kind) => {
    const { limit, action } = usual[kind];
    return [kind, { limit: limit === "off" ? limit : limit * speed, action }];
  });
  return { ...usual, ...Object.fromEntries(slowed) } as KillTriggers;
}

/** The market's time runs fast, the wire does not: what is waited for an answer is a span of the wire. */
function slower(limits: RobotLimits, speed: number): RobotLimits {
  const spans = Object.entries(limits).map(([name, value]) => [
    name,
    typeof value === "number" && name.endsWith("Ms") ? value * speed : value,
  ]);
  return Object.fromEntries(spans) as RobotLimits;
}
