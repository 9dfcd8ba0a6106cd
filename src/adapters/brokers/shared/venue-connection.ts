import { KiwiError } from "../../../base/errors.ts";
import type { Prng } from "../../../base/prng.ts";
import { minuteMs, secondMs } from "../../../base/time.ts";
import type { StreamState } from "../../../ports/bar-source.ts";
import type {
  AccountSnapshot,
  Acknowledgement,
  BrokerCapabilities,
  BrokerConnection,
  BrokerFinding,
  BrokerListener,
  LineState,
  OpenOrders,
  VenueFill,
  VenueInstrument,
  VenueOrder,
  VenueOrderRequest,
  Urgency,
} from "../../../ports/broker-connection.ts";
import type { Clock } from "../../../ports/clock.ts";
import { StreamConnection } from "../../shared/stream-connection.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import { lineNotUp, settingRefused } from "./broker-errors.ts";
import { checkRequest } from "./check-request.ts";
import { refusal, textOf } from "./order-caller.ts";

/** What a message of a venue's stream says. */
export type VenueEvent =
  /** Signed in and subscribed. */
  | { readonly kind: "ready" }
  /** The line lives, and nothing else is said. */
  | { readonly kind: "alive" }
  | { readonly kind: "order"; readonly order: VenueOrder }
  | { readonly kind: "fill"; readonly fill: VenueFill }
  /** It may have said something about an order: what, has to be asked for. */
  | { readonly kind: "unreadable"; readonly reason: string }
  /** The venue will not have us. */
  | { readonly kind: "refused"; readonly error: KiwiError };

/** What is found out by signing in. */
export type Inspection = { readonly accountName: string; readonly findings: readonly BrokerFinding[] };

/** What a venue must say about itself; `VenueConnection` adds everything that is the same for all. */
export type VenueParts = {
  readonly venue: string;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly capabilities: BrokerCapabilities;
  /** Brings the account to the wanted settings, where a configuration names them. */
  readonly adjust?: () => Promise<void>;
  /** Looks at key, account and settings. Rejects where the key is refused. */
  readonly inspect: () => Promise<Inspection>;
  readonly openWire: (events: WireEvents) => Wire;
  readonly interpret: (message: unknown) => readonly VenueEvent[];
  /** Asks the venue over the wire whether it is there; an answer of any kind counts. */
  readonly ping: (wire: Wire) => void;
  readonly staleAfterMs: number;
  /** What has to be right before an order of a symbol may go: settings are set and read back. */
  readonly prepare?: (symbol: string) => Promise<void>;
  readonly submit: (order: VenueOrderRequest, urgency: Urgency) => Promise<Acknowledgement>;
  readonly cancel: (clientOrderId: string, symbol: string) => Promise<Acknowledgement>;
  readonly modify: (order: VenueOrderRequest, urgency: Urgency) => Promise<Acknowledgement>;
  readonly cancelAll: () => Promise<Acknowledgement>;
  readonly account: () => Promise<AccountSnapshot>;
  /** Rejects where not every list and every page could be read. */
  readonly openOrders: () => Promise<readonly VenueOrder[]>;
  readonly order: (clientOrderId: string, symbol: string) => Promise<VenueOrder | null>;
  readonly fillsSince: (sinceMs: number) => Promise<readonly VenueFill[]>;
  readonly instruments: (symbols: readonly string[]) => Promise<readonly VenueInstrument[]>;
  readonly timeMs: () => Promise<number>;
  readonly isMarketOpen: (symbol: string) => Promise<boolean>;
  /** How coarse the times of fills are: one of the same step may be younger than it says. 0 where nothing is said. */
  readonly fillTimeStepMs?: number;
  /** Ends what questions have opened besides the stream. */
  readonly hangUp?: () => void;
};

/** What may have been on its way when the line broke. */
const overlapMs = 2 * minuteMs;
const openMsMax = 60 * secondMs;
/** Fills that were told, so that a reconnect does not tell them again. */
const toldMax = 50_000;
const refusingCodes = new Set(["BROKER_KEY_REFUSED", "BROKER_MODE_MISMATCH"]);

/**
 * A connection out of a venue's parts: one life of the line, one set of refusals, and what was missed while the line was
 * down is asked for and told before it counts as live again.
 */
export class VenueConnection implements BrokerConnection {
  readonly capabilities: BrokerCapabilities;
  accountName = "";
  line: LineState;
  private readonly parts: VenueParts;
  private readonly told = new Set<string>();
  private listener: BrokerListener | null = null;
  private stream: StreamConnection | null = null;
  private wire: { readonly wire: Wire; readonly events: WireEvents } | null = null;
  private isSignedIn = false;
  /** Our clock when the line was last known to be alive. */
  private aliveMs = 0;
  private settleOpen: ((error: KiwiError | null) => void) | null = null;

  constructor(parts: VenueParts) {
    this.parts = parts;
    this.capabilities = parts.capabilities;
    this.line = { kind: "closed", atMs: parts.clock.nowMs() };
  }

  async open(listener: BrokerListener, signal: AbortSignal): Promise<void> {
    const { venue, clock, prng, staleAfterMs } = this.parts;
    this.listener = listener;
    this.setLine({ kind: "connecting", atMs: clock.nowMs() });
    signal.throwIfAborted();
    try {
      this.accountName = await Promise.race([this.signIn(), abortOf(signal)]);
      signal.throwIfAborted();
      this.isSignedIn = true;
      const standing = this.untilStanding(signal);
      this.stream = new StreamConnection({
        clock,
        prng,
        staleAfterMs,
        isQuiet: () => false,
        openWire: (events) => this.openWire(events),
        onMessage: (message) => this.hear(message),
        onLive: () => [],
        onState: (state) => this.onState(state),
        onWatch: () => this.wire !== null && this.parts.ping(this.wire.wire),
      });
      this.stream.open();
      const error = await standing;
      if (error !== null) throw error;
    } catch (error) {
      this.end(
        error instanceof KiwiError && refusingCodes.has(error.parts.code)
          ? { kind: "refused", atMs: clock.nowMs(), reason: error.parts.message }
          : { kind: "closed", atMs: clock.nowMs() },
      );
      // Whoever has given up hears that, and not what became of the last try.
      signal.throwIfAborted();
      throw error instanceof Error ? error : lineNotUp(venue, textOf(error));
    }
  }

  async inspect(): Promise<readonly BrokerFinding[]> {
    const { accountName, findings } = await this.asking(() => this.parts.inspect());
    this.accountName = accountName;
    return findings;
  }

  submit(order: VenueOrderRequest, urgency: Urgency = "usual"): Promise<Acknowledgement> {
    return this.sendOrder(order, () => this.parts.submit(order, urgency));
  }

  modify(order: VenueOrderRequest, urgency: Urgency = "usual"): Promise<Acknowledgement> {
    if (!this.capabilities.modify)
      return Promise.resolve(
        refusal("other", `not sent: ${this.parts.venue} changes no orders; cancel and send anew`),
      );
    return this.sendOrder(order, () => this.parts.modify(order, urgency));
  }

  cancel(clientOrderId: string, symbol: string): Promise<Acknowledgement> {
    return this.sending(() => this.parts.cancel(clientOrderId, symbol));
  }

  cancelAll(): Promise<Acknowledgement> {
    return this.sending(() => this.parts.cancelAll());
  }

  account(): Promise<AccountSnapshot> {
    return this.asking(() => this.parts.account());
  }

  async openOrders(): Promise<OpenOrders> {
    try {
      return { kind: "whole", orders: await this.asking(() => this.parts.openOrders()) };
    } catch (error) {
      if (!(error instanceof KiwiError)) throw error;
      return { kind: "unknown", reason: error.parts.message };
    }
  }

  order(clientOrderId: string, symbol: string): Promise<VenueOrder | null> {
    return this.asking(() => this.parts.order(clientOrderId, symbol));
  }

  async fillsSince(sinceMs: number): Promise<readonly VenueFill[]> {
    const fills = await this.asking(() => this.parts.fillsSince(sinceMs));
    const once = new Map(fills.map((fill) => [fill.fillId, fill]));
    const { fillTimeStepMs = 0 } = this.parts;
    return [...once.values()]
      .filter((fill) => fill.venueTimeMs >= sinceMs || fill.venueTimeMs + fillTimeStepMs > sinceMs)
      .sort((a, b) => a.venueTimeMs - b.venueTimeMs);
  }

  instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]> {
    return this.asking(() => this.parts.instruments(symbols));
  }

  timeMs(): Promise<number> {
    return this.asking(() => this.parts.timeMs());
  }

  isMarketOpen(symbol: string): Promise<boolean> {
    return this.asking(() => this.parts.isMarketOpen(symbol));
  }

  async close(): Promise<void> {
    this.parts.hangUp?.();
    if (this.line.kind === "closed") return;
    this.end({ kind: "closed", atMs: this.parts.clock.nowMs() });
  }

  /** The key was refused while something else was done: nobody tries again by himself. */
  readonly refuse = (error: KiwiError): void => {
    if (this.line.kind === "refused" || this.line.kind === "closed") return;
    this.end({ kind: "refused", atMs: this.parts.clock.nowMs(), reason: error.parts.message });
    this.settleOpen?.(error);
  };

  /** The account that we are let into. */
  private async signIn(): Promise<string> {
    await this.parts.adjust?.();
    const { accountName, findings } = await this.parts.inspect();
    const unfit = findings.find(({ isFit }) => !isFit);
    if (unfit !== undefined) throw settingRefused(this.parts.venue, unfit);
    return accountName;
  }

  private untilStanding(signal: AbortSignal): Promise<KiwiError | null> {
    const { venue, clock } = this.parts;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        cancel();
        reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
      };
      const cancel = clock.schedule(openMsMax, () =>
        this.settleOpen?.(
          lineNotUp(venue, this.line.kind === "down" ? this.line.reason : "it did not answer"),
        ),
      );
      signal.addEventListener("abort", onAbort, { once: true });
      this.settleOpen = (error) => {
        this.settleOpen = null;
        cancel();
        signal.removeEventListener("abort", onAbort);
        resolve(error);
      };
    });
  }

  private openWire(events: WireEvents): Wire {
    const wire = this.parts.openWire(events);
    this.wire = { wire, events };
    return wire;
  }

  private onState(state: StreamState): void {
    const { clock } = this.parts;
    if (state.kind === "reconnecting") {
      this.wire = null;
      this.setLine({ kind: "down", atMs: clock.nowMs(), reason: state.reason });
    }
    if (state.kind === "live") void this.becomeLive();
  }

  /** The first time there is nothing to catch up with; later, what was missed is told first. */
  private async becomeLive(): Promise<void> {
    const { clock } = this.parts;
    const events = this.wire?.events;
    if (this.line.kind === "down") {
      try {
        await this.catchUp(this.aliveMs - overlapMs);
      } catch (error) {
        events?.lost(`what was missed could not be asked for: ${textOf(error)}`);
        return;
      }
    }
    // The line may have broken, or been given up, meanwhile.
    if (this.wire?.events !== events || this.stream === null) return;
    this.aliveMs = clock.nowMs();
    this.setLine({ kind: "live", atMs: clock.nowMs() });
    this.settleOpen?.(null);
  }

  private async catchUp(sinceMs: number): Promise<void> {
    for (const fill of await this.fillsSince(sinceMs)) this.tell({ kind: "fill", fill });
    for (const order of await this.parts.openOrders()) this.tell({ kind: "order", order });
  }

  private hear(message: unknown): void {
    this.stream?.touch();
    if (this.line.kind === "live") this.aliveMs = this.parts.clock.nowMs();
    for (const event of this.parts.interpret(message)) this.tell(event);
  }

  private tell(event: VenueEvent): void {
    switch (event.kind) {
      case "ready":
        return this.stream?.confirm();
      case "alive":
        return;
      case "order":
        return this.listener?.onOrder(event.order);
      case "fill":
        if (this.told.has(event.fill.fillId)) return;
        this.remember(event.fill.fillId);
        return this.listener?.onFill(event.fill);
      case "unreadable":
        // It may have been a fill. A new line asks for everything since the last one.
        return this.wire?.events.lost(event.reason);
      case "refused":
        return this.refuse(event.error);
    }
  }

  private remember(fillId: string): void {
    this.told.add(fillId);
    if (this.told.size > toldMax) this.told.delete(this.told.values().next().value!);
  }

  private async sendOrder(
    order: VenueOrderRequest,
    send: () => Promise<Acknowledgement>,
  ): Promise<Acknowledgement> {
    const { venue, capabilities } = this.parts;
    if (!this.isSignedIn) return refusal("unavailable", `not sent: ${venue} is not open`);
    const wrong = checkRequest(venue, capabilities, order);
    if (wrong !== null) return wrong;
    try {
      await this.asking(async () => this.parts.prepare?.(order.symbol));
    } catch (error) {
      return refusal("unavailable", `not sent: ${textOf(error)}`);
    }
    return this.sending(send);
  }

  /** What is sent never rejects. After a refusal nothing is sent at all; before `open`, cancels are. */
  private async sending(send: () => Promise<Acknowledgement>): Promise<Acknowledgement> {
    if (this.line.kind === "refused")
      return refusal("unavailable", `not sent: ${this.parts.venue} refused us: ${this.line.reason}`);
    try {
      return await send();
    } catch (error) {
      // What failed on the way to sending: a lookup, a setting.
      if (!(error instanceof KiwiError)) throw error;
      this.noteRefusal(error);
      return { kind: "unknown", reason: error.parts.message };
    }
  }

  private async asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof KiwiError) this.noteRefusal(error);
      throw error;
    }
  }

  private noteRefusal(error: KiwiError): void {
    if (refusingCodes.has(error.parts.code)) this.refuse(error);
  }

  private setLine(line: LineState): void {
    this.line = line;
    this.listener?.onLine(line);
  }

  private end(line: LineState): void {
    this.parts.hangUp?.();
    this.stream?.close();
    this.stream = null;
    this.wire = null;
    this.isSignedIn = false;
    this.setLine(line);
  }
}

/** Rejects when it is given up. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
