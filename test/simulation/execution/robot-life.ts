import { openJournal } from "../../../src/adapters/stores/journal/journal-file.ts";
import { buildSession, layGround } from "../../../src/app/session/build-session.ts";
import type { BarTable } from "../../../src/domain/bar-table.ts";
import type { BrokerCapabilities, VenueOrderRequest } from "../../../src/ports/broker-connection.ts";
import { statusOf } from "../../../src/engine/execution/order-tracker.ts";
import type { Session } from "../../../src/engine/session.ts";
import { openSession, readJournal } from "../../../src/robot/open-session.ts";
import type { JournalStore } from "../../../src/ports/journal-store.ts";
import type { Seat } from "../../../src/robot/account/seat.ts";
import type { Robot, RobotParts } from "../../../src/robot/robot-parts.ts";
import type {
  Incident,
  RobotEnd,
  RobotLimits,
  SessionMaking,
  TradingState,
} from "../../../src/robot/robot-types.ts";
import type { BookPromises } from "./book-promises.ts";
import type { Coverage } from "./coverage.ts";
import type { ExchangeSide } from "./exchange-side.ts";
import { FaultyLink, type LinkEnds, type Roads } from "./faulty-link.ts";
import type { MemoryDisk } from "./memory-disk.ts";
import type { BrokenPromises, Life } from "./promises.ts";
import type { SendPromises } from "./send-promises.ts";
import { SimulatedFeed } from "./simulated-feed.ts";
import { chanceStrategy, config, type SeenBar } from "./small-market.ts";
import type { Process, VirtualWorld } from "./virtual-world.ts";

/** What starts a robot: the real one, or one with a fault planted into what it is joined to. */
export type StartRobot = (parts: RobotParts) => Promise<Robot>;

/** What all lives of a robot in one world share. */
export type LifeParts = {
  readonly seed: number;
  readonly world: VirtualWorld;
  readonly tape: readonly BarTable[];
  readonly venue: ExchangeSide;
  readonly disk: MemoryDisk;
  readonly roads: Roads;
  readonly coverage: Coverage;
  readonly sends: SendPromises;
  readonly books: BookPromises;
  readonly broken: BrokenPromises;
  readonly tradingState: () => TradingState;
  readonly capabilities: BrokerCapabilities;
  readonly startRobot: StartRobot;
  /** How many orders it may send, and in which time. */
  readonly sendsMax: RobotLimits["sends"];
  /** Farthest from the market that it may open. */
  readonly collar: number;
  readonly lock: AccountLock;
  /** The name of its orders, what the chances of its strategy come from, and which sessions were before it. */
  readonly identity: {
    readonly tag: string;
    readonly strategySeed: number;
    readonly isEarlier: (tag: string) => boolean;
  };
  /** The process and the line that it shares with other robots on the account; its own where nothing is said. */
  readonly shared?: { readonly process: Process; readonly link: FaultyLink; readonly seat: Seat };
  /** Called when the robot has recovered, or begun. */
  readonly onStarted: (life: RobotLife) => void;
  /** Called when this life is over, by whatever. */
  readonly onEnd: (life: RobotLife, how: RobotEnd | { readonly kind: "killed" }) => void;
  readonly onSent: (order: VenueOrderRequest) => void;
  readonly tell: (text: string) => void;
  readonly onIncident: (incident: Incident) => void;
};

/** Moments at which dying is worst. */
export type DeadlyMoment = "crash before a send" | "crash after a send" | "crash at a fill";

/** Who has the account. */
export type AccountLock = { holder: Process | null };

const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

/** One process that runs the robot, from its start to its end or its death. */
export class RobotLife {
  readonly process: Process;
  readonly link: FaultyLink;
  /** What its line does to it. */
  readonly ends: LinkEnds;
  readonly feed: SimulatedFeed;
  robot: Robot | null = null;
  private readonly parts: LifeParts;
  private readonly journal: JournalStore;
  private readonly store: JournalStore;
  private readonly view: Life;
  /** Calls into the world that are left until the process dies; Infinity for one that lives on. */
  private callsLeft = Infinity;
  /** Whether it has heard of a fill and not synced anything since. */
  private hasUnwrittenFill = false;
  private deadlyMoment: DeadlyMoment | null = null;

  constructor(parts: LifeParts, name: string) {
    const { world, venue, roads, coverage, sends, capabilities, tape, disk } = parts;
    this.parts = parts;
    this.process = parts.shared?.process ?? world.process(name);
    this.feed = new SimulatedFeed(tape, world, this.process);
    this.view = {
      name,
      session: null,
      newestBarMs: -Infinity,
      isHeld: () => parts.lock.holder === this.process,
      isRunning: () => this.robot !== null,
      isHearing: () => this.link.line.kind === "live" && !this.link.isSilent,
    };
    this.ends = {
      watch: {
        submitted: (order) => {
          if (this.deadlyMoment === "crash after a send") world.after(1, () => this.kill());
          parts.onSent(order);
          sends.look(order, this.view);
        },
        touched: (clientOrderId) => sends.touched(clientOrderId),
        swallowed: (clientOrderId) => sends.swallowed(clientOrderId),
        lost: (clientOrderId) => sends.gone.add(clientOrderId),
        told: (text) => parts.tell(`${name}: ${text}`),
      },
      survives: () => this.survives(),
      survivesSend: () => {
        if (this.deadlyMoment === "crash before a send") this.kill();
        return this.survives();
      },
      onFillHeard: () => {
        this.hasUnwrittenFill = true;
        if (this.deadlyMoment === "crash at a fill") this.kill();
      },
    };
    const { process } = this;
    this.link =
      parts.shared?.link ??
      new FaultyLink({ world, process, venue, roads, coverage, capabilities, ...this.ends });
    this.store = openJournal(disk);
    this.journal = this.mortal(this.store);
  }

  /** Begins; what the robot does from here on happens in events. */
  start(): void {
    const { startRobot, lock } = this.parts;
    lock.holder = this.process;
    void startRobot(this.robotParts()).then(
      (robot) => {
        this.robot = robot;
        this.parts.onStarted(this);
        void robot.done.then((end) => this.end(end));
      },
      (error: unknown) => {
        if (!this.process.isDead) this.end({ kind: "failed", error });
      },
    );
  }

  /** Asked to stop, as by a person; one that has not begun is killed. */
  stop(): void {
    if (this.robot === null) this.kill();
    else void this.robot.stop();
  }

  /** The process will die at one of its next calls into the world. */
  dieAfter(calls: number): void {
    this.callsLeft = calls;
  }

  /** The process will die at the next moment of this kind. */
  dieAt(moment: DeadlyMoment | null): void {
    this.deadlyMoment = moment;
  }

  /** The process dies now. What it has sent is on its way all the same. */
  kill(): void {
    if (this.process.isDead) return;
    if (this.hasUnwrittenFill) this.parts.coverage.hit(51);
    this.leave();
    this.parts.onEnd(this, { kind: "killed" });
  }

  private end(how: RobotEnd): void {
    if (this.process.isDead) return;
    this.leave();
    this.parts.onEnd(this, how);
  }

  private leave(): void {
    const { lock } = this.parts;
    this.process.isDead = true;
    this.link.cut();
    if (lock.holder === this.process) lock.holder = null;
  }

  /** Counts a call into the world; false when the process has died of it or before. */
  private survives(): boolean {
    if (this.process.isDead) return false;
    this.callsLeft -= 1;
    if (this.callsLeft > 0) return true;
    this.kill();
    return false;
  }

  private robotParts(): RobotParts {
    const { world, lock, broken, books, tradingState, sendsMax, collar, identity, shared } = this.parts;
    const { process, view, feed } = this;
    const see = (symbol: string, closeTimeMs: number): void => {
      if (closeTimeMs > world.nowMs) broken.say(17, `${symbol} of ${closeTimeMs} at ${world.nowMs}`);
    };
    return {
      feed,
      connection: shared?.seat ?? this.link,
      journal: this.journal,
      clock: world.clockOf(process),
      tradingState,
      onIncident: this.parts.onIncident,
      log: silentLog,
      sessionTag: identity.tag,
      isEarlierSession: identity.isEarlier,
      limits: { sends: sendsMax, priceCollar: collar },
      identity: { strategy: "chance", settingsHash: String(identity.strategySeed) },
      atDifference: shared === undefined ? "adopt" : "own",
      lock: {
        get isHeld() {
          return lock.holder === process;
        },
        release() {
          if (lock.holder === process) lock.holder = null;
        },
      },
      buildSession: (making) => {
        const session = this.session(making, see);
        view.session = session;
        books.follow(view, session);
        return session;
      },
    };
  }

  /** What a robot would be that found this journal now: in words that tell two states apart. */
  livedAgain(): { readonly now: string; readonly again: string } {
    const parts = this.robotParts();
    const written = readJournal({ ...parts, journal: this.store });
    if (written === null) return { now: "", again: "" };
    const { engine } = openSession(
      {
        ...parts,
        // What is missing of the last step is added to nothing here.
        journal: { append() {}, sync() {}, close() {}, read: () => [] },
        feed: new SimulatedFeed(this.parts.tape, this.parts.world, this.process),
        buildSession: (making: SessionMaking) => this.session(making, () => {}),
      },
      written.record,
      written.records,
    );
    return { now: stateOf(this.robot!.session), again: stateOf(engine.session) };
  }

  private session({ bars, cash, broker }: SessionMaking, see: SeenBar): Session {
    const own = { ...config, account: { ...config.account, cash } };
    const setup = {
      bars,
      strategy: chanceStrategy(this.parts.identity.strategySeed, see),
      params: {},
      config: own,
    };
    return buildSession(setup, layGround(bars, own), { broker });
  }

  /** Bars up to this row of the tape have come. */
  arrive(row: number): void {
    this.view.newestBarMs = this.parts.tape[0]!.closeTimeMs[row]!;
    this.feed.arrive(row);
  }

  /** A journal that fails whoever is dead. */
  private mortal(store: JournalStore): JournalStore {
    const guard = (): void => {
      if (!this.survives()) throw new Error("the process is dead");
    };
    return {
      append: (record) => {
        guard();
        store.append(record);
      },
      sync: () => {
        guard();
        store.sync();
        this.hasUnwrittenFill = false;
      },
      read: () => store.read(),
      close: () => {
        if (!this.process.isDead) store.close();
      },
    };
  }
}

/** Everything by which two sessions that lived the same can be told from two that did not. */
function stateOf({ recorder, portfolio, orders, targets, pipeline }: Session): string {
  const symbols = pipeline.instruments.map(({ index, symbol }) => {
    const open = orders
      .open(index)
      .map((order) => `${order.request.id} ${statusOf(order)} ${order.filledQuantity}`);
    return `${symbol}: ${portfolio.ledger.quantity[index]}, wants ${targets.of(index)?.quantity}, ${open.join("; ")}`;
  });
  return [recorder.log.hash(), portfolio.cash, ...symbols].join("\n");
}
