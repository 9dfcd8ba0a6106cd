import type {
  AccountSnapshot,
  Acknowledgement,
  BrokerCapabilities,
  BrokerConnection,
  BrokerListener,
  LineState,
  OpenOrders,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueOrderRequest,
} from "../../../src/ports/broker-connection.ts";
import type { Prng } from "../../../src/base/prng.ts";
import type { Coverage, Scenario } from "./coverage.ts";
import type { LinkFaults } from "./faults.ts";
import type { VenueSide } from "./venue-side.ts";
import type { Process, VirtualWorld } from "./virtual-world.ts";

/** After so long without an answer the client of a venue gives up; the robot is less patient. */
const timeoutMs = 8_000;
const delayMsMax = 150;
const lateMsMax = 8_000;

/** What the whole world knows about the roads to the venue: they change for all who use them. */
export type Roads = {
  faults: LinkFaults;
  /** Every order is refused. */
  isStorm: boolean;
  /** The venue takes no orders: its market is closed. */
  isClosed: boolean;
  /** When it opened again, or the ban ended. */
  openedMs: number;
  /** Nothing that is sent is taken, and no question is answered. */
  isBanned: boolean;
  /** Nothing about this symbol is answered. */
  failingSymbol: string | null;
  /** The venue has forgotten orders that were over at this moment. */
  forgottenAtMs: number;
};

/** Who is told what a robot sends at the moment when it sends it. */
export type SendWatch = {
  submitted(order: VenueOrderRequest): void;
  /** It asks to cancel or to change the order of this name. */
  touched(clientOrderId: string): void;
  /** What was sent about this order did not come through, or nobody knows whether it did. */
  swallowed(clientOrderId: string): void;
  /** What was sent under this name will not be at the venue. */
  lost(clientOrderId: string): void;
  /** Something else was sent, or an answer has come: for people. */
  told(text: string): void;
};

export type LinkParts = {
  readonly world: VirtualWorld;
  readonly process: Process;
  readonly venue: VenueSide;
  readonly roads: Roads;
  readonly coverage: Coverage;
  readonly capabilities: BrokerCapabilities;
} & LinkEnds;

/** Whom a link tells what goes over it, and whom it asks whether there is anybody to send. */
export type LinkEnds = {
  readonly watch: SendWatch;
  /** Called before anything goes out: the process may die here. Returns whether it lives. */
  readonly survives: () => boolean;
  /** The same before an order goes out. */
  readonly survivesSend: () => boolean;
  /** Called when a fill has been handed over. */
  readonly onFillHeard: () => void;
};

/** One message to the venue, and what it counts as when something befalls it. */
type Letter = {
  /** Name of the order that it is about. */
  readonly about: string;
  readonly symbol: string;
  readonly act: () => Acknowledgement;
  readonly onLost?: () => void;
  readonly whenDead?: Scenario;
  readonly answerLost: Scenario;
  readonly requestLost: Scenario;
};

const never = new Promise<never>(() => {});

/** The connection of one process to the venue, over roads that lose, double, delay and mix up what they carry. */
export class FaultyLink implements BrokerConnection {
  readonly accountName = "SIM-1";
  readonly capabilities: BrokerCapabilities;
  line: LineState;
  private readonly parts: LinkParts;
  private readonly prng: Prng;
  private listener: BrokerListener | null = null;
  private unlisten: () => void = () => {};
  isSilent = false;
  /** By client order id: when it was sent first, and whether an answer has come. */
  private readonly sentAtMs = new Map<string, number>();
  private readonly answered = new Set<string>();
  private readonly fillsTold = new Set<string>();
  private readonly newestTold = new Map<string, number>();

  constructor(parts: LinkParts) {
    this.parts = parts;
    this.capabilities = parts.capabilities;
    this.prng = parts.world.prng.fork(`link ${parts.process.name}`);
    this.line = { kind: "closed", atMs: parts.world.nowMs };
  }

  open(listener: BrokerListener, signal: AbortSignal): Promise<void> {
    return this.exchange(
      () => {
        if (signal.aborted) return;
        this.listener = listener;
        this.unlisten = this.parts.venue.listen({
          onOrder: (order) => this.tell(() => this.hearOrder(order)),
          onFill: (fill) => this.tell(() => this.hearFill(fill)),
        });
      },
      () => this.setLine({ kind: "live", atMs: this.nowMs }),
    );
  }

  /** The line goes down and comes back; what happens meanwhile is not told. */
  disconnect(spanMs: number): void {
    if (this.line.kind !== "live") return;
    this.setLine({ kind: "down", atMs: this.nowMs, reason: "connection reset" });
    this.parts.world.after(
      spanMs,
      () => this.line.kind === "down" && this.setLine({ kind: "live", atMs: this.nowMs }),
      this.parts.process,
    );
  }

  /** The line looks well and tells nothing. */
  fallSilent(spanMs: number): void {
    this.isSilent = true;
    this.hit(37);
    this.parts.world.after(spanMs, () => (this.isSilent = false));
  }

  /** Line and events are as they should be. */
  comeBack(): void {
    this.isSilent = false;
    if (this.line.kind === "down") this.setLine({ kind: "live", atMs: this.nowMs });
  }

  submit(order: VenueOrderRequest): Promise<Acknowledgement> {
    if (!this.parts.survivesSend()) {
      this.hit(49);
      return never;
    }
    const { watch } = this.parts;
    watch.submitted(order);
    const id = order.clientOrderId;
    if (!this.sentAtMs.has(id)) this.sentAtMs.set(id, this.nowMs);
    const refusal = this.refusalOf(order);
    const promise = this.send({
      about: id,
      symbol: order.symbol,
      act: () => this.arrive(order, refusal),
      onLost: () => watch.lost(id),
      whenDead: 50,
      answerLost: 1,
      requestLost: 2,
    });
    return promise.then((answer) => {
      this.answered.add(id);
      if (answer.kind !== "accepted") watch.told(`${id} ${answer.kind}: ${answer.reason}`);
      return answer;
    });
  }

  cancel(clientOrderId: string, symbol: string): Promise<Acknowledgement> {
    if (!this.parts.survives()) return never;
    const { venue, watch } = this.parts;
    watch.told(`cancel ${clientOrderId}`);
    watch.touched(clientOrderId);
    if (!this.answered.has(clientOrderId) && this.sentAtMs.has(clientOrderId)) this.hit(26);
    return this.send({
      about: clientOrderId,
      symbol,
      act: this.lateOr(24, clientOrderId, () => this.cancelNow(clientOrderId), venue),
      answerLost: 22,
      requestLost: 22,
    });
  }

  modify(order: VenueOrderRequest): Promise<Acknowledgement> {
    if (!this.parts.survives()) return never;
    const { venue, watch } = this.parts;
    watch.told(`change ${order.clientOrderId} to ${order.quantity} ${JSON.stringify(order.terms)}`);
    watch.touched(order.clientOrderId);
    return this.send({
      about: order.clientOrderId,
      symbol: order.symbol,
      act: this.lateOr(25, order.clientOrderId, () => this.modifyNow(order), venue),
      answerLost: 3,
      requestLost: 3,
    });
  }

  async cancelAll(): Promise<Acknowledgement> {
    const open = await this.openOrders();
    if (open.kind === "unknown") return open;
    const answers = await Promise.all(
      open.orders.map(async ({ clientOrderId, symbol }) => this.cancel(clientOrderId ?? "", symbol)),
    );
    const refused = answers.filter(({ kind }) => kind !== "accepted").length;
    if (refused > 0) this.hit(27);
    return (
      answers.find(({ kind }) => kind !== "accepted") ?? {
        kind: "accepted",
        venueOrderId: "",
        venueTimeMs: this.nowMs,
      }
    );
  }

  account(): Promise<AccountSnapshot> {
    return this.question(57, null, () => this.parts.venue.account());
  }

  openOrders(): Promise<OpenOrders> {
    const { roads, venue } = this.parts;
    return this.question(67, null, (): OpenOrders => {
      if (this.happens(roads.faults.listCut)) {
        this.hit(67);
        return { kind: "unknown", reason: "page 2 of 3 did not come" };
      }
      return { kind: "whole", orders: venue.openOrders() };
    });
  }

  order(clientOrderId: string, symbol: string): Promise<VenueOrder | null> {
    return this.question(73, symbol, () => {
      const { roads, venue } = this.parts;
      const found = venue.order(clientOrderId);
      if (found === null) return null;
      const sentMs = this.sentAtMs.get(clientOrderId) ?? -Infinity;
      if (this.nowMs < sentMs + roads.faults.invisibleMs) {
        this.hit(6);
        return null;
      }
      if (isOver(found) && found.venueTimeMs <= roads.forgottenAtMs) {
        this.hit(54);
        return null;
      }
      return found;
    });
  }

  fillsSince(sinceMs: number): Promise<readonly VenueFill[]> {
    return this.question(73, null, () => this.parts.venue.fillsSince(sinceMs));
  }

  instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]> {
    return this.question(73, null, () => this.parts.venue.instruments(symbols));
  }

  timeMs(): Promise<number> {
    return this.question(73, null, () => this.nowMs);
  }

  isMarketOpen(symbol: string): Promise<boolean> {
    return this.question(73, symbol, () => this.parts.venue.isOpen(symbol));
  }

  async close(): Promise<void> {
    this.unlisten();
    if (this.line.kind !== "closed") this.setLine({ kind: "closed", atMs: this.nowMs });
    await Promise.resolve();
  }

  /** Nobody listens any more: the process is dead. */
  cut(): void {
    this.unlisten();
    this.listener = null;
  }

  private get nowMs(): number {
    return this.parts.world.nowMs;
  }

  private happens(share: number): boolean {
    return share > 0 && this.prng.next() < share;
  }

  private hit(scenario: Scenario): void {
    this.parts.coverage.hit(scenario);
  }

  private setLine(line: LineState): void {
    this.line = line;
    this.listener?.onLine(line);
  }

  /** Why this order is refused on its way; null when it goes through. */
  private refusalOf(order: VenueOrderRequest): Acknowledgement | null {
    const { roads } = this.parts;
    const { faults } = roads;
    if (roads.isBanned) return this.refuse(11, "rate_limited", "418: access too frequent");
    if (roads.isClosed) return this.refuse(48, "session_closed", "the market is closed");
    if (roads.isStorm) return this.refuse(13, "other", "internal risk control");
    if (this.happens(faults.rateLimited)) return this.refuse(10, "rate_limited", "429: too many requests");
    if (this.happens(faults.unavailable))
      return this.refuse(10, "unavailable", "matching engine is starting");
    if (!order.reduceOnly && this.happens(faults.noMoney))
      return this.refuse(9, "buying_power", "insufficient balance");
    if (order.reduceOnly && order.terms.type !== "market" && this.happens(faults.stopRefused))
      return this.refuse(18, "other", "stop orders are not accepted at the moment");
    return null;
  }

  private refuse(
    scenario: Scenario,
    code: Extract<Acknowledgement, { kind: "rejected" }>["code"],
    reason: string,
  ): Acknowledgement {
    this.hit(scenario);
    return { kind: "rejected", code, reason };
  }

  private arrive(order: VenueOrderRequest, refusal: Acknowledgement | null): Acknowledgement {
    const { venue, world, roads, watch } = this.parts;
    if (venue.isReached(order)) this.hit(20);
    const answer = refusal ?? venue.submit(order);
    if (answer.kind === "rejected" && answer.code !== "doubled_id") watch.lost(order.clientOrderId);
    if (answer.kind === "accepted" && this.happens(roads.faults.refusedLate))
      world.after(this.delay(0), () => venue.refuseLate(order.clientOrderId) && this.hit(8));
    if (answer.kind === "rejected" && answer.code === "nothing_to_reduce") this.hit(75);
    if (answer.kind === "rejected" && answer.code === "tick_size") this.hit(79);
    return answer;
  }

  private modifyNow(order: VenueOrderRequest): Acknowledgement {
    if (this.parts.roads.isBanned) return this.refuse(11, "rate_limited", "418: access too frequent");
    return this.parts.venue.modify(order);
  }

  private cancelNow(clientOrderId: string): Acknowledgement {
    const { roads } = this.parts;
    if (roads.isBanned) return this.refuse(11, "rate_limited", "418: access too frequent");
    if (this.happens(roads.faults.cancelLimited))
      return this.refuse(10, "rate_limited", "429: too many cancels");
    const answer = this.parts.venue.cancel(clientOrderId);
    if (answer.kind !== "rejected") return answer;
    const order = this.parts.venue.order(clientOrderId);
    if (order?.status === "filled") {
      this.hit(21);
      this.hit(23);
    }
    return answer;
  }

  /**
   * Some cancels and changes are taken at once and acted on much later, when nobody tells how it went. Of a message that is handed over
   * twice both are acted on then: a second one that comes by itself, half a minute after the first was confirmed, no program could tell.
   */
  private lateOr(
    scenario: Scenario,
    clientOrderId: string,
    act: () => Acknowledgement,
    venue: VenueSide,
  ): () => Acknowledgement {
    let lateMs: number | null = null;
    let isFirst = true;
    return () => {
      const order = venue.order(clientOrderId);
      if (order === null || isOver(order)) return act();
      if (isFirst && this.happens(this.parts.roads.faults.actsLate)) {
        this.hit(scenario);
        lateMs = this.prng.integer(30_000);
      }
      isFirst = false;
      if (lateMs === null) return act();
      this.parts.world.after(lateMs, act);
      return { kind: "accepted", venueOrderId: order.venueOrderId, venueTimeMs: this.nowMs };
    };
  }

  /** One message there and its answer back. Never rejects. */
  private send(letter: Letter): Promise<Acknowledgement> {
    const { about, symbol, act, onLost, whenDead, answerLost, requestLost } = letter;
    const { world, process, roads } = this.parts;
    const { faults } = roads;
    return new Promise((resolve) => {
      const answer = (value: Acknowledgement, spanMs: number) => {
        const isLimited = value.kind === "rejected" && value.code === "rate_limited";
        if (value.kind === "unknown" || isLimited) this.parts.watch.swallowed(about);
        world.after(spanMs, () => resolve(value), process);
      };
      if (this.line.kind === "down") {
        this.hit(73);
        onLost?.();
        return answer({ kind: "unknown", reason: "no connection" }, 1);
      }
      if (this.happens(faults.requestLost) || roads.failingSymbol === symbol) {
        this.hit(roads.failingSymbol === symbol ? 85 : requestLost);
        onLost?.();
        return answer({ kind: "unknown", reason: "timeout" }, timeoutMs);
      }
      world.after(this.delay(0), () => {
        let value = act();
        if (this.happens(faults.sentTwice)) {
          const second = act();
          if (second.kind === "rejected" && second.code === "doubled_id") this.hit(5);
          value = second;
        }
        if (process.isDead && whenDead !== undefined) this.hit(whenDead);
        if (this.happens(faults.broken)) {
          this.hit(this.prng.next() < 0.5 ? 3 : 4);
          return answer({ kind: "unknown", reason: "502: <html>" }, this.delay(0));
        }
        if (this.happens(faults.answerLost) || this.line.kind === "down") {
          if (value.kind === "accepted") this.hit(answerLost);
          return answer({ kind: "unknown", reason: "timeout" }, timeoutMs);
        }
        answer(value, this.delay(faults.answerLate));
      });
    });
  }

  /** A question: it rejects when no answer comes. */
  private question<T>(onFailure: Scenario, symbol: string | null, ask: () => T): Promise<T> {
    if (!this.parts.survives()) return never;
    const { roads } = this.parts;
    const isFailing =
      this.line.kind === "down" ||
      roads.isBanned ||
      this.happens(roads.faults.questionFails) ||
      (symbol !== null && symbol === roads.failingSymbol);
    if (!isFailing) return this.exchange(ask, (value) => value);
    this.hit(onFailure);
    return new Promise((_, reject) => {
      this.parts.world.after(this.delay(0), () => reject(new Error("no answer")), this.parts.process);
    });
  }

  private exchange<T, R>(act: () => T, settle: (value: T) => R): Promise<R> {
    const { world, process, roads } = this.parts;
    return new Promise((resolve) => {
      world.after(this.delay(0), () => {
        const value = act();
        world.after(this.delay(roads.faults.answerLate), () => resolve(settle(value)), process);
      });
    });
  }

  /** Brings an event to whoever listens, or loses it, or brings it twice. */
  private tell(deliver: () => void): void {
    const { world, process, roads } = this.parts;
    const { faults } = roads;
    if (process.isDead || this.isSilent) return;
    if (this.line.kind === "down") return this.hit(31);
    if (this.happens(faults.eventLost)) return this.hit(31);
    world.after(this.delay(faults.eventLate), deliver, process);
    if (this.happens(faults.eventTwice)) world.after(this.delay(faults.eventLate), deliver, process);
  }

  private hearOrder(order: VenueOrder): void {
    const before = this.newestTold.get(order.venueOrderId) ?? -Infinity;
    if (order.venueTimeMs < before) this.hit(30);
    this.newestTold.set(order.venueOrderId, Math.max(before, order.venueTimeMs));
    this.listener?.onOrder(order);
  }

  private hearFill(fill: VenueFill): void {
    const { clientOrderId } = fill;
    if (this.fillsTold.has(fill.fillId)) this.hit(28);
    this.fillsTold.add(fill.fillId);
    if (clientOrderId === null) this.hit(36);
    else if (this.sentAtMs.has(clientOrderId) && !this.answered.has(clientOrderId)) this.hit(7);
    this.listener?.onFill({ ...fill, receivedAtMs: this.nowMs });
    this.parts.onFillHeard();
  }

  private delay(late: number): number {
    const isLate = this.happens(late);
    return 1 + this.prng.integer(isLate ? lateMsMax : delayMsMax);
  }
}

function isOver({ status }: VenueOrder): boolean {
  return status === "filled" || status === "canceled" || status === "rejected" || status === "expired";
}
