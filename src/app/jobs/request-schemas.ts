import { z } from "zod";
import type { RunManifest } from "../../adapters/stores/runs/run-manifest.ts";
import { kiwiConfigSchema } from "../config/config-schema.ts";
import type { RunRequest } from "../runs/run-request.ts";

const text = z.string().min(1);
const paramValue = z.union([z.number(), z.boolean(), z.string()]);

/** No limit is Infinity, which no file can state and no number may be: the schema has it as a default. */
function withoutInfinity(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) => (inner === Infinity ? undefined : inner)),
  );
}

/** A configuration that was resolved before. */
export const resolvedConfigSchema = z.preprocess(withoutInfinity, kiwiConfigSchema);

/** What every job that runs a strategy takes. */
export const runRequestSchema: z.ZodType<RunRequest> = z.strictObject({
  folder: text,
  strategy: text,
  params: z.record(z.string(), paramValue),
  config: resolvedConfigSchema,
  nowMs: z.number(),
});

/** The manifest of a stored run: what is needed to run it again is there, whatever else is. */
export const runManifestSchema = z.looseObject({
  schema: z.literal("run@1"),
  runId: text,
  command: z.array(z.string()),
  folder: text,
  strategy: text,
  params: z.record(z.string(), paramValue),
  config: z.record(z.string(), z.unknown()),
  nowMs: z.number(),
  hash: z.record(z.string(), z.string()),
}) as unknown as z.ZodType<RunManifest>;
