import { z } from "zod";
import { runConfigSchema } from "./run-config.ts";
import { secretPlace } from "./secret-place.ts";

const text = z.string().min(1);
const value = z.union([z.number(), z.boolean(), z.string()]);

/** One of several sessions of a robot. What it leaves open is that of the configuration. */
const session = z.strictObject({
  name: text.optional().describe("what it is called; as its strategy by default"),
  strategy: text.describe("name of a strategy, or path of a strategy file"),
  share: z
    .number()
    .positive()
    .max(1)
    .optional()
    .describe("of the equity of its account; those without one get alike what the others leave"),
  params: z.record(z.string(), value).default({}).describe("parameters of the strategy"),
  pairs: z.array(text).optional().describe("symbols that it trades"),
  timeframe: text.optional().describe("bars that it decides on"),
  broker: z
    .object({
      use: text.optional(),
      key: secretPlace.optional(),
      secret: secretPlace.optional(),
      token: secretPlace.optional(),
      password: secretPlace.optional(),
    })
    .catchall(value)
    .optional()
    .describe("another account: options that differ from broker"),
  sizing: runConfigSchema.shape.sizing.unwrap().optional().describe("its own sizing"),
  risk: runConfigSchema.shape.risk.unwrap().optional().describe("its own risk rules"),
  protection: runConfigSchema.shape.protection.unwrap().optional().describe("its own stops and targets"),
});

/** The sessions of a robot. */
export const sessionsConfigSchema = z.array(session).default([]);
export type SessionConfig = z.output<typeof session>;
