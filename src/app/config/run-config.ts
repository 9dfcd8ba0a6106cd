import { z } from "zod";
import { modelsConfigSchema } from "./models-config.ts";

const choice = z.object({ use: z.string() }).catchall(z.union([z.number(), z.boolean(), z.string()]));

const account = z
  .strictObject({
    kind: z
      .enum(["cash", "margin"])
      .default("cash")
      .describe("a cash account is long only; a margin account may short"),
    cash: z.number().positive().default(10_000).describe("starting cash in base currency"),
    baseCurrency: z.string().default("USD").describe("currency in which the account is kept"),
    leverage: z
      .number()
      .positive()
      .max(100)
      .default(2)
      .describe("largest gross exposure of a margin account, in multiples of equity"),
    maintenanceMargin: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        "share of exposure below which equity is a margin call; half of what opening takes (1 / leverage), at most 0.25",
      ),
    fixedRates: z
      .record(z.string(), z.number().positive())
      .default({})
      .describe("base currency per unit of another currency"),
  })
  .superRefine(({ kind, leverage, maintenanceMargin = 0 }, context) => {
    if (kind === "cash" || leverage * maintenanceMargin <= 1) return;
    context.addIssue({
      code: "custom",
      path: ["leverage"],
      message:
        `a position of ${leverage} times equity leaves ${round(1 / leverage)} of it as equity, and below ` +
        `${maintenanceMargin} the venue closes it at once: set account.leverage to ${round(1 / maintenanceMargin)} ` +
        `or less, or account.maintenanceMargin to ${round(1 / leverage)} or less`,
    });
  });

function round(value: number): number {
  return Math.floor(value * 1e4) / 1e4;
}

/** The share of exposure below which equity is a margin call: what is set, else half of what opening takes. */
export function maintenanceMarginOf({ leverage, maintenanceMargin }: RunConfig["account"]): number {
  return maintenanceMargin ?? Math.min(0.25, 0.5 / leverage);
}

const costs = z.strictObject({
  commission: choice
    .default({ use: "rate", rate: 0.001 })
    .describe("what a fill costs: a plug-in and its options"),
  slippage: choice
    .default({ use: "fixed", rate: 0.0005 })
    .describe("how much worse than the market an order fills: a plug-in and its options"),
  latencyMs: z.number().min(0).default(0).describe("from sending an order until the venue acts on it"),
  volumeShareMax: z
    .number()
    .positive()
    .default(Infinity)
    .describe("largest share of a bar's volume that our orders take"),
  borrowRate: z.number().min(0).default(0.03).describe("yearly fee on the value of short positions"),
  fundingRate: z
    .number()
    .default(0)
    .describe("paid by longs to shorts every eight hours (perpetual futures)"),
  fundingFile: z
    .string()
    .min(1)
    .optional()
    .describe("funding as it was: a CSV file time,value[,symbol]; before and after it fundingRate holds"),
  borrowFile: z
    .string()
    .min(1)
    .optional()
    .describe("yearly borrow fees as they were: a CSV file time,value[,symbol]; before it borrowRate holds"),
  fitFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      "costs as a session really had them (kiwi costs refit): its commission, slippage and latency take the place of those beside it",
    ),
  feeTiersFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      "commission by the volume of 30 days instead of a plug-in: a CSV file volume,maker,taker[,from]",
    ),
});

const execution = z.strictObject({
  rebalanceBand: z
    .number()
    .min(0)
    .default(0.1)
    .describe("changes below this share of a position are not traded"),
  sizeAt: z.enum(["close", "fill"]).default("close").describe("price that turns a weight into a quantity"),
  goneAfterSessions: z
    .int()
    .min(1)
    .default(5)
    .describe("sessions without a bar after which a symbol is taken for delisted"),
  delistingReturn: z
    .number()
    .min(-1)
    .max(1)
    .default(0)
    .describe("what a delisted holding still changes by after its last close: -0.3 = 30 % less"),
  flattenAtEnd: z.boolean().default(false).describe("close everything at the open of the last bar"),
  skipQuiet: z
    .boolean()
    .default(true)
    .describe("take bars on which nothing can happen the short way; same result"),
});

const protection = z.strictObject({
  atrLength: z.int().min(1).default(14).describe("bars of the ATR that the distances are measured in"),
  stopAtr: z
    .number()
    .min(0)
    .default(0)
    .describe("stop-loss this many ATR from the close; 0 = the strategy's own, if any"),
  takeProfitAtr: z
    .number()
    .min(0)
    .default(0)
    .describe("take-profit this many ATR from the close; 0 = the strategy's own"),
});

/** No defaults here: what a symbol leaves open it takes from `*`, and only then from `instrumentDefaults`. */
const instrument = z.strictObject({
  tickSize: z
    .number()
    .positive()
    .optional()
    .describe("prices are multiples of this; hardly rounded by default"),
  lotSize: z.number().positive().optional().describe("quantities are multiples of this; 1e-8 by default"),
  notionalMin: z.number().min(0).optional().describe("smallest order value; 0 by default"),
  contractMultiplier: z.number().positive().optional().describe("value of one unit at price 1; 1 by default"),
  quoteCurrency: z.string().optional().describe("the account's base currency by default"),
  calendar: z
    .string()
    .optional()
    .describe("24/7, 24/5, us-equity or 24/7@Zone; told from the bars by default"),
});

/** A tick of 0 is none: what a price is rounded to must depend on the price. */
const instrumentDefaults = { tickSize: 0, lotSize: 1e-8, notionalMin: 0, contractMultiplier: 1 };

/** Everything that shapes a run beside its data and its strategy. An empty object is valid. */
export const runConfigSchema = z.strictObject({
  account: account.prefault({}),
  costs: costs.prefault({}),
  sizing: choice
    .default({ use: "fixed-fraction" })
    .describe("how a weight becomes a share of equity: a plug-in and its options"),
  risk: z
    .strictObject({
      profile: z
        .enum(["none", "conservative", "moderate", "aggressive"])
        .default("none")
        .describe("a set of risk rules for how much may be held and lost"),
      tradingProfile: z
        .enum(["none", "trader"])
        .default("none")
        .describe("trader: what stands in front of every order at a trading desk"),
      rules: z
        .array(choice)
        .default([])
        .describe("risk rules and their options; one replaces the rule of the same name of a profile"),
    })
    .prefault({}),
  protection: protection.prefault({}),
  execution: execution.prefault({}),
  instruments: z.record(z.string(), instrument).default({}).describe('by symbol; "*" holds for all'),
  models: modelsConfigSchema.optional().describe("models that are made of others, by the name they get"),
  predictionFilter: z
    .strictObject({
      model: z.string().min(1).describe("name of the model, as in kiwi model list"),
      edgeMin: z
        .number()
        .min(0)
        .max(0.5)
        .default(0)
        .describe("distance of its probability from one half that counts as agreeing"),
    })
    .optional()
    .describe("a position is opened only when this model agrees with its side"),
});

export type RunConfig = z.output<typeof runConfigSchema>;
export type RunConfigInput = z.input<typeof runConfigSchema>;
export type InstrumentConfig = z.output<typeof instrument> & typeof instrumentDefaults;

/** The settings of one symbol: its own over those of `*` over the defaults. */
export function instrumentConfig(config: RunConfig, symbol: string): InstrumentConfig {
  const own = config.instruments[symbol];
  const all = config.instruments["*"];
  const { tickSize, lotSize, notionalMin, contractMultiplier } = instrumentDefaults;
  return {
    ...all,
    ...own,
    tickSize: own?.tickSize ?? all?.tickSize ?? tickSize,
    lotSize: own?.lotSize ?? all?.lotSize ?? lotSize,
    notionalMin: own?.notionalMin ?? all?.notionalMin ?? notionalMin,
    contractMultiplier: own?.contractMultiplier ?? all?.contractMultiplier ?? contractMultiplier,
  };
}
