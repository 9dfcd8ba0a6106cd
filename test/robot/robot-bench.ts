import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import { runConfigSchema, type RunConfig, type RunConfigInput } from "../../src/app/config/run-config.ts";
import { openJournal } from "../../src/adapters/stores/journal/journal-file.ts";
import type { Served } from "../../src/app/predictions/serve-predictions.ts";
import type { BarTable } from "../../src/domain/bar-table.ts";
import { accountOptions, venueOptions } from "../../src/emulator/exchange/account-options.ts";
import { Exchange } from "../../src/emulator/exchange/exchange.ts";
import type { ParamValue } from "../../src/domain/params.ts";
import type { BrokerCapabilities } from "../../src/ports/broker-connection.ts";
import type { JournalStore } from "../../src/ports/journal-store.ts";
import type { AnyStrategy } from "../../src/ports/strategy.ts";
import { startRobot } from "../../src/robot/start-robot.ts";
import type { Robot, RobotParts } from "../../src/robot/robot-parts.ts";
import type { Incident, RobotFeed, TradingState } from "../../src/robot/robot-types.ts";
import { ExchangeSide } from "../simulation/execution/exchange-side.ts";
import { MemoryDisk } from "../simulation/execution/memory-disk.ts";
import { SimulatedFeed } from "../simulation/execution/simulated-feed.ts";
import { VirtualWorld } from "../simulation/execution/virtual-world.ts";
import { PlainLink } from "./plain-link.ts";

/** What a test says about its exchange and its robot. */
export type BenchOptions = {
  readonly tape: readonly BarTable[];
  readonly strategy: AnyStrategy;
  readonly config?: RunConfigInput;
  readonly capabilities?: Partial<BrokerCapabilities>;
  readonly venue?: Parameters<typeof venueOptions>[2];
  readonly listing?: object;
  readonly parts?: Partial<RobotParts>;
  readonly accountKind?: "cash" | "margin";
  /** When the exchange looks at the money: at the fill where nothing is said. */
  readonly fundsChecked?: "arrival" | "fill";
  readonly params?: Readonly<Record<string, ParamValue>>;
  /** Puts models between feed and robot. */
  readonly serve?: (feed: RobotFeed, journal: JournalStore, config: RunConfig) => Promise<Served>;
};

const cash = 100_000;

/** An exchange in memory, and robots on it one after the other, in time that stands still between two bars. */
export class RobotBench {
  readonly world: VirtualWorld;
  readonly exchange: Exchange;
  readonly side: ExchangeSide;
  readonly disk: MemoryDisk;
  readonly config: RunConfig;
  readonly incidents: Incident[] = [];
  readonly link: PlainLink;
  trading: TradingState = { state: "active", reason: "" };
  robot: Robot | null = null;
  /** Of every robot that was started here: one that has ended takes no bars any more. */
  readonly feeds: SimulatedFeed[] = [];
  row = -1;
  private readonly options: BenchOptions;

  constructor(options: BenchOptions) {
    this.options = options;
    const { tape, config = {}, accountKind = "margin" } = options;
    const first = tape[0]!;
    const spanMs = first.closeTimeMs[1]! - first.closeTimeMs[0]!;
    this.world = new VirtualWorld(1, first.closeTimeMs[0]! - spanMs);
    this.config = runConfigSchema.parse({
      account: { kind: accountKind, cash, ...(accountKind === "margin" ? { leverage: 5 } : {}) },
      costs: { commission: { use: "rate", rate: 0.001 }, slippage: { use: "fixed", rate: 0 }, borrowRate: 0 },
      sizing: { use: "fixed-fraction", fraction: 0.5 },
      instruments: { "*": { lotSize: 1, tickSize: 0.01, calendar: "24/7" } },
      ...config,
    });
    const listings = tape.map(({ symbol }) => ({
      symbol,
      assetClass: "crypto" as const,
      baseCurrency: symbol,
      quoteCurrency: "USD",
      tickSize: 0.01,
      lotSize: 1,
      quantityMin: 1,
      notionalMin: 0,
      contractMultiplier: 1,
      calendarName: "24/7",
      canShort: accountKind === "margin",
      keepsFeeOfPurchase: false,
      ...options.listing,
    }));
    this.exchange = new Exchange({ listings, bars: tape, hasHedgeMode: false, seed: 1 });
    const account = this.exchange.openAccount(
      accountOptions({
        cash,
        fundsChecked: options.fundsChecked ?? "fill",
        venue: venueOptions(
          accountKind,
          { maker: 0.001, taker: 0.001 },
          { leverage: accountKind === "cash" ? 1 : 5, maintenanceMargin: 0, ...options.venue },
        ),
      }),
    );
    const hasReduceOnly = options.capabilities?.reduceOnly ?? true;
    this.side = new ExchangeSide(this.exchange, account, this.world, {
      hasReduceOnly,
      refusesReached: false,
    });
    this.link = new PlainLink(this.side, options.capabilities);
    this.disk = new MemoryDisk(this.world.prng.fork("disk"));
  }

  /** A robot with the journal as it is now; `own` says where it differs from the others on this exchange. */
  async start(parts: Partial<RobotParts> = {}, own: Partial<BenchOptions> = {}): Promise<Robot> {
    const { tape, strategy, params = {} } = { ...this.options, ...own };
    const process = this.world.process("robot");
    const feed = new SimulatedFeed(tape, this.world, process);
    this.feeds.push(feed);
    const journal = openJournal(this.disk);
    const served = await this.options.serve?.(feed, journal, this.config);
    const starting = startRobot({
      feed: served?.feed ?? feed,
      ...(served === undefined ? {} : { takePredicted: served.takePredicted }),
      connection: this.link,
      journal,
      clock: this.world.clockOf(process),
      tradingState: () => this.trading,
      onIncident: (incident) => this.incidents.push(incident),
      log: { debug() {}, info() {}, warn() {}, error() {} },
      sessionTag: "bench",
      identity: { strategy: strategy.name, settingsHash: "1" },
      atDifference: "adopt",
      buildSession: ({ bars, cash: money, broker }) => {
        const config = { ...this.config, account: { ...this.config.account, cash: money } };
        const setup = { bars, strategy, params, config, externals: served?.externals ?? [] };
        return buildSession(setup, layGround(bars, config), { broker });
      },
      ...this.options.parts,
      ...parts,
    });
    const begun = { isOver: false };
    void starting.then(
      () => (begun.isOver = true),
      () => (begun.isOver = true),
    );
    for (let turns = 0; !begun.isOver && turns < 1_000; turns++) {
      await settle();
      if (!begun.isOver) this.world.step(this.world.nowMs + 3_600_000);
    }
    this.robot = await starting;
    if (this.row >= 0) feed.arrive(this.row);
    await this.rest();
    return this.robot;
  }

  /** Lets the next `count` bars close, at once where they are late, and everything come to rest after each. */
  async bars(count: number): Promise<void> {
    for (let k = 0; k < count; k++) {
      this.row += 1;
      await this.pass(Math.max(0, this.options.tape[0]!.closeTimeMs[this.row]! - this.world.nowMs));
      this.exchange.advance();
      for (const feed of this.feeds) feed.arrive(this.row);
      await this.rest();
    }
  }

  /** Close of the newest bar. */
  get closeMs(): number {
    return this.options.tape[0]!.closeTimeMs[this.row]!;
  }

  /** Lets time pass without a bar. */
  async pass(spanMs: number): Promise<void> {
    const untilMs = this.world.nowMs + spanMs;
    await settle();
    while (this.world.step(untilMs)) await settle();
    this.world.nowMs = untilMs;
  }

  /** What is due at this very moment happens. */
  async rest(): Promise<void> {
    await settle();
    while (this.world.step(this.world.nowMs)) await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
