import type { Clock } from "../../ports/clock.ts";
import type { Exchange } from "../exchange/exchange.ts";

/** Who moves the market: a caller; quiet on the wire; or time, `speed` times as fast as on the tape. */
export type PaceOptions =
  | { readonly kind: "manual" }
  | { readonly kind: "quiet"; readonly quietMs: number }
  | { readonly kind: "real"; readonly speed: number };

/** Releases the slices of an exchange. */
export class Pace {
  /** Streams of market data that are open: while there are none, quiet does not move the market. */
  watchers = 0;
  private readonly exchange: Exchange;
  private readonly clock: Clock;
  private readonly options: PaceOptions;
  private readonly onEnd: () => void;
  private unschedule: (() => void) | null = null;
  private inFlight = 0;
  private startWallMs = 0;
  private startMarketMs = 0;

  constructor(exchange: Exchange, clock: Clock, options: PaceOptions, onEnd: () => void = () => {}) {
    this.exchange = exchange;
    this.clock = clock;
    this.options = options;
    this.onEnd = onEnd;
  }

  start(): void {
    this.startWallMs = this.clock.nowMs();
    this.startMarketMs = this.exchange.timeMs;
    if (this.options.kind === "real") this.scheduleNext();
  }

  stop(): void {
    this.unschedule?.();
    this.unschedule = null;
  }

  /** A request has come: the market stands until it is answered, and its time is told. */
  began(): void {
    this.inFlight += 1;
    this.tellTime();
    this.stopQuiet();
  }

  /** It has been answered. */
  ended(): void {
    this.inFlight -= 1;
    this.heardSomething();
  }

  /** Something was said on a stream: quiet begins anew. */
  heardSomething(): void {
    this.tellTime();
    if (this.options.kind !== "quiet") return;
    this.stopQuiet();
    if (this.inFlight > 0 || this.watchers === 0) return;
    this.unschedule = this.clock.schedule(this.options.quietMs, () => {
      this.unschedule = null;
      if (this.exchange.advance()) this.heardSomething();
      else this.onEnd();
    });
  }

  private stopQuiet(): void {
    if (this.options.kind === "quiet") this.stop();
  }

  private tellTime(): void {
    if (this.options.kind === "real") this.exchange.tellTime(this.marketMs(this.options.speed));
  }

  private marketMs(speed: number): number {
    return this.startMarketMs + (this.clock.nowMs() - this.startWallMs) * speed;
  }

  private scheduleNext(): void {
    if (this.options.kind !== "real") return;
    const { speed } = this.options;
    const { nextTimeMs } = this.exchange;
    if (nextTimeMs === Infinity) return this.onEnd();
    const atMs = this.startWallMs + (nextTimeMs - this.startMarketMs) / speed;
    this.unschedule = this.clock.schedule(atMs - this.clock.nowMs(), () => {
      while (this.exchange.nextTimeMs <= this.marketMs(speed))
        if (!this.exchange.advance()) return this.onEnd();
      this.scheduleNext();
    });
  }
}
