import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { severities } from "../../ports/alert-channel.ts";
import type { Alert, Delivery } from "../../robot/alerts/alert-desk.ts";
import { alertKinds } from "../../robot/alerts/alert-rules.ts";
import { namesIncident } from "../../robot/alerts/incident-event.ts";

const alert = z.strictObject({
  id: z.string(),
  kind: z.enum(alertKinds),
  about: z.string(),
  severity: z.enum(severities),
  title: z.string(),
  text: z.string(),
  firstMs: z.number(),
  lastMs: z.number(),
  count: z.number(),
  toldCount: z.number(),
  toldMs: z.number().nullable(),
  isEscalated: z.boolean(),
  acknowledgedMs: z.number().nullable(),
});
const failure = z.strictObject({ channel: z.string(), atMs: z.number(), why: z.string() });
const waiting = z.strictObject({
  channel: z.string(),
  message: z.strictObject({
    id: z.string(),
    severity: z.enum(severities),
    title: z.string(),
    text: z.string(),
    html: z.string().optional(),
    atMs: z.number(),
    count: z.number(),
    sender: z.string(),
  }),
});
const document = z.strictObject({
  schema: z.literal("alerts@1"),
  alerts: z.array(alert),
  failures: z.array(failure),
  /** Absent in what versions before wrote. */
  waiting: z.array(waiting).default([]),
});

/** A channel that took nothing, or a message that was given up. */
export type DeliveryFailure = z.output<typeof failure>;

/** What is kept of alerts. */
export type KeptAlerts = {
  readonly alerts: readonly Alert[];
  readonly failures: readonly DeliveryFailure[];
  /** Messages that wait for a channel that delivers nothing. */
  readonly waiting: readonly Delivery[];
};

/**
 * Alerts in a folder: `alerts.json`, which only the robot writes, and `acknowledged.jsonl`, to which people add a line for
 * what they take on. A file that cannot be read is no reason to trade without alerts: it counts as empty.
 */
export class AlertFiles {
  private readonly path: string;
  private readonly acknowledgedPath: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, "alerts.json");
    this.acknowledgedPath = join(folder, "acknowledged.jsonl");
  }

  read(): KeptAlerts {
    try {
      const { alerts, failures, waiting: kept } = document.parse(JSON.parse(readFileSync(this.path, "utf8")));
      return {
        alerts: alerts.map((one) => ({ ...one, toldMs: one.toldMs ?? -Infinity })),
        failures,
        waiting: kept as readonly Delivery[],
      };
    } catch {
      return { alerts: [], failures: [], waiting: [] };
    }
  }

  write(kept: KeptAlerts): void {
    writeWhole(this.path, JSON.stringify({ schema: "alerts@1", ...kept }));
  }

  /** What people have taken on, by id: when. */
  acknowledged(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    if (!existsSync(this.acknowledgedPath)) return found;
    for (const line of readFileSync(this.acknowledgedPath, "utf8").split("\n")) {
      const [, id, atMs] = /^\{"id":"(A\d+)","atMs":(\d+)\}$/.exec(line) ?? [];
      if (id !== undefined) found.set(id, Number(atMs));
    }
    return found;
  }

  acknowledge(id: string, atMs: number): void {
    appendFileSync(this.acknowledgedPath, `${JSON.stringify({ id, atMs })}\n`);
  }
}

/** What an alert is about, in a line. */
export function whatHappened({ title, text }: Pick<Alert, "title" | "text">): string {
  return namesIncident(title) ? `${title}: ${text}` : title;
}
