import { z } from "zod";
import { severities } from "../../ports/alert-channel.ts";
import { alertKinds } from "../../robot/alerts/alert-rules.ts";
import { secretPlace } from "./secret-place.ts";

const text = z.string().min(1);

const channel = z
  .object({
    use: text.optional().describe("which kind of channel; its own name by default (kiwi help alerts)"),
    key: secretPlace.optional(),
    secret: secretPlace.optional(),
    token: secretPlace.optional(),
    password: secretPlace.optional(),
  })
  .catchall(z.union([z.number(), z.boolean(), z.string(), z.array(z.string())]));

const rule = z.strictObject({
  name: text.optional().describe("what it is called where it is switched off; its number by default"),
  kinds: z.array(z.enum(alertKinds)).default([]).describe("what it is about; everything when empty"),
  severity: z.enum(severities).default("warning").describe("the mildest that is told"),
  channels: z.array(text).min(1).describe("who is told"),
  cooldownMinutes: z.number().min(0).default(30).describe("the same is not told again for so long"),
  escalateAfterMinutes: z
    .number()
    .positive()
    .optional()
    .describe("who stands in escalateTo is told when nobody has acknowledged it for so long"),
  escalateTo: z.array(text).default([]).describe("channels of those who are told then"),
});

/** How people are told what happens to a robot. */
export const alertConfigSchema = z.strictObject({
  channels: z.record(z.string(), channel).default({}).describe("ways to reach you, by a name of your own"),
  rules: z
    .array(rule)
    .refine(
      (rules) => new Set(rules.map(({ name }, index) => name ?? String(index + 1))).size === rules.length,
      "two rules have one name",
    )
    .default([])
    .describe("who is told of what; without rules every channel is, of warnings"),
  digestTo: z
    .array(text)
    .default([])
    .describe("channels that kiwi digest --send uses; all of them when empty"),
  perHourMax: z.int().positive().default(20).describe("messages an hour over one channel"),
});

/** The alerts of a configuration. */
export type AlertConfig = z.output<typeof alertConfigSchema>;
/** A channel as a configuration describes it. */
export type ChannelConfig = z.output<typeof channel>;
