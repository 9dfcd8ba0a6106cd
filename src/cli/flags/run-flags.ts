import { costFileFlags, repeatFlags } from "./cost-file-flags.ts";
import type { RunFlag } from "./run-flag.ts";

const everySymbol = "*";

/** Names the data folder. */
export const dataFolderFlag: RunFlag = {
  flags: "--data-folder <folder>",
  kind: "text",
  path: ["dataFolder"],
  group: "Data",
  help: "where downloaded bars are kept",
};

/** Names the calendar of every symbol. */
export const calendarFlag: RunFlag = {
  flags: "--calendar <name>",
  kind: "text",
  path: ["instruments", everySymbol, "calendar"],
  group: "Data",
  help: "24/7, 24/5, us-equity, 24/7@<zone>",
};

/** Names files with plug-ins. */
export const pluginFlag: RunFlag = {
  flags: "--plugin <file>",
  kind: "many",
  path: ["plugins"],
  group: "Sizing and risk",
  help: "plug-ins of your own",
};

const data: readonly RunFlag[] = [
  {
    flags: "--data <path>",
    kind: "many",
    path: ["data"],
    group: "Data",
    help: "CSV file, folder or pattern; synthetic for made-up bars",
  },
  dataFolderFlag,
  {
    flags: "--as-of <day>",
    kind: "text",
    path: ["asOf"],
    group: "Data",
    help: "stored bars as they were known then",
  },
  {
    flags: "--with <path>",
    kind: "many",
    path: ["with"],
    group: "Data",
    help: "bars that are read and never traded",
  },
  {
    flags: "--series <name=file>",
    kind: "many",
    path: ["series"],
    group: "Data",
    help: "a series of your own: date,value,published",
  },
  {
    flags: "--series-delay <days>",
    kind: "number",
    path: ["seriesDelayDays"],
    group: "Data",
    help: "days until values without published are known",
  },
  {
    flags: "--universe <file>",
    kind: "text",
    path: ["universe"],
    group: "Data",
    help: "members of a portfolio: symbol,from,to",
  },
  {
    flags: "--delistings <file>",
    kind: "text",
    path: ["delistings"],
    group: "Data",
    help: "announced ends of symbols: symbol,last_day,known_from",
  },
  {
    flags: "--actions <file>",
    kind: "text",
    path: ["actions"],
    group: "Data",
    help: "splits and dividends: symbol,date,action,value",
  },
  {
    flags: "-p, --pairs <symbols>",
    kind: "list",
    path: ["pairs"],
    group: "Data",
    help: "only these symbols",
  },
  {
    flags: "-t, --timeframe <timeframe>",
    kind: "text",
    path: ["timeframe"],
    group: "Data",
    help: "bars to decide on, e.g. 4h",
  },
  {
    flags: "--detail <path|timeframe>",
    kind: "text",
    path: ["detail"],
    group: "Data",
    help: "finer bars to fill orders on",
  },
  {
    flags: "--from <day>",
    kind: "text",
    path: ["from"],
    group: "Data",
    help: "first day to trade; earlier bars warm up",
  },
  {
    flags: "--to <day>",
    kind: "text",
    path: ["to"],
    group: "Data",
    help: "day on which the run ends, not included",
  },
  calendarFlag,
  {
    flags: "--seed <number>",
    kind: "number",
    path: ["seed"],
    group: "Data",
    help: "seed of everything random",
  },
];

/** How CSV files are read. */
export const csvFlags: readonly RunFlag[] = [
  {
    flags: "--stamp <open|close>",
    kind: "text",
    path: ["csv", "stamp"],
    choices: ["open", "close"],
    group: "Reading CSV files",
    help: "what the stamps of the file name",
  },
  {
    flags: "--time-zone <zone>",
    kind: "text",
    path: ["csv", "timeZone"],
    group: "Reading CSV files",
    help: "zone of stamps without an offset",
  },
  {
    flags: "--date-format <order>",
    kind: "text",
    path: ["csv", "dateFormat"],
    group: "Reading CSV files",
    help: "dmy, mdy, ymd where digits leave it open",
  },
  {
    flags: "--delimiter <character>",
    kind: "text",
    path: ["csv", "delimiter"],
    group: "Reading CSV files",
    help: "column separator",
  },
  {
    flags: "--symbol <name>",
    kind: "text",
    path: ["csv", "symbol"],
    group: "Reading CSV files",
    help: "symbol of the file",
  },
];

const account: readonly RunFlag[] = [
  {
    flags: "--cash <amount>",
    kind: "number",
    path: ["account", "cash"],
    group: "Account and costs",
    help: "starting cash",
  },
  {
    flags: "--account <kind>",
    kind: "text",
    path: ["account", "kind"],
    choices: ["cash", "margin"],
    group: "Account and costs",
    help: "cash (long only) or margin",
  },
  {
    flags: "--leverage <multiple>",
    kind: "number",
    path: ["account", "leverage"],
    group: "Account and costs",
    help: "largest exposure of a margin account",
  },
  {
    flags: "--fee <rate>",
    kind: "number",
    path: ["costs", "commission"],
    choose: (rate) => ({ use: "rate", rate }),
    group: "Account and costs",
    help: "commission, share of notional: 0.001 is 0.1 %",
  },
  {
    flags: "--slippage <rate>",
    kind: "number",
    path: ["costs", "slippage"],
    choose: (rate) => ({ use: "fixed", rate }),
    group: "Account and costs",
    help: "how much worse a market order fills",
  },
  {
    flags: "--latency <ms>",
    kind: "number",
    path: ["costs", "latencyMs"],
    group: "Account and costs",
    help: "from sending an order to the venue",
  },
  {
    flags: "--borrow <rate>",
    kind: "number",
    path: ["costs", "borrowRate"],
    group: "Account and costs",
    help: "yearly fee on short positions",
  },
  {
    flags: "--funding <rate>",
    kind: "number",
    path: ["costs", "fundingRate"],
    group: "Account and costs",
    help: "paid by longs every eight hours",
  },
  ...costFileFlags,
  {
    flags: "--volume-share <share>",
    kind: "number",
    path: ["costs", "volumeShareMax"],
    group: "Account and costs",
    help: "largest share of a bar's volume",
  },
  {
    flags: "--lot <size>",
    kind: "number",
    path: ["instruments", everySymbol, "lotSize"],
    group: "Account and costs",
    help: "quantities are multiples of this",
  },
  {
    flags: "--tick <size>",
    kind: "number",
    path: ["instruments", everySymbol, "tickSize"],
    group: "Account and costs",
    help: "prices are multiples of this",
  },
];

const sizing: readonly RunFlag[] = [
  {
    flags: "--sizer <name>",
    kind: "text",
    path: ["sizing"],
    choose: (use) => ({ use }),
    group: "Sizing and risk",
    help: "how a signal becomes a share of equity",
  },
  {
    flags: "--size-at <price>",
    kind: "text",
    path: ["execution", "sizeAt"],
    choices: ["close", "fill"],
    group: "Sizing and risk",
    help: "price that makes a quantity: close or fill",
  },
  {
    flags: "--delisting-return <share>",
    kind: "number",
    path: ["execution", "delistingReturn"],
    group: "Account and costs",
    help: "what a delisted holding still gains or loses: -0.3",
  },
  {
    flags: "--gone-after <sessions>",
    kind: "number",
    path: ["execution", "goneAfterSessions"],
    group: "Account and costs",
    help: "sessions without a bar that mean delisted",
  },
  {
    flags: "--flatten-at-end",
    kind: "switch",
    path: ["execution", "flattenAtEnd"],
    group: "Sizing and risk",
    help: "close everything at the last bar",
  },
  {
    flags: "--stop-atr <multiple>",
    kind: "number",
    path: ["protection", "stopAtr"],
    group: "Sizing and risk",
    help: "stop-loss so many ATR from the close",
  },
  {
    flags: "--take-profit-atr <multiple>",
    kind: "number",
    path: ["protection", "takeProfitAtr"],
    group: "Sizing and risk",
    help: "take-profit so many ATR from the close",
  },
  {
    flags: "--risk-profile <name>",
    kind: "text",
    path: ["risk", "profile"],
    choices: ["none", "conservative", "moderate", "aggressive"],
    group: "Sizing and risk",
    help: "a set of risk rules",
  },
  pluginFlag,
];

const result: readonly RunFlag[] = [
  {
    flags: "--benchmark [symbol]",
    kind: "text",
    path: ["benchmark"],
    group: "Result",
    help: "compare with buy & hold, of all or of one symbol",
  },
  { flags: "--no-benchmark", kind: "switch", path: ["benchmark"], group: "Result", help: "do not" },
  {
    flags: "--cost-grid",
    kind: "switch",
    path: ["costGrid"],
    group: "Result",
    help: "run again at 0, 0.5, 1, 2 and 3 times the costs",
  },
  { flags: "--no-cost-grid", kind: "switch", path: ["costGrid"], group: "Result", help: "do not" },
  ...repeatFlags,
  {
    flags: "--report <formats>",
    kind: "list",
    path: ["report"],
    group: "Result",
    help: "html,json,csv or none",
  },
  { flags: "--out <folder>", kind: "text", path: ["out"], group: "Result", help: "folder of the run store" },
  {
    flags: "--fail-if <condition>",
    kind: "many",
    path: ["failIf"],
    group: "Result",
    help: "exit 5 when it holds, e.g. 'sharpe<1'",
  },
  {
    flags: "--stuck-after <seconds>",
    kind: "number",
    path: ["stuckAfterSeconds"],
    group: "Result",
    help: "stop a strategy that takes no bar for so long",
  },
];

/** The flags of everything that reads bars. */
export const dataFlags: readonly RunFlag[] = [...data, ...csvFlags];

/** The flags of an account and what its orders cost. */
export const accountFlags: readonly RunFlag[] = account;

/** The flags of everything that runs a strategy. */
export const strategyFlags: readonly RunFlag[] = [...dataFlags, ...account, ...sizing];

/** The flags of a backtest. */
export const backtestFlags: readonly RunFlag[] = [...strategyFlags, ...result];
