import { formatTime, minuteMs } from "../../base/time.ts";
import type { AlertChannel } from "../../ports/alert-channel.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ComponentHealth } from "../../ports/component.ts";
import { AlertDesk, type Delivery } from "../../robot/alerts/alert-desk.ts";
import type { AlertEvent, AlertKind, AlertRule } from "../../robot/alerts/alert-rules.ts";
import type { AlertConfig } from "../config/alert-config.ts";
import type { AlertFiles, DeliveryFailure } from "./alert-files.ts";
import { ruleId } from "./channel-parts.ts";
import { Outbox } from "./outbox.ts";

const failuresKept = 20;

/** Who is told of what, and over which open channels; `isOn` says of a rule's id whether it holds. */
export type AlertTerms = {
  readonly config: AlertConfig;
  readonly channels: ReadonlyMap<string, AlertChannel>;
  readonly isOn?: (id: string) => boolean;
};

/** What alerts are made of. */
export type AlertServiceParts = AlertTerms & {
  readonly files: AlertFiles;
  readonly clock: Clock;
  readonly sender: string;
  /** Told what could not be delivered; a log will do. */
  readonly onFailure: (failure: DeliveryFailure) => void;
};

/**
 * Tells people: takes events at once, sends in the background, tries again, and keeps what could not be delivered until it can.
 * Nothing that a channel does reaches whoever raises an event.
 */
export class AlertService {
  private readonly parts: AlertServiceParts;
  private readonly desk: AlertDesk;
  private channels: ReadonlyMap<string, AlertChannel>;
  private readonly outbox: Outbox;
  private failures: readonly DeliveryFailure[];

  constructor(parts: AlertServiceParts) {
    this.parts = parts;
    const { config, files, sender } = parts;
    this.channels = parts.channels;
    const kept = files.read();
    this.failures = kept.failures;
    this.desk = new AlertDesk({
      rules: rulesOf(parts),
      perHourMax: config.perHourMax,
      sender,
      alerts: kept.alerts,
    });
    this.outbox = new Outbox({
      clock: parts.clock,
      channelOf: (name) => this.channels.get(name),
      waiting: kept.waiting,
      onDown: (channel, why) => this.tellDown(channel, why),
      onBack: (channel, count) => this.tellBack(channel, count),
      onLost: ({ channel, message }, why) => this.fail(channel, `"${message.title}" was given up: ${why}`),
      onChange: () => this.save(),
    });
  }

  /** What is wrong with a channel; null where it delivers. */
  troubleOf(channel: string): ComponentHealth | null {
    const outage = this.outbox.outageOf(channel);
    if (outage === null) return null;
    const waiting = this.outbox.waiting.filter((one) => one.channel === channel).length;
    return {
      condition: "degraded",
      detail: `delivers nothing since ${formatTime(outage.sinceMs)}: ${outage.why} (${waiting} wait)`,
      fix: `kiwi alerts test ${channel}`,
    };
  }

  /** Goes by other terms from now on; what was told already is remembered. */
  follow(terms: AlertTerms): void {
    this.channels = terms.channels;
    this.desk.follow(rulesOf(terms), terms.config.perHourMax);
  }

  raise(event: AlertEvent): void {
    this.hearPeople();
    this.post(this.desk.raise(event));
  }

  /** To be called about once a minute. */
  tick(): void {
    this.hearPeople();
    const nowMs = this.parts.clock.nowMs();
    this.post(this.desk.tick(nowMs));
    this.outbox.tick(nowMs);
  }

  /** Resolves when nothing is underway any more. */
  idle(): Promise<void> {
    return this.outbox.idle();
  }

  /** Gives what is underway a moment, and ends. */
  close(): Promise<void> {
    return this.outbox.close();
  }

  private hearPeople(): void {
    const known = new Map(this.desk.alerts.map(({ id, acknowledgedMs }) => [id, acknowledgedMs]));
    for (const [id, atMs] of this.parts.files.acknowledged())
      if (known.get(id) === null) this.desk.acknowledge(id, atMs);
  }

  private post(deliveries: readonly Delivery[]): void {
    this.save();
    for (const delivery of deliveries) this.outbox.post(delivery);
  }

  /** One alarm about a channel, over the others; what is told to it waits. */
  private tellDown(channel: string, why: string): void {
    this.fail(channel, why);
    this.raise({
      kind: "channel",
      about: channel,
      severity: "warning",
      title: `${channel} delivers nothing`,
      text: `${why}. Messages wait for it and are tried again; kiwi alerts test ${channel} says whether it is back`,
      atMs: this.parts.clock.nowMs(),
    });
  }

  private tellBack(channel: string, count: number): void {
    this.raise({
      kind: "channel",
      about: `${channel} back`,
      severity: "info",
      title: `${channel} delivers again`,
      text: `${count} messages that waited have arrived`,
      atMs: this.parts.clock.nowMs(),
    });
  }

  private fail(channel: string, why: string): void {
    const failure = { channel, atMs: this.parts.clock.nowMs(), why };
    this.failures = [...this.failures, failure].slice(-failuresKept);
    this.save();
    this.parts.onFailure(failure);
  }

  private save(): void {
    const { failures, outbox, desk } = this;
    try {
      this.parts.files.write({ alerts: desk.alerts, failures, waiting: outbox.waiting });
    } catch (error) {
      // A full disk is an alert of its own; that it cannot be kept must not stop it from being sent.
      const why = error instanceof Error ? error.message : String(error);
      this.parts.onFailure({ channel: "alerts.json", atMs: this.parts.clock.nowMs(), why });
    }
  }
}

function rulesOf({ config: { rules }, channels, isOn = () => true }: AlertTerms): readonly AlertRule[] {
  const open = (names: readonly string[]) => names.filter((name) => channels.has(name));
  const everyone = {
    kinds: [] as readonly AlertKind[],
    severity: "warning",
    channels: [...channels.keys()],
    cooldownMinutes: 30,
    escalateTo: [],
  } as const;
  const holding = rules.filter((rule, index) => isOn(ruleId(rule, index)));
  // Whoever is to hear of a channel that is silent cannot be told over it, whatever the rules say.
  const aboutChannels = { ...everyone, kinds: ["channel" as const] };
  return (rules.length === 0 ? [everyone] : [...holding, aboutChannels]).map((rule) => ({
    kinds: rule.kinds,
    severityMin: rule.severity,
    channels: open(rule.channels),
    cooldownMs: rule.cooldownMinutes * minuteMs,
    escalateAfterMs:
      "escalateAfterMinutes" in rule && rule.escalateAfterMinutes !== undefined
        ? rule.escalateAfterMinutes * minuteMs
        : Infinity,
    escalateTo: open(rule.escalateTo),
  }));
}
