import { formatDuration } from "../../base/time.ts";
import type { Prng } from "../../base/prng.ts";
import type { BarRange, StreamState } from "../../ports/bar-source.ts";
import type { Clock } from "../../ports/clock.ts";
import { backoffMs } from "./backoff.ts";
import type { Wire, WireEvents } from "./wire.ts";

/** First a second, then up to a minute, for ever. */
const reconnectPolicy = { delayMsBase: 1_000, delayMsMax: 60_000 };
const reconnectMsMin = 250;
/** A connection that is not confirmed within this time is given up. */
const readyMsMax = 15_000;
/** A connection that lived this long was a good one: the next failure starts from the shortest delay. */
const stableMs = 60_000;

export type ConnectionOptions = {
  readonly clock: Clock;
  readonly prng: Prng;
  readonly openWire: (events: WireEvents) => Wire;
  /** Silence after which an open connection is taken for dead. */
  readonly staleAfterMs: number;
  /** Whether silence means nothing now: the market is closed. */
  readonly isQuiet: (nowMs: number) => boolean;
  readonly onMessage: (message: unknown) => void;
  /** Called when the subscription stands; what was missed since the last connection. */
  readonly onLive: (atMs: number) => readonly BarRange[];
  readonly onState: (state: StreamState) => void;
  /** Called while the connection is live, a few times per `staleAfterMs`. */
  readonly onWatch: (nowMs: number) => void;
};

/**
 * Keeps one connection alive for ever. Venue clients reconnect by rules of their own (one stops after ten tries), so
 * each client lives for one connection only and the next is made here.
 */
export class StreamConnection {
  private readonly options: ConnectionOptions;
  private wire: Wire | null = null;
  private generation = 0;
  private attempt = 0;
  private isLive = false;
  private isClosed = false;
  private liveSinceMs = 0;
  private lastDataMs = 0;
  private cancelTimer = (): void => {};

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  /** Connects. */
  open(): void {
    const { clock, onState, openWire } = this.options;
    const generation = ++this.generation;
    this.attempt += 1;
    onState({ kind: "connecting", atMs: clock.nowMs(), attempt: this.attempt });
    if (this.isClosed || generation !== this.generation) return;
    this.setTimer(readyMsMax, () => this.lose(generation, "the subscription was not confirmed"));
    const wire = openWire({
      message: (message) => {
        if (generation === this.generation) this.options.onMessage(message);
      },
      lost: (reason, delayMsMin) => this.lose(generation, reason, delayMsMin),
    });
    // The wire may have been lost while it was opened.
    if (generation === this.generation) this.wire = wire;
    else wire.close();
  }

  /** The venue has confirmed the subscription. */
  confirm(): void {
    if (this.isLive || this.isClosed) return;
    const atMs = this.options.clock.nowMs();
    this.isLive = true;
    this.liveSinceMs = atMs;
    this.lastDataMs = atMs;
    this.options.onState({ kind: "live", atMs, backfill: this.options.onLive(atMs) });
    this.watch(this.generation);
  }

  /** Data came in: the connection is not silent. */
  touch(): void {
    this.lastDataMs = this.options.clock.nowMs();
  }

  /** Ends it for good. */
  close(): void {
    this.isClosed = true;
    this.generation += 1;
    this.cancelTimer();
    this.wire?.close();
    this.wire = null;
  }

  private watch(generation: number): void {
    const { clock, staleAfterMs, isQuiet, onWatch } = this.options;
    this.setTimer(Math.max(1, staleAfterMs / 4), () => {
      const nowMs = clock.nowMs();
      if (isQuiet(nowMs)) this.lastDataMs = nowMs;
      const silentMs = nowMs - this.lastDataMs;
      if (silentMs >= staleAfterMs)
        return this.lose(generation, `the stream was silent for ${formatDuration(silentMs)}`);
      onWatch(nowMs);
      if (generation === this.generation) this.watch(generation);
    });
  }

  private lose(generation: number, reason: string, delayMsMin = reconnectMsMin): void {
    if (generation !== this.generation || this.isClosed) return;
    const { clock, prng, onState } = this.options;
    const nowMs = clock.nowMs();
    this.generation += 1;
    this.wire?.close();
    this.wire = null;
    if (this.isLive && nowMs - this.liveSinceMs >= stableMs) this.attempt = 0;
    this.isLive = false;
    const delayMs = delayMsMin + backoffMs(Math.max(0, this.attempt - 1), reconnectPolicy, prng);
    this.setTimer(delayMs, () => this.open());
    onState({ kind: "reconnecting", atMs: nowMs, attempt: this.attempt, delayMs, reason });
  }

  private setTimer(spanMs: number, run: () => void): void {
    this.cancelTimer();
    this.cancelTimer = this.options.clock.schedule(spanMs, run);
  }
}
