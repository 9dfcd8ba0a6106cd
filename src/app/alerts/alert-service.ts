import { minuteMs, secondMs } from "../../base/time.ts";
import type { AlertChannel } from "../../ports/alert-channel.ts";
import { sleep, type Clock } from "../../ports/clock.ts";
import { AlertDesk, type Delivery } from "../../robot/alerts/alert-desk.ts";
import type { AlertEvent, AlertRule } from "../../robot/alerts/alert-rules.ts";
import type { AlertConfig } from "../config/alert-config.ts";
import type { AlertFiles, DeliveryFailure } from "./alert-files.ts";
import { ruleId } from "./channel-parts.ts";

const tries = 3;
const firstPauseMs = 2 * secondMs;
const sendMsMax = 20 * secondMs;
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
 * Tells people: takes events at once, sends in the background, tries again, and remembers what could not be delivered.
 * Nothing that a channel does reaches whoever raises an event.
 */
export class AlertService {
  private readonly parts: AlertServiceParts;
  private readonly desk: AlertDesk;
  private channels: ReadonlyMap<string, AlertChannel>;
  private readonly underway = new Set<Promise<void>>();
  private failures: readonly DeliveryFailure[];
  private readonly closing = new AbortController();

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
    this.post(this.desk.tick(this.parts.clock.nowMs()));
  }

  /** Resolves when nothing is underway any more. */
  async idle(): Promise<void> {
    while (this.underway.size > 0) await Promise.all(this.underway);
  }

  /** Gives what is underway a moment, and ends. */
  async close(): Promise<void> {
    const stop = this.parts.clock.schedule(sendMsMax, () => this.closing.abort(new Error("closed")));
    await this.idle();
    stop();
  }

  private hearPeople(): void {
    const known = new Map(this.desk.alerts.map(({ id, acknowledgedMs }) => [id, acknowledgedMs]));
    for (const [id, atMs] of this.parts.files.acknowledged())
      if (known.get(id) === null) this.desk.acknowledge(id, atMs);
  }

  private post(deliveries: readonly Delivery[]): void {
    this.save();
    for (const delivery of deliveries) {
      const work = this.deliver(delivery).finally(() => this.underway.delete(work));
      this.underway.add(work);
    }
  }

  private async deliver({ channel: name, message }: Delivery): Promise<void> {
    const { clock } = this.parts;
    const { signal } = this.closing;
    for (let attempt = 1; ; attempt++) {
      const channel = this.channels.get(name);
      // It was switched off, or is gone, while the message waited.
      if (channel === undefined) return;
      const why = await sendOnce(channel, message, clock, signal);
      if (why === null) return;
      if (attempt === tries || signal.aborted) return this.fail({ channel: name, atMs: clock.nowMs(), why });
      await sleep(clock, firstPauseMs * 2 ** (attempt - 1), signal).catch(() => undefined);
    }
  }

  private fail(failure: DeliveryFailure): void {
    this.failures = [...this.failures, failure].slice(-failuresKept);
    this.save();
    this.parts.onFailure(failure);
  }

  private save(): void {
    try {
      this.parts.files.write({ alerts: this.desk.alerts, failures: this.failures });
    } catch (error) {
      // A full disk is an alert of its own; that it cannot be kept must not stop it from being sent.
      const why = error instanceof Error ? error.message : String(error);
      this.parts.onFailure({ channel: "alerts.json", atMs: this.parts.clock.nowMs(), why });
    }
  }
}

/** Sends a message; null when it arrived, else why not. */
export async function sendOnce(
  channel: AlertChannel,
  message: Delivery["message"],
  clock: Clock,
  signal: AbortSignal,
): Promise<string | null> {
  const deadline = new AbortController();
  const stop = clock.schedule(sendMsMax, () =>
    deadline.abort(new Error(`no answer within ${sendMsMax / secondMs} s`)),
  );
  try {
    await channel.send(message, AbortSignal.any([deadline.signal, signal]));
    return null;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
    return error instanceof Error ? `${error.message}${cause}` : String(error);
  } finally {
    stop();
  }
}

function rulesOf({ config: { rules }, channels, isOn = () => true }: AlertTerms): readonly AlertRule[] {
  const open = (names: readonly string[]) => names.filter((name) => channels.has(name));
  const everyone = {
    kinds: [],
    severity: "warning",
    channels: [...channels.keys()],
    cooldownMinutes: 30,
    escalateTo: [],
  } as const;
  const holding = rules.filter((rule, index) => isOn(ruleId(rule, index)));
  return (rules.length === 0 ? [everyone] : holding).map((rule) => ({
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
