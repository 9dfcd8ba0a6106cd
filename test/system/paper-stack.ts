import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournalFile } from "../../src/adapters/stores/journal/journal-file.ts";
import { AlertFiles } from "../../src/app/alerts/alert-files.ts";
import { alertConfigSchema } from "../../src/app/config/alert-config.ts";
import { runConfigSchema, type RunConfig, type RunConfigInput } from "../../src/app/config/run-config.ts";
import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import { AlertService } from "../../src/app/alerts/alert-service.ts";
import { Components } from "../../src/app/components/components.ts";
import { HealthWatch } from "../../src/app/trading/watch/health-watch.ts";
import { robotParts } from "../../src/app/trading/watch/robot-parts.ts";
import { tellOfTrouble } from "../../src/app/trading/watch/tell-of-trouble.ts";
import { Prng } from "../../src/base/prng.ts";
import { minuteMs, secondMs } from "../../src/base/time.ts";
import { liveBars } from "../../src/data/live/live-bars.ts";
import type { FeedEvent } from "../../src/data/live/feed-event.ts";
import { liveFeed } from "../../src/data/live/live-feed.ts";
import type { LiveFeed } from "../../src/data/live/live-feed-parts.ts";
import { sliceBars, type Bars } from "../../src/domain/bars.ts";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import type { ParamValue } from "../../src/domain/params.ts";
import { accountOptions, venueOptions } from "../../src/emulator/exchange/account-options.ts";
import type { ExchangeAccount } from "../../src/emulator/exchange/exchange-account.ts";
import { Exchange } from "../../src/emulator/exchange/exchange.ts";
import type { AlertChannel } from "../../src/ports/alert-channel.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { AnyStrategy } from "../../src/ports/strategy.ts";
import { lockAccount } from "../../src/robot/account-lock.ts";
import { alertOf } from "../../src/robot/alerts/incident-event.ts";
import { startGuard, type Guard } from "../../src/robot/kill/guard.ts";
import { Hold } from "../../src/robot/kill/hold.ts";
import { KillSwitch } from "../../src/robot/kill/kill-switch.ts";
import { killTriggersSchema } from "../../src/robot/kill/kill-triggers.ts";
import type { Robot } from "../../src/robot/robot-parts.ts";
import type { Incident } from "../../src/robot/robot-types.ts";
import { startRobot } from "../../src/robot/start-robot.ts";
import { Heartbeat } from "../../src/robot/watchdog.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { LiveSource } from "../live-source.ts";
import { centMarket } from "../robot/kill-market.ts";
import { ExchangeSide } from "../simulation/execution/exchange-side.ts";
import { VirtualWorld, type Process } from "../simulation/execution/virtual-world.ts";
import { TroubledLink } from "./troubled-link.ts";

/** What a stack trades, and for how long there is a market. */
export type StackOptions = {
  readonly seed: number;
  readonly symbols: number;
  /** Bars of a minute before the robot starts, and in all. */
  readonly warmupBars: number;
  readonly bars: number;
  readonly strategy?: AnyStrategy;
  readonly params?: Readonly<Record<string, ParamValue>>;
  readonly config?: RunConfigInput;
  /** Guard and quiet feed look once in so many seconds: a heartbeat is a file, and a month has 2.6 million seconds. */
  readonly guardEverySeconds?: number;
  /** Bars that are held on this machine; all are asked of the source without it. */
  readonly history?: (symbol: string, fromMs: number, toMs: number) => Promise<Bars>;
  /** Where everything is written; a folder of its own without it. */
  readonly folder?: string;
};

const cash = 100_000;
const fee = 0.00002;

/**
 * Everything that trades with play money, in one process and in virtual time: live feed, robot with its journal on this
 * machine's disk, account lock, kill switch with its guard, alerts and health; the emulated exchange on the other side.
 */
export class PaperStack {
  readonly world: VirtualWorld;
  readonly market: readonly Bars[];
  readonly exchange: Exchange;
  readonly account: ExchangeAccount;
  readonly side: ExchangeSide;
  readonly link: TroubledLink;
  readonly source: LiveSource;
  readonly folder: string;
  readonly config: RunConfig;
  readonly incidents: Incident[] = [];
  /** What people were told, one line for each message. */
  readonly told: string[] = [];
  readonly feedEvents: FeedEvent[] = [];
  readonly process: Process;
  /** The stream of bars: whether it tells the bars that close now. */
  isStreaming = true;
  robot: Robot | null = null;
  feed: LiveFeed | null = null;
  guard: Guard | null = null;
  row: number;
  private readonly options: StackOptions;
  private readonly prng: Prng;
  private watch: Watch | null = null;

  constructor(options: StackOptions) {
    const { seed, symbols, warmupBars, bars, config = {} } = options;
    this.options = options;
    this.prng = new Prng(seed).fork("stack");
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), "kiwi-stack-"));
    this.market = centMarket(seed, symbols, bars, "1m");
    this.row = warmupBars - 1;
    this.world = new VirtualWorld(seed, this.market[0]!.closeTimeMs[this.row]! + 20 * secondMs);
    this.process = this.world.process("robot");
    this.config = runConfigSchema.parse({
      account: { kind: "margin", cash, leverage: 5 },
      costs: { commission: { use: "rate", rate: fee }, slippage: { use: "fixed", rate: 0 }, borrowRate: 0 },
      sizing: { use: "fixed-fraction", fraction: 0.5 / symbols },
      instruments: { "*": { lotSize: 0.01, tickSize: 0.01, calendar: "24/7" } },
      ...config,
    });
    const listings = this.market.map(({ symbol }) => ({
      symbol,
      assetClass: "crypto" as const,
      baseCurrency: symbol,
      quoteCurrency: "USD",
      tickSize: 0.01,
      lotSize: 0.01,
      quantityMin: 0.01,
      notionalMin: 0,
      contractMultiplier: 1,
      calendarName: "24/7",
      canShort: true,
      keepsFeeOfPurchase: false,
    }));
    this.exchange = new Exchange({ listings, bars: this.market, hasHedgeMode: false, seed });
    const venue = venueOptions("margin", { maker: fee, taker: fee }, { leverage: 5, maintenanceMargin: 0 });
    this.account = this.exchange.openAccount(accountOptions({ cash, fundsChecked: "fill", venue }));
    this.exchange.skipTo(this.world.nowMs);
    // What comes within a bar counts as having come at its open, as in a backtest: what arriving later costs is shown
    // elsewhere (docs/reference/fills.md), and here decisions must be the same to the last bit.
    const openMs = (): number => this.market[0]!.closeTimeMs[this.row]!;
    const atOpen = {
      get nowMs() {
        return openMs();
      },
    };
    const habits = { hasReduceOnly: true, refusesReached: false };
    this.side = new ExchangeSide(this.exchange, this.account, atOpen, habits);
    this.link = new TroubledLink(this.side, this.trueClock);
    this.source = new LiveSource(this.trueClock, this.market);
  }

  /** Starts what trades, on the journal as it is. */
  async start(): Promise<Robot> {
    const { folder, world, process, market, options } = this;
    const { strategy = smaCross, params = {}, warmupBars } = options;
    const clock = world.clockOf(process);
    const { accountName } = this.link;
    const lock = lockAccount(folder, accountName, { sinceMs: world.nowMs, what: "a test" });
    const calendarOf = () => calendarNamed("24/7");
    const symbols = market.map(({ symbol }) => symbol);
    const feed = liveFeed({
      source: this.source,
      symbols,
      timeframe: "1m",
      warmupBars,
      graceMs: 5 * secondMs,
      clock,
      calendarOf,
      ...(this.options.history === undefined ? {} : { history: this.options.history }),
      heartbeatMs: Math.max(10, this.options.guardEverySeconds ?? 1) * secondMs,
      onEvent: (event) => {
        if (event.kind !== "stream" && event.kind !== "backfilled") this.feedEvents.push(event);
      },
    });
    this.feed = feed;
    const killSwitch = new KillSwitch(folder, accountName);
    this.watch = this.watchOf(clock, symbols);
    const starting = startRobot({
      feed,
      connection: this.link,
      journal: openJournalFile(join(folder, "journal")),
      clock,
      lock,
      tradingState: () => killSwitch.order(),
      onIncident: (incident) => {
        this.incidents.push(incident);
        this.watch!.alerts.raise({ ...alertOf(incident), atMs: clock.nowMs() });
      },
      log: silent,
      sessionTag: "stack",
      identity: { strategy: strategy.name, settingsHash: "1" },
      atDifference: "adopt",
      buildSession: ({ bars, cash: money, broker }) => {
        const config = { ...this.config, account: { ...this.config.account, cash: money } };
        return buildSession({ bars, strategy, params, config }, layGround(bars, config), {
          broker,
          tradingState: () => killSwitch.order(),
        });
      },
    });
    this.robot = await this.whileTimePasses(starting);
    this.guard = startGuard({
      robot: this.robot,
      connection: this.link,
      killSwitch,
      // Latched, so that what stands afterwards can be told from what has passed.
      triggers: killTriggersSchema.parse({
        "daily-trades": { limit: "off" },
        connectivity: { action: "reduce" },
        "stale-data": { action: "reduce" },
        "clock-skew": { action: "reduce" },
      }),
      hold: new Hold(),
      gauges: { calendar: calendarOf(), timeframe: "1m", dayPath: join(folder, "day.json") },
      heartbeat: new Heartbeat(join(folder, "heartbeat")),
      clock: slower(clock, this.options.guardEverySeconds ?? 1),
      log: silent,
    });
    this.watch.health.watch(this.robot);
    // As in a session: who guards and watches ends with the robot.
    const { guard, watch } = this;
    void this.robot.done.then(() => {
      guard.stop();
      watch.stop();
    });
    await this.pass(100);
    this.source.tell({ kind: "live", atMs: world.nowMs, backfill: [] });
    await this.pass(3 * secondMs);
    return this.robot;
  }

  /** Ends what trades; the venue goes on. */
  async stop(): Promise<void> {
    const { robot, watch } = this;
    if (robot === null) return;
    this.robot = null;
    await this.whileTimePasses(robot.stop());
    await this.whileTimePasses(watch!.alerts.close());
  }

  /** Who is told: takes every message at once. */
  private get people(): AlertChannel {
    return {
      send: ({ severity, title }) => {
        this.told.push(`${severity}: ${title}`);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
  }

  /** Lets the next bars close; the stream tells each a moment later. `atBar` may make trouble before. */
  async bars(count: number, atBar: (row: number) => void = () => {}): Promise<void> {
    for (let k = 0; k < count; k++) {
      this.row += 1;
      const { row, world } = this;
      const closeMs = this.market[0]!.closeTimeMs[row]!;
      await this.pass(closeMs - world.nowMs);
      this.exchange.advance();
      atBar(row);
      if (this.isStreaming)
        for (const table of this.market)
          world.after(500 + this.prng.integer(2_000), () => {
            for (const bar of liveBars(sliceBars(table, row, row + 1))) this.source.send(bar);
          });
      await this.pass(minuteMs / 2);
    }
  }

  /** The stream of bars breaks, or comes back and says what it has missed since. */
  setStreaming(isStreaming: boolean, fromMs = 0): void {
    this.isStreaming = isStreaming;
    const atMs = this.world.nowMs;
    if (!isStreaming)
      return this.source.tell({ kind: "reconnecting", atMs, attempt: 1, delayMs: 1_000, reason: "cut" });
    const backfill = this.market.map(({ symbol }) => ({
      symbol,
      timeframe: "1m" as const,
      fromMs,
      toMs: atMs + 1,
    }));
    this.source.tell({ kind: "live", atMs, backfill });
  }

  /** Lets time pass, and everything that is due in it happen. */
  async pass(spanMs: number): Promise<void> {
    const untilMs = this.world.nowMs + spanMs;
    await settle(3);
    // Files are written at once and there is no wire: one turn is enough for what follows from a timer.
    while (this.world.step(untilMs)) await settle(1);
    this.world.nowMs = untilMs;
    await settle(3);
  }

  /** What is held at the venue. */
  held(symbol = this.market[0]!.symbol): number {
    return this.side.held(symbol);
  }

  async remove(): Promise<void> {
    await this.stop();
    if (this.options.folder === undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  private get trueClock(): Clock {
    return this.world.clockOf(this.world.process("venue"));
  }

  /** The robot's clock jumps, and the machine's with it. */
  moveClock(spanMs: number): void {
    this.process.clockAheadMs += spanMs;
  }

  /** Alerts and health as a session has them, once a minute of the virtual time. */
  private watchOf(clock: Clock, symbols: readonly string[]): Watch {
    const { folder } = this;
    const health = new HealthWatch({
      plan: {
        clock,
        symbols,
        timeframe: "1m",
        calendarOf: () => calendarNamed("24/7"),
        triggers: killTriggersSchema.parse({}),
      },
      folder,
      clockSkewMs: () => this.guard?.gauges()["clock-skew"] ?? null,
    });
    const alerts = new AlertService({
      config: alertConfigSchema.parse({
        rules: [{ severity: "info", channels: ["people"], cooldownMinutes: 60 }],
      }),
      channels: new Map([["people", this.people]]),
      files: new AlertFiles(join(folder, ".kiwi", "alerts")),
      clock,
      sender: "paper stack",
      onFailure: () => {},
    });
    const parts = robotParts(() => health.facts(), { broker: "emulated", source: this.source });
    const components = new Components(parts, { clock });
    let cancel = () => {};
    const tick = (): void => {
      cancel = clock.schedule(minuteMs, tick);
      const plan = { mode: "paper", symbols } as const;
      tellOfTrouble(alerts, components.reports(), health.status(), plan, clock.nowMs());
    };
    void components.open().then(() => (cancel = clock.schedule(minuteMs, tick)));
    const stop = (): void => {
      cancel();
      health.close();
    };
    return { alerts, health, stop };
  }

  private async whileTimePasses<T>(promise: Promise<T>): Promise<T> {
    const begun = { isOver: false };
    const over = () => (begun.isOver = true);
    promise.then(over, over);
    for (let turns = 0; !begun.isOver && turns < 10_000; turns++) {
      await settle(3);
      if (!begun.isOver) this.world.step(this.world.nowMs + minuteMs);
    }
    return promise;
  }
}

type Watch = { readonly alerts: AlertService; readonly health: HealthWatch; readonly stop: () => void };

/** The same time, and longer waits. */
function slower(clock: Clock, factor: number): Clock {
  return { nowMs: () => clock.nowMs(), schedule: (spanMs, run) => clock.schedule(spanMs * factor, run) };
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function settle(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
