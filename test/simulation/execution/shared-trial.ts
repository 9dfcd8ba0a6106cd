import { sha256 } from "../../../src/base/hash.ts";
import type { Prng } from "../../../src/base/prng.ts";
import { secondMs } from "../../../src/base/time.ts";
import { Exchange } from "../../../src/emulator/exchange/exchange.ts";
import type { BrokerCapabilities } from "../../../src/ports/broker-connection.ts";
import { SharedAccount } from "../../../src/robot/account/shared-account.ts";
import { sessionOf } from "../../../src/robot/client-order-id.ts";
import type { RobotEnd } from "../../../src/robot/robot-types.ts";
import { BookPromises } from "./book-promises.ts";
import { Coverage } from "./coverage.ts";
import { lookAtEnd } from "./end-promises.ts";
import { ExchangeSide } from "./exchange-side.ts";
import { drawFaults, noLinkFaults, type Mishap } from "./faults.ts";
import { FaultyLink, type LinkEnds, type Roads } from "./faulty-link.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { happen, mend, type MishapParts } from "./mishaps.ts";
import { BrokenPromises } from "./promises.ts";
import { RobotLife } from "./robot-life.ts";
import { SeatView } from "./seat-view.ts";
import { SendPromises } from "./send-promises.ts";
import { calmSlice, cash, sliceMs, slices, startMs, symbols, tapeOf } from "./small-market.ts";
import type { Outcome, TrialOptions } from "./trial.ts";
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
import { VirtualWorld } from "./virtual-world.ts";

/** What each session may use of the account. */
const shares = [0.5, 0.3];
/** Of what a person or another session does there is no telling whose it is to be. */
const notShared = new Set<Mishap>([
  "manual trade",
  "manual trade while away",
  "overfill",
  "second robot",
  "kill switch",
  "another session",
]);

/** One of the sessions, with what it is held to. */
type Sitter = {
  readonly tag: string;
  readonly disk: MemoryDisk;
  readonly venue: SeatView;
  readonly sends: SendPromises;
  readonly books: BookPromises;
  life: RobotLife | null;
  looked: number;
};

/**
 * One seed of an account that two strategies share, in one process over one line: each must keep, with what is its own, what a
 * robot keeps that has the account for itself.
 */
export class SharedTrial {
  readonly seed: number;
  private readonly world: VirtualWorld;
  private readonly prng: Prng;
  private readonly venue: ExchangeSide;
  private readonly exchange: Exchange;
  private readonly roads: Roads;
  private readonly coverage = new Coverage();
  private readonly broken: BrokenPromises;
  private readonly options: TrialOptions;
  private readonly trading: MishapParts["trading"] = {
    state: { state: "active", reason: "" },
    closing: null,
  };
  private readonly lock: { holder: RobotLife["process"] | null } = { holder: null };
  private readonly reach: BrokerCapabilities;
  private readonly sitters: readonly Sitter[];
  private lives = 0;
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
    const there = openVenue(world, this.prng, { seed, leverage: 6, quantityMax: undefined });
    this.exchange = there.exchange;
    this.venue = there.venue;
    this.reach = there.capabilities;
    this.roads = openRoads(plan.link);
    this.broken = new BrokenPromises(world);
    this.sitters = shares.map((share, k) => this.sitter(`seat${k}`, share));
    this.venue.listen({
      onFill: ({ symbol, side, quantity, price }) => {
        this.fills += 1;
        this.tell(`fill ${side} ${quantity} ${symbol} at ${price}`);
      },
      onOrder: ({ clientOrderId, status }) => this.tell(`order ${clientOrderId} ${status}`),
    });
    this.planSlices();
    for (const mishap of [...plan.mishaps, ...plan.later].filter((one) => !notShared.has(one)))
      world.after((5 + this.prng.integer(calmSlice - 10)) * sliceMs + this.prng.integer(sliceMs), () => {
        this.tell(`mishap: ${mishap}`);
        happen(mishap, this.mishapParts());
      });
    world.after(calmSlice * sliceMs, () => {
      this.tell("mended");
      this.roads.faults = noLinkFaults;
      for (const { disk } of this.sitters) disk.state = "healthy";
      mend(this.mishapParts());
    });
    this.boot();
  }

  /** Lets one event happen and looks at what it did; false when the trial is over. */
  step(): boolean {
    for (const sitter of this.sitters)
      if (sitter.life !== null && sitter.life.feed.taken !== sitter.looked) {
        sitter.looked = sitter.life.feed.taken;
        sitter.books.look();
      }
    if (this.broken.list.length > 0) return false;
    if (!this.isDone && this.world.step(endMs + 2 * restMs)) return true;
    this.isDone = true;
    return false;
  }

  /** How it went, once it is over. */
  outcome(): Outcome {
    const { seed, coverage, orders, fills } = this;
    const hash = sha256(this.story.join("\n"));
    return { seed, broken: this.broken.list, coverage, hash, orders, fills, events: this.world.steps };
  }

  private sitter(tag: string, share: number): Sitter {
    const { world, broken, coverage } = this;
    const venue = new SeatView(this.venue, tag);
    const disk = new MemoryDisk(world.prng.fork(`disk ${tag}`));
    const sends = new SendPromises({
      world,
      venue,
      disk,
      demands,
      tradingState: () => this.trading.state,
      lastPrice: (symbol) => this.exchange.lastPrice(symbol),
      broken,
      coverage,
    });
    const books = new BookPromises(venue, sends, broken, cash * share);
    return { tag, disk, venue, sends, books, life: null, looked: 0 };
  }

  private planSlices(): void {
    for (let row = 0; row < slices; row++)
      this.world.after((row + 1) * sliceMs, () => {
        this.exchange.advance();
        for (const { books } of this.sitters) books.lookAtProtection((symbol) => this.isHindered(symbol));
        this.world.after(1 + this.prng.integer(400), () => {
          for (const { life } of this.sitters) life?.arrive(row);
        });
      });
    this.world.after(slices * sliceMs + restMs, () => void this.end());
  }

  private isHindered(symbol: string): boolean {
    return mayBeBare(symbol, this.roads, this.trading.state, this.world.nowMs);
  }

  /** One process, one line, and a robot on each seat; they begin together. */
  private boot(): void {
    if (this.isDone) return;
    this.lives += 1;
    const { world, venue, roads, coverage, reach } = this;
    const process = world.process(`process ${this.lives}`);
    this.tell(`${process.name} starts`);
    const ends = this.linkEnds();
    const link = new FaultyLink({ world, process, venue, roads, coverage, capabilities: reach, ...ends });
    const plans = this.sitters.map(({ tag }, k) => ({ tag, share: shares[k]!, symbols: [...symbols] }));
    const account = new SharedAccount(link, plans);
    this.lock.holder = process;
    for (const [k, sitter] of this.sitters.entries()) {
      sitter.looked = 0;
      sitter.life = this.newLife(sitter, { process, link, seat: account.seats[k]! });
    }
    for (const { life } of this.sitters) life?.start();
  }

  private newLife(
    sitter: Sitter,
    shared: { process: RobotLife["process"]; link: FaultyLink; seat: SharedAccount["seats"][number] },
  ) {
    const { seed, world, venue, roads, coverage, broken, lock, reach } = this;
    const { tag, disk, sends, books } = sitter;
    const strategySeed = seed + 1_000_003 * this.sitters.indexOf(sitter);
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
        capabilities: reach,
        lock,
        shared,
        identity: { tag, strategySeed, isEarlier: () => false },
        startRobot: this.options.startRobot,
        sendsMax: demands.sends,
        collar: demands.collar,
        tradingState: () => this.trading.state,
        onSent: ({ side, quantity, symbol, clientOrderId, terms }) => {
          this.orders += 1;
          this.tell(`${tag} sends ${side} ${quantity} ${symbol} (${clientOrderId}) ${JSON.stringify(terms)}`);
        },
        tell: (text) => this.tell(text),
        onStarted: (started) => this.started(started, shared.seat),
        onEnd: (_, how) => this.ended(tag, how),
        onIncident: ({ kind, message }) => this.tell(`${tag} incident: ${kind}: ${message}`),
      },
      tag,
    );
    const row = Math.floor((world.nowMs - startMs) / sliceMs) - 1;
    if (row >= 0) life.arrive(row);
    return life;
  }

  /** What goes over the line belongs to the session that the order is named after; the process dies with the first. */
  private linkEnds(): LinkEnds {
    const [first] = this.sitters as readonly [Sitter];
    const of = (clientOrderId: string): Sitter | undefined =>
      this.sitters.find(({ tag }) => tag === sessionOf(clientOrderId));
    return {
      watch: {
        submitted: (order) => of(order.clientOrderId)?.life?.ends.watch.submitted(order),
        // Of what a process has sent before it died, too.
        touched: (id) => of(id)?.sends.touched(id),
        swallowed: (id) => of(id)?.sends.swallowed(id),
        lost: (id) => of(id)?.sends.gone.add(id),
        told: (text) => this.tell(text),
      },
      survives: () => first.life?.ends.survives() ?? false,
      survivesSend: () => first.life?.ends.survivesSend() ?? false,
      onFillHeard: () => first.life?.ends.onFillHeard(),
    };
  }

  private started(life: RobotLife, seat: SharedAccount["seats"][number]): void {
    seat.begin(life.robot!);
    this.tell(`${seat.plan.tag} runs`);
    if (this.lives > 1) lookAtJournal(life, 19, this.broken);
  }

  /** With one of them the process ends, and whoever runs it starts it again. */
  private ended(tag: string, how: RobotEnd | { readonly kind: "killed" }): void {
    this.tell(`${tag} ends: ${how.kind} ${how.kind === "failed" ? String(how.error) : ""}`);
    if (this.isStopping || this.sitters.some(({ life }) => life === null)) return;
    const isCrash = how.kind === "failed" || this.prng.next() < 0.5;
    for (const sitter of this.sitters) {
      const { life } = sitter;
      sitter.life = null;
      life!.kill();
      if (isCrash) sitter.disk.crash();
    }
    this.world.after(500 + this.prng.integer(restartMsMax), () => this.boot());
  }

  private async end(): Promise<void> {
    this.isStopping = true;
    const { broken, venue } = this;
    for (const { venue: view, books, sends, life } of this.sitters)
      lookAtEnd({ venue: view, books, sends, broken, life, changed: new Set() });
    for (const symbol of symbols) {
      const sum = this.sitters.reduce((total, sitter) => total + sitter.venue.held(symbol), 0);
      if (Math.abs(sum - venue.held(symbol)) > 1e-9)
        broken.say(20, `the sessions hold ${sum} ${symbol}, and the account ${venue.held(symbol)}`);
    }
    for (const { life } of this.sitters) {
      if (life?.robot == null) return;
      this.story.push(life.robot.status().decisionsHash);
      if (this.seed % 4 === 0) lookAtJournal(life, 18, broken);
    }
    for (const { life } of this.sitters) await life!.robot!.stop();
  }

  private mishapParts(): MishapParts {
    const { world, prng, venue, roads, coverage, trading, broken } = this;
    const [first] = this.sitters as readonly [Sitter];
    const { disk, sends } = first;
    return {
      world,
      prng,
      venue,
      disk,
      roads,
      coverage,
      sends,
      trading,
      broken,
      closeAccount: undefined,
      life: () => first.life,
      startSecond: () => {},
      startOther: () => {},
    };
  }

  private tell(line: string): void {
    const text = `${((this.world.nowMs - startMs) / secondMs).toFixed(3)} ${line}`;
    this.story.push(text);
    this.options.tell?.(text);
  }
}
