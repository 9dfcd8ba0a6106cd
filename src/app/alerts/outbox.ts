import { dayMs, minuteMs, secondMs } from "../../base/time.ts";
import type { AlertChannel, AlertMessage } from "../../ports/alert-channel.ts";
import { sleep, type Clock } from "../../ports/clock.ts";
import type { Delivery } from "../../robot/alerts/alert-desk.ts";
import { sendOnce } from "./send-once.ts";

const tries = 3;
const firstPauseMs = 2 * secondMs;
/** A channel that delivers nothing is tried again after a minute, and after ever longer up to this. */
const retryMsMax = 15 * minuteMs;
/** What nobody could be told for so long is not news any more. */
const waitMsMax = dayMs;
const waitingMax = 100;
/** Whoever ends waits no longer for a message underway: it is kept, and tried at the next start. */
const closeMsMax = 5 * secondMs;

/** A channel that delivers nothing. */
export type Outage = { readonly sinceMs: number; readonly why: string; retryAtMs: number; pauseMs: number };

/** What an outbox works with, and who hears of it. */
export type OutboxParts = {
  readonly clock: Clock;
  readonly channelOf: (name: string) => AlertChannel | undefined;
  /** What waited when the last one closed. */
  readonly waiting: readonly Delivery[];
  readonly onDown: (channel: string, why: string) => void;
  readonly onBack: (channel: string, delivered: number) => void;
  /** A message was given up. */
  readonly onLost: (delivery: Delivery, why: string) => void;
  /** Another message waits, or one less. */
  readonly onChange: () => void;
};

/**
 * Brings messages to channels. One that takes nothing in three tries is said once; messages wait for it, and are delivered when
 * it is back.
 */
export class Outbox {
  private readonly parts: OutboxParts;
  private waitingNow: readonly Delivery[];
  private readonly outages = new Map<string, Outage>();
  private readonly delivered = new Map<string, number>();
  private readonly underway = new Set<Promise<void>>();
  private readonly ending = new AbortController();
  private readonly closing = new AbortController();

  constructor(parts: OutboxParts) {
    this.parts = parts;
    this.waitingNow = parts.waiting;
    const why = "it took nothing before the last stop";
    for (const { channel, message } of parts.waiting)
      if (!this.outages.has(channel))
        this.outages.set(channel, { sinceMs: message.atMs, why, retryAtMs: -Infinity, pauseMs: minuteMs });
  }

  get waiting(): readonly Delivery[] {
    return this.waitingNow;
  }

  /** Why a channel delivers nothing; null for one that does. */
  outageOf(channel: string): Outage | null {
    return this.outages.get(channel) ?? null;
  }

  /** Sends in the background; rejects never. */
  post(delivery: Delivery): void {
    if (this.outages.has(delivery.channel)) this.keep(delivery);
    else this.run(this.deliver(delivery));
  }

  /** To be called about once a minute: tries channels that have been silent for long enough. */
  tick(nowMs: number): void {
    for (const [channel, outage] of this.outages)
      // Due later than ever: the clock was set back, and nobody would be told until it has come round.
      if (nowMs >= outage.retryAtMs || outage.retryAtMs - nowMs > retryMsMax) {
        outage.retryAtMs = nowMs + outage.pauseMs;
        outage.pauseMs = Math.min(2 * outage.pauseMs, retryMsMax);
        this.run(this.retry(channel, nowMs));
      }
  }

  /** Resolves when nothing is underway any more. */
  async idle(): Promise<void> {
    while (this.underway.size > 0) await Promise.all(this.underway);
  }

  /** Gives what is underway a moment; what does not arrive waits for the next start. */
  async close(): Promise<void> {
    this.ending.abort(new Error("closed"));
    const stop = this.parts.clock.schedule(closeMsMax, () => this.closing.abort(new Error("closed")));
    await this.idle();
    stop();
  }

  private run(task: Promise<void>): void {
    const work = task.finally(() => this.underway.delete(work));
    this.underway.add(work);
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { clock, onDown } = this.parts;
    const { signal } = this.ending;
    for (let attempt = 1; ; attempt++) {
      const why = await this.send(delivery.channel, delivery.message);
      if (why === null) return;
      if (attempt === tries || signal.aborted) {
        const isNews = !this.outages.has(delivery.channel);
        const nowMs = clock.nowMs();
        const outage = { sinceMs: nowMs, why, retryAtMs: nowMs + minuteMs, pauseMs: 2 * minuteMs };
        if (isNews) this.outages.set(delivery.channel, outage);
        this.keep(delivery);
        if (isNews) onDown(delivery.channel, why);
        return;
      }
      await sleep(clock, firstPauseMs * 2 ** (attempt - 1), signal).catch(() => undefined);
    }
  }

  /** Null also where the channel was switched off, or is gone, while the message waited. */
  private async send(name: string, message: AlertMessage): Promise<string | null> {
    const channel = this.parts.channelOf(name);
    return channel === undefined ? null : sendOnce(channel, message, this.parts.clock, this.closing.signal);
  }

  /** Tries what waits until one fails before any was taken; it is tried last the next time, so that one refused for itself blocks no other. */
  private async retry(channel: string, nowMs: number): Promise<void> {
    if (this.parts.channelOf(channel) === undefined) return this.forget(channel);
    let taken = this.delivered.get(channel) ?? 0;
    const before = taken;
    for (const delivery of this.waitingNow.filter((one) => one.channel === channel)) {
      const isOld = nowMs - delivery.message.atMs > waitMsMax;
      const why = isOld ? null : await this.send(channel, delivery.message);
      this.waitingNow = this.waitingNow.filter((one) => one !== delivery);
      if (isOld) this.parts.onLost(delivery, "nobody took it for a day");
      else if (why === null) taken += 1;
      else {
        this.waitingNow = [...this.waitingNow, delivery];
        if (taken === before || this.ending.signal.aborted) break;
      }
    }
    this.delivered.set(channel, taken);
    if (!this.waitingNow.some((one) => one.channel === channel)) {
      this.outages.delete(channel);
      this.delivered.delete(channel);
      this.parts.onBack(channel, taken);
    }
    this.parts.onChange();
  }

  /** It is gone from the configuration, or was switched off: nobody waits for what it would have said. */
  private forget(channel: string): void {
    this.waitingNow = this.waitingNow.filter((one) => one.channel !== channel);
    this.outages.delete(channel);
    this.parts.onChange();
  }

  private keep(delivery: Delivery): void {
    this.waitingNow = [...this.waitingNow, delivery];
    const mine = this.waitingNow.filter(({ channel }) => channel === delivery.channel);
    const oldest = mine.length > waitingMax ? mine[0] : undefined;
    if (oldest !== undefined) {
      this.waitingNow = this.waitingNow.filter((one) => one !== oldest);
      this.parts.onLost(oldest, `${waitingMax} messages wait already`);
    }
    this.parts.onChange();
  }
}
