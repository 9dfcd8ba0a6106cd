import { hourMs } from "../../base/time.ts";
import { severities, type AlertMessage, type Severity } from "../../ports/alert-channel.ts";
import { concerns, type AlertEvent, type AlertRule } from "./alert-rules.ts";

/** A message on its way to somebody. */
export type Delivery = { readonly channel: string; readonly message: AlertMessage };

/** An incident that was told of, as it is kept and shown. */
export type Alert = {
  readonly id: string;
  readonly kind: AlertEvent["kind"];
  readonly about: string;
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  readonly firstMs: number;
  readonly lastMs: number;
  /** How often it happened. */
  readonly count: number;
  /** How often it had happened when it was told last, and when that was. */
  readonly toldCount: number;
  readonly toldMs: number;
  readonly isEscalated: boolean;
  /** When a person took it on; null while nobody has. */
  readonly acknowledgedMs: number | null;
};

/** What the desk goes by. */
export type AlertDeskParts = {
  readonly rules: readonly AlertRule[];
  /** Messages an hour over each channel; beyond them one message says how many were held back. */
  readonly perHourMax: number;
  readonly sender: string;
  /** What was known when the last desk closed. */
  readonly alerts?: readonly Alert[];
};

/** An incident that has been quiet for so long is over: the next of its kind is a new one. */
const quietAfterMs = 24 * hourMs;

/**
 * Decides whom an event is told to: an incident that goes on is told once per cooldown with its count, one that nobody
 * acknowledges is escalated, and no channel is flooded. It keeps no clock and sends nothing: whoever holds it does.
 */
export class AlertDesk {
  private parts: AlertDeskParts;
  /** By kind and subject. */
  private readonly open = new Map<string, Alert>();
  /** When messages went over each channel in the last hour. */
  private readonly sentMs = new Map<string, number[]>();
  private readonly heldBack = new Map<string, number>();
  private lastId = 0;

  constructor(parts: AlertDeskParts) {
    this.parts = parts;
    for (const alert of parts.alerts ?? []) {
      this.open.set(keyOf(alert), alert);
      this.lastId = Math.max(this.lastId, Number(alert.id.slice(1)) || 0);
    }
  }

  /** Everything that was told of and is not over, oldest first. */
  get alerts(): readonly Alert[] {
    return [...this.open.values()].sort((a, b) => a.firstMs - b.firstMs);
  }

  /** Goes by other rules from now on; what was told already is remembered. */
  follow(rules: readonly AlertRule[], perHourMax: number): void {
    this.parts = { ...this.parts, rules, perHourMax };
  }

  /** Takes an event in; returns what is to be sent now. */
  raise(event: AlertEvent): readonly Delivery[] {
    const before = this.open.get(keyOf(event));
    const isNew = before === undefined || event.atMs - before.lastMs > quietAfterMs;
    const alert: Alert = isNew ? this.firstOf(event) : againOf(before, event);
    this.open.set(keyOf(event), alert);
    return this.tell(alert, event.atMs, isNew || isGraver(event.severity, before!.severity));
  }

  /** Lets time pass: what was counted during a cooldown is told at its end, and what nobody took on is escalated. */
  tick(nowMs: number): readonly Delivery[] {
    const deliveries: Delivery[] = [];
    for (const known of this.alerts) {
      const alert = this.byThisClock(known, nowMs);
      if (alert.acknowledgedMs === null) {
        deliveries.push(...this.tell(alert, nowMs, false));
        deliveries.push(...this.escalate(this.open.get(keyOf(alert))!, nowMs));
      }
      // Last: after a sleep or a jump of the clock by more than a day what was due meanwhile is still to be said.
      if (nowMs - alert.lastMs > quietAfterMs) this.open.delete(keyOf(alert));
    }
    for (const channel of this.heldBack.keys()) deliveries.push(...this.confess(channel, nowMs));
    return deliveries;
  }

  /** A person takes an alert on: it is counted and not told again. Returns null where there is no such alert. */
  acknowledge(id: string, atMs: number): Alert | null {
    const alert = this.alerts.find((one) => one.id === id);
    if (alert === undefined) return null;
    const taken = { ...alert, acknowledgedMs: alert.acknowledgedMs ?? atMs };
    this.open.set(keyOf(alert), taken);
    return taken;
  }

  /** What happened in a time to come was dated by a clock that has been set back since: its waits begin now. */
  private byThisClock(alert: Alert, nowMs: number): Alert {
    const { firstMs, lastMs } = alert;
    if (Math.max(firstMs, lastMs) <= nowMs + hourMs) return alert;
    const dated = { ...alert, firstMs: Math.min(firstMs, nowMs), lastMs: Math.min(lastMs, nowMs) };
    this.open.set(keyOf(alert), dated);
    return dated;
  }

  private firstOf(event: AlertEvent): Alert {
    const { kind, about, severity, title, text, atMs } = event;
    return {
      id: `A${++this.lastId}`,
      kind,
      about,
      severity,
      title,
      text,
      firstMs: atMs,
      lastMs: atMs,
      count: 1,
      toldCount: 0,
      toldMs: -Infinity,
      isEscalated: false,
      acknowledgedMs: null,
    };
  }

  /** Tells whom it concerns, as far as their cooldown is over; `isUrgent` waits for none. */
  private tell(alert: Alert, nowMs: number, isUrgent: boolean): readonly Delivery[] {
    if (alert.count === alert.toldCount || (alert.acknowledgedMs !== null && !isUrgent)) return [];
    const channels = this.rulesFor(alert)
      // Told in a time to come: the clock was wrong then, and nobody waits for it.
      .filter(
        ({ cooldownMs }) => isUrgent || nowMs - alert.toldMs >= cooldownMs || alert.toldMs > nowMs + hourMs,
      )
      .flatMap((rule) => rule.channels);
    return this.post(alert, [...new Set(channels)], nowMs);
  }

  private escalate(alert: Alert, nowMs: number): readonly Delivery[] {
    if (alert.isEscalated || alert.toldCount === 0) return [];
    const late = this.rulesFor(alert).filter(
      ({ escalateAfterMs }) => nowMs - alert.firstMs >= escalateAfterMs,
    );
    const channels = [...new Set(late.flatMap(({ escalateTo }) => escalateTo))];
    if (channels.length === 0) return [];
    const escalated = { ...alert, isEscalated: true };
    this.open.set(keyOf(alert), escalated);
    return this.post(escalated, channels, nowMs, "nobody has acknowledged: ");
  }

  private rulesFor(alert: Alert): readonly AlertRule[] {
    return this.parts.rules.filter((rule) => concerns(rule, { ...alert, atMs: alert.lastMs }));
  }

  private post(alert: Alert, channels: readonly string[], nowMs: number, prefix = ""): readonly Delivery[] {
    if (channels.length === 0) return [];
    const message: AlertMessage = {
      id: alert.id,
      severity: alert.severity,
      title: `${prefix}${alert.title}`,
      text: alert.text,
      atMs: alert.lastMs,
      count: Math.max(1, alert.count - alert.toldCount),
      sender: this.parts.sender,
    };
    this.open.set(keyOf(alert), { ...alert, toldCount: alert.count, toldMs: nowMs });
    return channels.flatMap((channel) => (this.hasRoom(channel, nowMs) ? [{ channel, message }] : []));
  }

  /** Counts a message against the hour of its channel. */
  private hasRoom(channel: string, nowMs: number): boolean {
    const recent = this.recentOf(channel, nowMs);
    const hasRoom = recent.length < this.parts.perHourMax;
    if (hasRoom) recent.push(nowMs);
    else this.heldBack.set(channel, (this.heldBack.get(channel) ?? 0) + 1);
    this.sentMs.set(channel, recent);
    return hasRoom;
  }

  /** What went over a channel within an hour; a clock that was set back does not keep an hour full. */
  private recentOf(channel: string, nowMs: number): number[] {
    return (this.sentMs.get(channel) ?? []).filter((atMs) => Math.abs(nowMs - atMs) < hourMs);
  }

  /** Says how many messages a full hour has swallowed, as soon as there is room again. */
  private confess(channel: string, nowMs: number): readonly Delivery[] {
    const recent = this.recentOf(channel, nowMs);
    if (recent.length >= this.parts.perHourMax) return [];
    const count = this.heldBack.get(channel)!;
    this.heldBack.delete(channel);
    this.sentMs.set(channel, [...recent, nowMs]);
    const message: AlertMessage = {
      id: "",
      severity: "warning",
      title: `${count} more alerts were held back`,
      text: `No more than ${this.parts.perHourMax} messages an hour go over ${channel}. All of them: kiwi alerts list`,
      atMs: nowMs,
      count,
      sender: this.parts.sender,
    };
    return [{ channel, message }];
  }
}

function againOf(alert: Alert, event: AlertEvent): Alert {
  const severity = isGraver(event.severity, alert.severity) ? event.severity : alert.severity;
  const { title, text } = event;
  // What has become graver is somebody's business again.
  const acknowledgedMs = severity === alert.severity ? alert.acknowledgedMs : null;
  return { ...alert, severity, title, text, lastMs: event.atMs, count: alert.count + 1, acknowledgedMs };
}

function isGraver(one: Severity, other: Severity): boolean {
  return severities.indexOf(one) > severities.indexOf(other);
}

function keyOf({ kind, about }: Pick<AlertEvent, "kind" | "about">): string {
  return `${kind}\n${about}`;
}
