import { openJournal } from "../../src/adapters/stores/journal/journal-file.ts";
import { systemClock } from "../../src/adapters/system-clock.ts";
import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import { KiwiError } from "../../src/base/errors.ts";
import { Prng } from "../../src/base/prng.ts";
import { minuteMs } from "../../src/base/time.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import { field } from "../../src/domain/expression.ts";
import type { InstrumentIndex } from "../../src/domain/instrument.ts";
import { signOf } from "../../src/domain/order.ts";
import { parseFaults } from "../../src/emulator/faults/parse-faults.ts";
import type { BrokerConnection, Urgency, VenueOrderRequest } from "../../src/ports/broker-connection.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { strategy, type AnyStrategy } from "../../src/ports/strategy.ts";
import { startRobot } from "../../src/robot/start-robot.ts";
import type { Robot } from "../../src/robot/robot-parts.ts";
import type { RobotLog, SessionMaking } from "../../src/robot/robot-types.ts";
import { tapeBars, type EmulatorLab } from "../emulator-lab.ts";
import { MemoryDisk } from "../simulation/execution/memory-disk.ts";
import { heldAfter, robotSubjects, tapeStartMs, type Subject } from "./emulated-brokers.ts";
import { WireFeed } from "./wire-feed.ts";
import { drawFaults, tape } from "./wire-faults.ts";

/** What the robot made of one faulty wire. */
export type RobotWireTrial = {
  readonly broker: string;
  readonly faults: string;
  readonly orders: number;
  readonly unknown: number;
  readonly resent: number;
  readonly fills: number;
  readonly starts: number;
  /** What people were told, by kind. */
  readonly told: readonly string[];
  readonly violations: readonly string[];
};

/** How a trial may be spoiled, to see that it finds that: the robot's orders go out once more under another name. */
export type WireSpoil = "twice" | null;

/** Who hears the story of a trial, line by line. */
export type Tell = (line: string) => void;

/** What a trial may be beyond its seed. */
export type RobotWireOptions = {
  readonly spoil?: WireSpoil;
  /** The venue's program goes and comes back, and the wire has no other fault. */
  readonly isVenueRestarted?: boolean;
  /** Whether 429 is among the faults. */
  readonly hasLimits?: boolean;
  readonly tell?: Tell;
};

/** How long the venue's program is away in the middle of a trial; the wire has no other fault then. */
const awayMs = 300;
const awayAtBar = 8;

const bars = 24;
const decidingBars = 16;
/** The robot's seconds are this much shorter: all its spans keep their relation. */
const hurry = 20;
const barMs = 90;
const settleMs = 40_000;
/** Lots and hours, by symbol. */
const markets: Readonly<Record<string, readonly [lotSize: number, calendar: string]>> = {
  AAPL: [1, "us-equity"],
  "BTC/USD": [0.0001, "24/7"],
  BTCUSDT: [0.001, "24/7"],
  EURUSD: [1, "24/7"],
};

/** The time of the tape: it runs faster than the machine's. */
class FastClock implements Clock {
  private readonly tapeMs: number;
  private readonly startMs = systemClock.nowMs();

  constructor(tapeMs: number) {
    this.tapeMs = tapeMs;
  }

  nowMs(): number {
    return this.tapeMs + (systemClock.nowMs() - this.startMs) * hurry;
  }

  schedule(spanMs: number, run: () => void): () => void {
    return systemClock.schedule(spanMs / hurry, run);
  }
}

/** The connection's time is the true one, for it signs with it; it only waits less. */
const hastyClock: Clock = {
  nowMs: () => systemClock.nowMs(),
  schedule: (spanMs, run) => systemClock.schedule(spanMs / hurry, run),
};

/**
 * The robot trades by chance through one of Kiwi's own connections while the wire to the emulator fails, and in a part of
 * the seeds it is stopped and started again on its journal. When the faults end it must come right: no order is at the
 * exchange twice, never more is held than was wanted, both books are the same, and what is held has its stop.
 */
export async function robotWireTrial(
  seed: number,
  { spoil = null, isVenueRestarted = false, hasLimits = false, tell = () => {} }: RobotWireOptions = {},
): Promise<RobotWireTrial> {
  const prng = new Prng(seed).fork("robot over a wire");
  const subject = robotSubjects[seed % robotSubjects.length]!;
  const quads = tape(prng, bars);
  const startMs = startOf(subject);
  const lab = await subject.start(quads, "", startMs);
  const trial = new WireLife(subject, lab, seed, tapeBars(subject.symbol, "1m", startMs, quads), spoil, tell);
  // After a 429 nothing that opens may be sent for the rest of a true minute: that would be all of the trial.
  const drawn = isVenueRestarted ? "" : drawFaults(prng, seed);
  const faults = hasLimits ? drawn : drawn.replace(/,429=[^,]*/, "");
  const restartAt = !isVenueRestarted && prng.next() < 0.4 ? 3 + prng.integer(decidingBars) : Number.NaN;
  try {
    await trial.start();
    lab.faults.spec = parseFaults(faults);
    for (let row = 1; row < bars; row++) {
      if (row === decidingBars + 2) lab.faults.stop();
      if (row === restartAt) await trial.start();
      if (isVenueRestarted && row === awayAtBar) {
        await lab.restart(awayMs);
        trial.watchExchange();
      }
      lab.exchange.advance();
      trial.arrive(row);
      await pause(barMs);
    }
    const violations = [...(await trial.settle()), ...trial.violations];
    return { broker: subject.name, faults, ...trial.figures(), violations };
  } finally {
    await trial.stop();
    await lab.close();
  }
}

/** Bybit is asked for executions week by week up to its own time; shares trade in the hours of their exchange. */
function startOf({ symbol }: Subject): number {
  if (symbol === "AAPL") return tapeStartMs;
  return Math.floor(systemClock.nowMs() / minuteMs) * minuteMs - 2 * bars * minuteMs;
}

class WireLife {
  readonly violations: string[] = [];
  private readonly told: string[] = [];
  private readonly subject: Subject;
  private readonly lab: EmulatorLab;
  private readonly seed: number;
  private readonly tape: BarTable;
  private readonly spoil: WireSpoil;
  private readonly tell: Tell;
  private readonly disk: MemoryDisk;
  private robot: Robot | null = null;
  private feed: WireFeed | null = null;
  private row = 0;
  private starts = 0;
  /** Why the last robot ended by itself. */
  private ending = "";
  /** The most that was ever wanted, short and long: nothing may be held beyond. */
  private readonly wanted = { short: 0, long: 0 };
  private readonly before = { sent: 0, unknown: 0, resent: 0 };

  constructor(
    subject: Subject,
    lab: EmulatorLab,
    seed: number,
    bars: BarTable,
    spoil: WireSpoil,
    tell: Tell,
  ) {
    this.subject = subject;
    this.lab = lab;
    this.seed = seed;
    this.tape = bars;
    this.spoil = spoil;
    this.tell = tell;
    this.disk = new MemoryDisk(new Prng(seed).fork("disk"));
    this.watchExchange();
  }

  /** The exchange of a venue that was started again is another one, made from its books. */
  watchExchange(): void {
    this.lab.exchange.listen((event) => {
      this.tell(`  exchange: ${JSON.stringify(event)}`);
      if (event.kind === "order") this.lookAtDoubles();
      if (event.kind === "fill") this.lookAtHolding();
    });
  }

  private async startOnce(): Promise<void> {
    this.starts += 1;
    const { tape } = this;
    const startMs = tape.closeTimeMs[0]! - minuteMs;
    const clock = new FastClock(startMs);
    const connection = this.watched(await this.subject.connect(this.lab, hastyClock, 1_000));
    this.feed = new WireFeed(tape, clock);
    this.feed.arrive(this.row);
    const chance = chanceStrategy(this.seed, startMs + decidingBars * minuteMs, connection.capabilities);
    this.robot = await startRobot({
      feed: this.feed,
      connection,
      journal: openJournal(this.disk),
      clock,
      tradingState: () => ({ state: "active", reason: "" }),
      onIncident: ({ kind, message }) => {
        this.told.push(kind);
        this.tell(`incident: ${kind}: ${message}`);
      },
      log: teller(this.tell),
      // A busy machine must not pass for a venue that is silent.
      limits: { answerMs: 2_000 * hurry },
      sessionTag: "wire",
      identity: { strategy: "chance", settingsHash: String(this.seed) },
      atDifference: "refuse",
      buildSession: (making) => this.session(making, chance),
    });
    void this.robot.done.then((end) => {
      if (end.kind === "failed") this.ending = `: ${String(end.error)}`;
    });
  }

  /** A bad wire or a busy machine may keep the robot from starting; whoever runs it tries again. */
  async start(): Promise<void> {
    await this.stop();
    for (let tries = 1; ; tries++) {
      try {
        return await this.startOnce();
      } catch (error) {
        const isSilence = !(error instanceof KiwiError) || error.parts.exit === "network";
        if (!isSilence || tries === 12) throw error;
        if (tries === 6) this.lab.faults.stop();
      }
    }
  }

  async stop(): Promise<void> {
    const { robot, before } = this;
    if (robot === null) return;
    this.robot = null;
    const { sent, unknown, resent } = robot.status().counts;
    before.sent += sent;
    before.unknown += unknown;
    before.resent += resent;
    await robot.stop();
  }

  arrive(row: number): void {
    this.row = row;
    this.tell(`bar ${row}`);
    this.feed?.arrive(row);
  }

  figures() {
    const { starts, before, told } = this;
    const { sent = 0, unknown = 0, resent = 0 } = this.robot?.status().counts ?? {};
    return {
      orders: before.sent + sent,
      unknown: before.unknown + unknown,
      resent: before.resent + resent,
      fills: this.lab.account.fills.length,
      starts,
      told,
    };
  }

  /** Waits until everything is as it should be; what is still wrong after long enough is a broken promise. */
  async settle(): Promise<readonly string[]> {
    const untilMs = systemClock.nowMs() + settleMs;
    let wrong = this.wrong();
    while (wrong.length > 0 && systemClock.nowMs() < untilMs) {
      await pause(50);
      wrong = this.wrong();
    }
    if (wrong.length > 0 && this.robot !== null) this.tellBooks(this.robot);
    return wrong;
  }

  private tellBooks({ session }: Robot): void {
    const standing = session.targets.of(0 as InstrumentIndex);
    this.tell(`standing: ${JSON.stringify(standing)}`);
    for (const order of session.orders.open(0 as InstrumentIndex))
      this.tell(`open in the books: ${JSON.stringify(order)}`);
    this.tell(`isSettled ${session.targets.isSettled}, ${JSON.stringify(this.robot?.status())}`);
  }

  private wrong(): readonly string[] {
    const { robot, lab, subject } = this;
    if (robot === null || robot.status().phase !== "running")
      return [`the robot is ${robot?.status().phase ?? "not there"}${this.ending}`];
    const wrong: string[] = [];
    const { session } = robot;
    const index = 0 as InstrumentIndex;
    const held = this.held;
    const ours = session.portfolio.ledger.quantity[index]!;
    if (Math.abs(ours - held) > 1e-9) wrong.push(`the robot holds ${ours}, the exchange ${held}`);
    for (const { request, pending } of session.orders.open(index))
      if (pending !== "nothing") wrong.push(`order ${request.id} waits for an answer (${pending})`);
    const standing = session.targets.of(index);
    // Where the venue keeps its fee of what is bought, less than a lot remains that nobody can sell.
    const [lot] = markets[subject.symbol]!;
    const open = lab.account.orders.open();
    const exits = open.filter(({ side, symbol }) => symbol === this.symbolThere && signOf(side) * held < 0);
    if (
      standing !== null &&
      standing.quantity === 0 &&
      !standing.isClosing &&
      Math.abs(held) >= lot &&
      exits.length === 0
    )
      wrong.push(`${held} ${subject.symbol} should have been closed`);
    const last = this.tape.close[this.row]!;
    // A target whose price is there stands in the stop's place on spot, and fills on a bar that the tape does not have.
    const stops = exits.filter(
      ({ terms, side }) =>
        terms.type === "stop_market" ||
        terms.type === "market" ||
        (terms.type === "limit" && signOf(side) * (terms.limitPrice - last) >= 0),
    );
    const covered = stops.reduce((sum, { quantity, filledQuantity }) => sum + quantity - filledQuantity, 0);
    const isWanted =
      held !== 0 &&
      standing?.protection.stopPrice !== undefined &&
      Math.sign(standing.quantity) === Math.sign(held) &&
      Math.sign(standing.target.quantity) === Math.sign(held);
    if (isWanted && covered <= Math.abs(held) - lot)
      wrong.push(`${held} ${subject.symbol} with a stop for ${covered}`);
    return wrong;
  }

  private get symbolThere(): string {
    return this.lab.account.orders.history()[0]?.symbol ?? this.subject.symbol;
  }

  private get held(): number {
    return heldAfter(this.lab.account.fills);
  }

  /** One order of the session is one order at the exchange: of the names that took each other's place one lives at most. */
  private lookAtDoubles(): void {
    const living = new Map<string, number>();
    for (const { clientOrderId } of this.lab.account.orders.open()) {
      const order = /^wireo\d+/.exec(clientOrderId ?? "")?.[0] ?? `${clientOrderId}`;
      living.set(order, (living.get(order) ?? 0) + 1);
    }
    for (const [order, count] of living) if (count > 1) this.say(`${order} lives ${count} times`);
    const names = this.lab.account.orders.history().map(({ clientOrderId }) => clientOrderId);
    if (new Set(names).size < names.length) this.say("a name was used twice");
  }

  private lookAtHolding(): void {
    const { held, wanted } = this;
    if (held > wanted.long + 1e-9 || -held > wanted.short + 1e-9)
      this.say(`holds ${held}, and at most ${wanted.long} and ${-wanted.short} were wanted`);
  }

  private say(what: string): void {
    if (!this.violations.includes(what)) this.violations.push(what);
  }

  /** Notes what is wanted when something is sent, and spoils what is to be spoiled. */
  private watched(connection: BrokerConnection): BrokerConnection {
    const submit = connection.submit.bind(connection);
    const account = connection.account.bind(connection);
    // The host tells the true time, and its executions have the times of the tape.
    connection.account = async () => ({ ...(await account()), venueTimeMs: this.lab.exchange.timeMs });
    connection.submit = (order: VenueOrderRequest, urgency?: Urgency) => {
      const wanted = this.robot?.session.targets.of(0 as InstrumentIndex)?.quantity ?? 0;
      this.wanted.long = Math.max(this.wanted.long, wanted);
      this.wanted.short = Math.max(this.wanted.short, -wanted);
      if (this.spoil === "twice" && !order.reduceOnly)
        void submit({ ...order, clientOrderId: `${order.clientOrderId}p9` });
      return submit(order, urgency);
    };
    return connection;
  }

  private session({ bars, cash, broker }: SessionMaking, chance: AnyStrategy) {
    const [lotSize, kind] = markets[this.subject.symbol]!;
    const config = runConfigSchema.parse({
      account: { kind: "margin", cash, leverage: 2, maintenanceMargin: 0 },
      costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 } },
      sizing: { use: "fixed-fraction", fraction: 0.05 },
      risk: { profile: "none", rules: [] },
      instruments: { "*": { lotSize, tickSize: 0.01, calendar: kind } },
    });
    const setup = { bars, strategy: chance, params: {}, config };
    return buildSession(setup, layGround(bars, config), { broker });
  }
}

/** Trades by chance: entries of two kinds, with and without a stop and a target, changes of mind, short where that goes. */
function chanceStrategy(
  seed: number,
  untilMs: number,
  { reduceOnly }: BrokerConnection["capabilities"],
): AnyStrategy {
  return strategy({
    name: "chance",
    summary: "Trades at random.",
    params: {},
    setup: () => ({ close: field("close") }),
    memory: (): { prng: Prng | null } => ({ prng: null }),
    onBar({ series, memory, target, timeMs }) {
      const prng = (memory.prng ??= new Prng(seed).fork("chance"));
      if (timeMs > untilMs || prng.next() < 0.5) return;
      const price = series.close.now;
      const weights = reduceOnly ? [1, 1, -1, 0.5, 0, -0.5] : [1, 1, 0.5, 0, 0.7, 0.3];
      const weight = weights[prng.integer(weights.length)]!;
      const side = Math.sign(weight);
      const isLimit = prng.next() < 0.3;
      target(weight, {
        reason: "chance",
        entry: isLimit ? { kind: "limit", price: Math.round(price + side) } : { kind: "market" },
        ...(side !== 0 && prng.next() < 0.8 ? { stopPrice: Math.round(price - side * 4) } : {}),
        ...(side !== 0 && prng.next() < 0.3 ? { takeProfitPrice: Math.round(price + side * 5) } : {}),
      });
    },
  });
}

function teller(tell: Tell): RobotLog {
  const line = (fields: object, text: string): void => tell(`${text} ${JSON.stringify(fields)}`);
  return { debug: line, info: line, warn: line, error: line };
}

function pause(spanMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, spanMs));
}
