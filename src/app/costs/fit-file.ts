import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { KiwiError } from "../../base/errors.ts";
import type { ConfigLayer } from "../config/config-layer.ts";
import type { Origin } from "../config/origin.ts";
import { fitCountMin, type CostFit, type Fitted } from "./fit-costs.ts";
import { shellWord } from "../../base/shell-word.ts";

const fitted = z.object({ value: z.number(), low: z.number(), high: z.number(), count: z.number() });
const choice = z.object({ use: z.string() }).catchall(z.union([z.number(), z.boolean(), z.string()]));

const fitFile = z.object({
  schema: z.literal("cost-fit@1"),
  session: z.string(),
  measured: z.object({
    fills: z.number(),
    slippage: fitted.nullable(),
    taker: fitted.nullable(),
    maker: fitted.nullable(),
    latencyMs: fitted.nullable(),
  }),
  /** Goes into the section `costs` of a configuration as it stands. */
  costs: z.strictObject({
    commission: choice.optional(),
    slippage: choice.optional(),
    latencyMs: z.number().min(0).optional(),
  }),
});

/** What a refit writes and a configuration reads. */
export type FitFile = z.output<typeof fitFile>;

/** Makes a file of what was measured in `session`; `isCautious` takes the dear end of each interval. Throws `FILLS_TOO_FEW`. */
export function fitFileOf(session: string, measured: CostFit, isCautious: boolean): FitFile {
  const { slippage, taker, maker, latencyMs } = measured;
  if (slippage === null && taker === null && latencyMs === null) throw tooFew(session, measured.fills);
  const taken = (one: Fitted): number => Math.max(0, isCautious ? one.high : one.value);
  const [rate, makerRate] = [taker ?? maker, maker === null ? {} : { makerRate: taken(maker) }];
  return {
    schema: "cost-fit@1",
    session,
    measured,
    costs: {
      ...(rate === null ? {} : { commission: { use: "rate", rate: taken(rate), ...makerRate } }),
      ...(slippage === null ? {} : { slippage: { use: "fixed", rate: taken(slippage) } }),
      ...(latencyMs === null ? {} : { latencyMs: taken(latencyMs) }),
    },
  };
}

/** The costs of a file that `costs.fitFile` names, as settings. Throws `FIT_FILE_INVALID`. */
export async function fitLayer(folder: string, path: string, namedBy: Origin): Promise<ConfigLayer> {
  const text = await readFile(resolve(folder, path), "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw badFile(path, namedBy, cause.code === "ENOENT" ? "there is no such file" : cause.message);
  });
  const origin: Origin = { kind: namedBy.kind, label: path };
  return { values: { costs: checked(path, text, namedBy).costs }, originOf: () => origin };
}

function checked(path: string, text: string, namedBy: Origin): FitFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badFile(path, namedBy, "it is no JSON");
  }
  const outcome = fitFile.safeParse(value);
  if (outcome.success) return outcome.data;
  const { path: at, message } = outcome.error.issues[0]!;
  throw badFile(path, namedBy, `${at.join(".") || "it"}: ${message}`);
}

function badFile(path: string, { label }: Origin, why: string): KiwiError {
  return new KiwiError({
    code: "FIT_FILE_INVALID",
    exit: "config",
    message: `${label} names ${path} as fitted costs, and it cannot be read`,
    why,
    fix: `kiwi costs refit last --to-file ${shellWord(path)}   writes one; or take costs.fitFile out`,
    topic: "costs",
  });
}

function tooFew(session: string, fills: number): KiwiError {
  return new KiwiError({
    code: "FILLS_TOO_FEW",
    exit: "data",
    message: `session ${session} has ${fills} fills, too few to fit costs to`,
    why: `a mean over fewer than ${fitCountMin} fills is chance`,
    fix: "let it trade on, or name another session: kiwi costs refit SESSION",
    topic: "costs",
  });
}
