import { z } from "zod";
import { alertConfigSchema } from "./alert-config.ts";
import { logLevels } from "../../adapters/logging/log-level.ts";
import { killTriggersSchema } from "../../robot/kill/kill-triggers.ts";
import { runConfigSchema } from "./run-config.ts";
import { scheduleConfigSchema } from "./schedule-config.ts";
import { secretPlace } from "./secret-place.ts";
import { sessionsConfigSchema } from "./session-config.ts";
import { trainingConfigSchema } from "./training-config.ts";

const text = z.string().min(1);

/** The files that a finished run may leave beside its manifest. */
const artifactNames = ["html", "json", "csv"] as const;

const csv = z.strictObject({
  stamp: z.enum(["open", "close"]).optional().describe("what the time stamps of the files name"),
  timeZone: text.optional().describe("IANA zone of stamps that carry no offset; UTC by default"),
  dateFormat: text.optional().describe("order of day, month and year where digits leave it open, e.g. dmy"),
  delimiter: text.optional().describe("column separator, where it is not found out"),
  symbol: text.optional().describe("symbol of the file, where its name does not tell"),
  adjusted: z.boolean().default(false).describe("scale prices by an adjusted close"),
});

const provider = z
  .object({
    use: text.optional().describe("which source; the provider's own name by default (kiwi help sources)"),
    key: secretPlace.optional(),
    secret: secretPlace.optional(),
    token: secretPlace.optional(),
    password: secretPlace.optional(),
    symbols: z
      .record(z.string(), text)
      .optional()
      .describe("your symbols as this provider writes them, where the two differ"),
    priceScale: z.number().positive().optional().describe("its prices times this are yours"),
    volumeScale: z.number().positive().optional().describe("its volumes times this are yours"),
  })
  .catchall(z.union([z.number(), z.boolean(), z.string()]));

const broker = z
  .object({
    use: text.describe("which broker (kiwi help brokers)"),
    key: secretPlace.optional(),
    secret: secretPlace.optional(),
    token: secretPlace.optional(),
    password: secretPlace.optional(),
  })
  .catchall(z.union([z.number(), z.boolean(), z.string()]));

const store = z.strictObject({
  kind: z
    .enum(["parquet", "csv"])
    .optional()
    .describe("form of the files of a data folder that is made; parquet by default"),
  rowsMax: z
    .int()
    .positive()
    .optional()
    .describe("csv only: bars kept of each series, the newest; all by default"),
  catalogue: secretPlace
    .optional()
    .describe("where a PostgreSQL connection string is; an SQLite file by default"),
});

const news = z
  .strictObject({
    halfLifeHours: z
      .number()
      .positive()
      .optional()
      .describe("time in which an article loses half of its weight; 24 by default"),
    halfLifeBars: z.number().positive().optional().describe("the same, in bars that are decided on"),
    timeframe: text.optional().describe("length of a row; that of the run by default"),
    neutralWeight: z.number().min(0).default(1).describe("how strongly old news are pulled to 0"),
    knownBy: z
      .enum(["published", "received"])
      .default("published")
      .describe("whether news count from when they came out, or from when they arrived here"),
    delaySeconds: z.number().min(0).default(60).describe("how much later than that they are known"),
  })
  .refine(
    ({ halfLifeHours, halfLifeBars }) => halfLifeHours === undefined || halfLifeBars === undefined,
    "it has either halfLifeHours or halfLifeBars",
  );

const model = z.strictObject({
  key: secretPlace.optional(),
  secret: secretPlace.optional(),
  token: secretPlace.optional(),
  password: secretPlace.optional(),
});

/** A broker as a configuration describes it. */
export type BrokerConfig = z.output<typeof broker>;

/** A provider as a configuration describes it. */
export type ProviderConfig = z.output<typeof provider>;

const trading = z.strictObject({
  triggers: killTriggersSchema
    .prefault({})
    .describe("what pulls the kill switch by itself, and what it does then"),
  log: z
    .record(z.string(), z.enum(logLevels))
    .default({ "*": "info", robot: "debug" })
    .describe('level by part (robot, guard, report, feed); "*" holds for the others'),
  warmupBars: z.int().min(1).default(500).describe("bars loaded before the first decision"),
  strategyCpuSecondsMax: z
    .number()
    .positive()
    .default(10)
    .describe("processor time that a strategy may take for one bar; then it is ended and started again"),
  strategyMemoryMbMax: z
    .int()
    .min(64)
    .default(512)
    .describe("memory that a strategy may take, in MB; then it is ended and started again"),
  logFilesMax: z
    .int()
    .positive()
    .default(10)
    .describe("log files of 20 MB that are kept of a session; the oldest go first"),
  sessionDays: z
    .number()
    .min(1)
    .default(90)
    .describe("how long sessions that ended are kept from kiwi sessions --remove"),
  silenceSecondsMax: z
    .number()
    .min(2)
    .default(30)
    .describe("a robot that is silent for so long is taken for dead by its watchdog"),
  gates: z
    .strictObject({
      paperDaysMin: z.number().min(0).default(30).describe("days on paper before live"),
      tradesMin: z.int().min(1).default(30).describe("trades that a backtest must have"),
      findingsMax: z
        .int()
        .min(0)
        .default(0)
        .describe("tests of a validation that may speak against the strategy"),
    })
    .prefault({})
    .describe("what live trading asks for"),
});

/** Everything that `kiwi.config.jsonc` may say. Everything has a default: an empty file is valid. */
export const kiwiConfigSchema = z.strictObject({
  $schema: z.string().optional().describe("for editors"),
  strategy: text.optional().describe("name of a strategy, or path of a strategy file"),
  data: z
    .array(text)
    .default([])
    .describe("CSV files, folders, patterns or a data folder; synthetic makes bars up"),
  dataFolder: text.default(".kiwi/data").describe("where downloaded bars are kept"),
  store: store.prefault({}).describe("how downloaded bars are kept"),
  sources: z
    .array(text)
    .default([])
    .describe("where bars are fetched from, the primary first; the others stand in for it"),
  providers: z
    .record(z.string(), provider)
    .default({})
    .describe("sources with settings of your own, by name"),
  broker: broker.optional().describe("where orders go, and its own options; play money unless live is armed"),
  modelSecrets: z
    .record(z.string(), model)
    .default({})
    .describe(
      "where the secrets of model plug-ins are, by name; files: no variable with a secret reaches a run",
    ),
  asOf: text.optional().describe("read stored bars as they were known at that time"),
  with: z.array(text).default([]).describe("bars that are read by strategies and never traded"),
  series: z.array(text).default([]).describe("external series, NAME=FILE: date,value,published"),
  seriesDelayDays: z
    .number()
    .min(0)
    .optional()
    .describe("days after its date that a value without a publication date is known"),
  universe: text.optional().describe("who is a member when: a file symbol,from,to (portfolio strategies)"),
  delistings: text
    .optional()
    .describe("when symbols ceased to trade, and since when that was known: symbol,last_day,known_from"),
  actions: text.optional().describe("splits and dividends of unadjusted prices: symbol,date,action,value"),
  pairs: z.array(text).default([]).describe("symbols to use; all that the data hold when empty"),
  timeframe: text.optional().describe("bars to decide on, when they are not those of the data"),
  detail: text.optional().describe("finer bars to fill orders on: a path or a timeframe"),
  from: text.optional().describe("first day to trade; what lies before warms up"),
  to: text.optional().describe("day on which the run ends, not included"),
  inSampleTo: text
    .optional()
    .describe(
      "day up to which what is run was chosen or trained, not included; charts shade what lies before",
    ),
  ...runConfigSchema.shape,
  csv: csv.prefault({}),
  news: news.prefault({}).describe("how news become series, for strategies that read news"),
  seed: z.int().min(0).default(42).describe("seed of everything random"),
  benchmark: z
    .union([z.boolean(), text])
    .default(true)
    .describe("compare with buying and holding the same symbols, or the one that is named"),
  report: z
    .array(z.enum(artifactNames))
    .default([...artifactNames])
    .describe("what to write beside the manifest of a run"),
  costGrid: z.boolean().optional().describe("run again at 0, 0.5, 1, 2 and 3 times the costs"),
  capacity: z
    .boolean()
    .optional()
    .describe("run again with accounts of up to 10,000 times the size, whose orders move the price"),
  failIf: z.array(text).default([]).describe('conditions that fail the run, e.g. "sharpe<1"'),
  plugins: z.array(text).default([]).describe("files with plug-ins of your own"),
  alerts: alertConfigSchema.prefault({}).describe("who is told what happens to a robot"),
  out: text.default(".kiwi/runs").describe("folder of the run store"),
  training: trainingConfigSchema.prefault({}).describe("how models of direction are trained: kiwi train"),
  trading: trading.prefault({}).describe("how paper and live sessions are guarded and logged"),
  sessions: sessionsConfigSchema.describe("several strategies, on one account or on several, in one robot"),
  schedule: scheduleConfigSchema
    .prefault({})
    .describe("what kiwi schedule start does again and again, by name"),
  state: z
    .strictObject({
      database: secretPlace
        .optional()
        .describe("where a PostgreSQL connection string is; an SQLite file beside the sessions by default"),
    })
    .prefault({})
    .describe("sessions as tables: kiwi db"),
  stuckAfterSeconds: z
    .number()
    .positive()
    .default(30)
    .describe("a strategy that takes no bar for so long is stopped"),
});

/** A resolved configuration: every key has its value. */
export type KiwiConfig = z.output<typeof kiwiConfigSchema>;

/** The part of a configuration that shapes the run itself. */
export function runConfigOf(config: KiwiConfig): z.output<typeof runConfigSchema> {
  const { account, costs, sizing, risk, protection, execution, instruments, models, predictionFilter } =
    config;
  return {
    account,
    costs,
    sizing,
    risk,
    protection,
    execution,
    instruments,
    ...(models === undefined ? {} : { models }),
    ...(predictionFilter === undefined ? {} : { predictionFilter }),
  };
}
