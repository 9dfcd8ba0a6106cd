import { sha256 } from "../../../src/base/hash.ts";
import type { Prng } from "../../../src/base/prng.ts";
import { secondMs } from "../../../src/base/time.ts";
import { Exchange } from "../../../src/emulator/exchange/exchange.ts";
import type { BrokerCapabilities } from "../../../src/ports/broker-connection.ts";
import type { Robot } from "../../../src/robot/robot-parts.ts";
import type { RobotEnd } from "../../../src/robot/robot-types.ts";
import { BookPromises } from "./book-promises.ts";
import { Coverage } from "./coverage.ts";
import { lookAtEnd } from "./end-promises.ts";
import { ExchangeSide } from "./exchange-side.ts";
import { drawFaults, noLinkFaults, type FaultPlan } from "./faults.ts";
import type { Roads } from "./faulty-link.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { happen, mend, type MishapParts } from "./mishaps.ts";
import type { CloseAccount } from "./pulled-switch.ts";
import { BrokenPromises, type Broken } from "./promises.ts";
import { RobotLife, type LifeParts, type StartRobot } from "./robot-life.ts";
import {
  demands,
  endMs,
  lookAtJournal,
  mayBeBare,
  openRoads,
  openVenue,
  restartMsMax,
  restMs,
} from "./trial-rules.ts";
import { Sessions, TakeoverPromise } from "./sessions.ts";
import { watchVenue } from "./sightings.ts";
import { SendPromises } from "./send-promises.ts";
import { calmSlice, sliceMs, slices, startMs, tapeOf } from "./small-market.ts";
import { VirtualWorld } from "./virtual-world.ts";

/** How a seed went. */
export type Outcome = {
  readonly seed: number;
  readonly broken: readonly Broken[];
  readonly coverage: Coverage;
  /** Everything that was sent, filled and decided, as one hash: the same seed always has the same. */
  readonly hash: string;
  readonly orders: number;
  readonly fills: number;
  readonly events: number;
};

/** What a trial is asked to do beyond what its seed says. */
export type TrialOptions = {
  readonly startRobot: StartRobot;
  readonly faults?: FaultPlan | undefined;
  /** The largest quantity that the venue takes in one order. */
  readonly quantityMax?: number | undefined;
  /** Whether two strategies share the account; then it is a `SharedTrial`. */
  readonly isShared?: boolean | undefined;
  /** Whether a second process is let onto an account that is held; only a planted fault does that. */
  readonly isUnlocked?: boolean;
  readonly closeAccount?: CloseAccount | undefined;
  /** Called with everything that happens, for people. */
  readonly tell?: (line: string) => void;
};

/** One seed: a venue, a robot that trades on it, and everything that goes wrong between them. */
export class Trial {
  readonly seed: number;
  private readonly world: VirtualWorld;
  private readonly prng: Prng;
  private readonly venue: ExchangeSide;
  private readonly exchange: Exchange;
  private readonly disk: MemoryDisk;
  private readonly roads: Roads;
  private readonly coverage = new Coverage();
  private readonly broken: BrokenPromises;
  private readonly sends: SendPromises;
  private readonly books: BookPromises;
  private readonly trading: MishapParts["trading"] = {
    state: { state: "active", reason: "" },
    closing: null,
  };
  private readonly options: TrialOptions;
  private readonly sessions = new Sessions();
  private readonly takeover: TakeoverPromise;
  /** Whether another strategy is started next. */
  private isOtherNext = false;
  private readonly lock = { holder: null as LifeParts["lock"]["holder"] };
  private readonly capabilities: BrokerCapabilities;
  private life: RobotLife | null = null;
  private others: RobotLife[] = [];
  private lives = 0;
  /** Slices that the robot had taken when its books were looked at. */
  private looked = 0;
  private isStopping = false;
  private isDone = false;
  private orders = 0;
  private fills = 0;
  private readonly story: string[] = [];

  constructor(seed: number, options: TrialOptions) {
    this.seed = seed;
    this.options = options;
    const world = new VirtualWorld(seed, startMs);
    this.world = world;
    this.prng = world.prng.fork("trial");
    const plan = options.faults ?? drawFaults(world.prng.fork("faults"));
    const there = openVenue(world, this.prng, { seed, leverage: 3, quantityMax: options.quantityMax });
    this.exchange = there.exchange;
    this.venue = there.venue;
    this.capabilities = there.capabilities;
    this.disk = new MemoryDisk(world.prng.fork("disk"));
    this.roads = openRoads(plan.link);
    this.broken = new BrokenPromises(world);
    this.sends = new SendPromises({
      world,
      venue: this.venue,
      disk: this.disk,
      demands,
      tradingState: () => this.trading.state,
      lastPrice: (symbol) => this.exchange.lastPrice(symbol),
      broken: this.broken,
      coverage: this.coverage,
    });
    this.books = new BookPromises(this.venue, this.sends, this.broken);
    this.takeover = new TakeoverPromise(this.venue, this.sessions, this.broken);
    watchVenue(this.venue, this.sends, this.coverage);
    this.venue.listen({
      onFill: ({ symbol, side, quantity, price }) => {
        this.fills += 1;
        this.tell(`fill ${side} ${quantity} ${symbol} at ${price}`);
      },
      onOrder: ({ clientOrderId, status }) => this.tell(`order ${clientOrderId} ${status}`),
    });
    this.planSlices();
    for (const mishap of plan.mishaps)
      world.after((5 + this.prng.integer(calmSlice - 10)) * sliceMs + this.prng.integer(sliceMs), () => {
        this.tell(`mishap: ${mishap}`);
        happen(mishap, this.mishapParts());
      });
    const apart = world.prng.fork("later mishaps");
    for (const mishap of plan.later)
      world.after((5 + apart.integer(calmSlice - 10)) * sliceMs + apart.integer(sliceMs), () => {
        this.tell(`mishap: ${mishap}`);
        happen(mishap, { ...this.mishapParts(), prng: apart });
      });
    world.after(calmSlice * sliceMs, () => {
      this.tell("mended");
      this.roads.faults = noLinkFaults;
      mend(this.mishapParts());
    });
    this.boot();
  }

  /** Lets one event happen and looks at what it did; false when the trial is over. */
  step(): boolean {
    // Promises of the last event have settled by now. Books change with slices alone.
    if (this.life !== null && this.life.feed.taken !== this.looked) {
      this.looked = this.life.feed.taken;
      this.books.look();
    }
    if (this.broken.list.length > 0) return false;
    if (!this.isDone && this.world.step(endMs + 2 * restMs)) return true;
    if (!this.isDone) this.finish();
    return false;
  }

  /** How it went, once it is over. */
  outcome(): Outcome {
    const { seed, coverage, orders, fills } = this;
    const { list } = this.broken;
    return {
      seed,
      broken: list,
      coverage,
      hash: sha256(this.story.join("\n")),
      orders,
      fills,
      events: this.world.steps,
    };
  }

  /** The market moves at its times, whatever happens to the robot; bars come to it a little later. */
  private planSlices(): void {
    for (let row = 0; row < slices; row++) {
      this.world.after((row + 1) * sliceMs, () => {
        this.exchange.advance();
        this.books.lookAtProtection((symbol) => this.isHindered(symbol));
        this.takeover.look(this.books.life, (symbol) => this.isHindered(symbol));
        const { life } = this;
        if (life !== null) this.world.after(1 + this.prng.integer(400), () => this.arrive(row), null);
      });
    }
    this.world.after(slices * sliceMs + restMs, () => void this.end());
  }

  private isHindered(symbol: string): boolean {
    return mayBeBare(symbol, this.roads, this.trading.state, this.world.nowMs);
  }

  private arrive(row: number): void {
    this.life?.arrive(row);
    for (const other of this.others) other.arrive(row);
  }

  private boot(): void {
    if (this.life !== null || this.isDone) return;
    if (this.isOtherNext) this.beginOther();
    this.lives += 1;
    this.tell(`robot ${this.lives} starts`);
    if (this.lives > 1 && this.venue.openOrders().some(({ terms }) => terms?.type === "stop_market"))
      this.coverage.hit(55);
    this.life = this.newLife(`robot ${this.lives}`);
    this.life.start();
  }

  /** A person ends what runs, half of the time without asking, and starts another strategy on the account. */
  private startOther(): void {
    this.isOtherNext = true;
    if (this.prng.next() < 0.5) this.life?.kill();
    else this.life?.stop();
  }

  private beginOther(): void {
    this.isOtherNext = false;
    this.sessions.next();
    this.takeover.changed.clear();
    this.disk.renew();
    this.tell(`the session ${this.sessions.tag} begins`);
  }

  private startSecond(): void {
    this.coverage.hit(53);
    // The lock of the operating system: whoever comes second is turned away.
    if (this.lock.holder !== null && this.options.isUnlocked !== true) return;
    if (this.life === null) return this.boot();
    const other = this.newLife("second robot");
    this.others.push(other);
    other.start();
  }

  private newLife(name: string): RobotLife {
    const { seed, world, venue, disk, roads, coverage, sends, books, broken, capabilities, lock } = this;
    const life = new RobotLife(
      {
        seed,
        world,
        tape: tapeOf(seed),
        venue,
        disk,
        roads,
        coverage,
        sends,
        books,
        broken,
        capabilities,
        lock,
        identity: {
          tag: this.sessions.tag,
          strategySeed: this.sessions.strategySeed(seed),
          isEarlier: (tag) => this.sessions.isOver(tag),
        },
        startRobot: this.options.startRobot,
        sendsMax: demands.sends,
        collar: demands.collar,
        tradingState: () => this.trading.state,
        onSent: (order) => {
          this.orders += 1;
          this.tell(
            `${name} sends ${order.side} ${order.quantity} ${order.symbol} (${order.clientOrderId}) ${JSON.stringify(order.terms)}`,
          );
        },
        tell: (text) => this.tell(text),
        onStarted: (started) => this.started(started),
        onEnd: (ended, how) => this.ended(ended, how),
        onIncident: ({ kind, message }) => this.tell(`incident: ${kind}: ${message}`),
      },
      name,
    );
    const row = Math.floor((world.nowMs - startMs) / sliceMs) - 1;
    if (row >= 0) life.arrive(row);
    return life;
  }

  /** What a robot is after it has recovered, its journal must make again: then recovering twice is recovering once. */
  private started(life: RobotLife): void {
    this.tell(`${life.process.name} runs`);
    if (this.lives > 1) lookAtJournal(life, 19, this.broken);
  }

  /** A robot is gone: killed, or because it could not go on. Whoever runs it starts it again. */
  private ended(life: RobotLife, how: RobotEnd | { readonly kind: "killed" }): void {
    this.tell(`${life.process.name} ends: ${how.kind} ${how.kind === "failed" ? String(how.error) : ""}`);
    this.others = this.others.filter((other) => other !== life);
    if (this.life !== life) return;
    this.life = null;
    if (this.isStopping) return;
    // Half of the time the machine goes down with it, and with the machine what was not synced.
    if (how.kind === "failed" || this.prng.next() < 0.5) this.disk.crash();
    this.world.after(500 + this.prng.integer(restartMsMax), () => this.boot());
  }

  private async end(): Promise<void> {
    const { life } = this;
    this.isStopping = true;
    for (const other of this.others) other.kill();
    this.takeover.lookAtEnd();
    lookAtEnd({
      changed: this.takeover.changed,
      venue: this.venue,
      books: this.books,
      sends: this.sends,
      broken: this.broken,
      life,
    });
    if (life?.robot == null) return;
    this.story.push(life.robot.status().decisionsHash);
    // Living through it all again takes as long as all the rest.
    if (this.seed % 4 === 0) lookAtJournal(life, 18, this.broken);
    if (life.robot.status().counts.refusedHere > 0) this.coverage.hit(14);
    if (hasRefused(life.robot, "price-collar")) this.coverage.hit(15);
    await life.robot.stop();
    if (life.process.openTimers > 0)
      this.broken.say(23, `${life.process.openTimers} timers are left after the stop`);
  }

  private finish(): void {
    this.isDone = true;
    for (const what of this.world.misdated) this.broken.say(23, what);
    if (this.life !== null && !this.life.process.isDead) this.broken.say(20, "the robot did not stop");
  }

  private mishapParts(): MishapParts {
    const { world, prng, venue, disk, roads, coverage, sends, trading } = this;
    return {
      world,
      prng,
      venue,
      disk,
      roads,
      coverage,
      sends,
      trading,
      closeAccount: this.options.closeAccount,
      life: () => this.life,
      startSecond: () => this.startSecond(),
      startOther: () => this.startOther(),
      broken: this.broken,
    };
  }

  private tell(line: string): void {
    const text = `${((this.world.nowMs - startMs) / secondMs).toFixed(3)} ${line}`;
    this.story.push(text);
    this.options.tell?.(text);
  }
}

/** Whether a rule of the gate has refused something in this session. */
function hasRefused({ session }: Robot, ruleName: string): boolean {
  const { events } = session.recorder.log;
  for (let k = 0; k < events.length; k++) {
    const { kind, text } = events.at(k);
    if (kind === "refused" && text.startsWith(ruleName)) return true;
  }
  return false;
}
