import { z } from "zod";
import { formatDuration } from "../../base/time.ts";
import { killActions, type TriggerKind } from "./pull.ts";

/** What is measured, by the trigger that looks at it; left out is what cannot be measured yet. */
export type Gauges = Readonly<Partial<Record<MeasuredKind, number>>>;

/** The triggers that look at a number. */
export type MeasuredKind = Exclude<TriggerKind, "person" | "watchdog">;

/** What a trigger does: it pulls the switch, or holds the robot for as long as its limit is passed. */
const triggerActions = [...killActions, "wait"] as const;
export type TriggerAction = (typeof triggerActions)[number];

/** A trigger that has found its limit passed. */
export type Tripped = {
  readonly trigger: MeasuredKind;
  readonly action: TriggerAction;
  readonly limit: number;
  readonly value: number;
  readonly reason: string;
};

const words: Readonly<Record<MeasuredKind, string>> = {
  "daily-trades": "fills of the market's day",
  "position-value": "largest position, as a share of equity",
  connectivity: "milliseconds without a line to the venue",
  "daily-loss": "loss of the market's day, as a share of the equity it began with",
  drawdown: "fall from the highest equity, as a share of it",
  "value-at-risk": "value at risk of what is held, as a share of equity",
  "reject-rate": "share of the recent orders that the venue refused",
  "stale-data": "milliseconds by which bars are overdue",
  "clock-skew": "milliseconds between this clock and the venue's",
  "loop-stall": "milliseconds that the robot stood still",
};

/** The triggers as a configuration writes them: every one has a limit, and none is off by default. */
export const killTriggersSchema = z.strictObject({
  "daily-trades": trigger("daily-trades", 500, "reduce"),
  "position-value": trigger("position-value", 2, "reduce"),
  connectivity: trigger("connectivity", 120_000, "wait"),
  "daily-loss": trigger("daily-loss", 0.1, "flatten"),
  drawdown: trigger("drawdown", 0.3, "flatten"),
  "value-at-risk": trigger("value-at-risk", 0.15, "reduce"),
  "reject-rate": trigger("reject-rate", 0.5, "reduce"),
  "stale-data": trigger("stale-data", 600_000, "wait"),
  "clock-skew": trigger("clock-skew", 2_000, "wait"),
  "loop-stall": trigger("loop-stall", 30_000, "wait"),
} satisfies Record<MeasuredKind, unknown>);
export type KillTriggers = z.output<typeof killTriggersSchema>;

function trigger(kind: MeasuredKind, limit: number, action: TriggerAction) {
  return z
    .strictObject({
      limit: z
        .union([z.number().min(0), z.literal("off")])
        .default(limit)
        .describe(`${words[kind]}; off = never`),
      action: z
        .enum(triggerActions)
        .default(action)
        .describe("wait (open nothing until it is over), or pull: reduce, freeze (cancel all), flatten"),
    })
    .prefault({});
}

/** Every trigger whose limit is passed. What is no number has passed every limit; what was not measured has passed none. */
export function trippedBy(gauges: Gauges, triggers: KillTriggers): readonly Tripped[] {
  return (Object.keys(words) as MeasuredKind[]).flatMap((trigger) => {
    const value = gauges[trigger];
    const { limit, action } = triggers[trigger];
    if (value === undefined || limit === "off" || value <= limit) return [];
    const reason = `${words[trigger].replace("milliseconds ", "time ")}: ${said(trigger, value)}, limit ${said(trigger, limit)}`;
    return [{ trigger, action, limit, value, reason }];
  });
}

/** Times as people say them. */
function said(trigger: MeasuredKind, value: number): string {
  return words[trigger].startsWith("milliseconds ") ? formatDuration(value) : plain(value);
}

function plain(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
