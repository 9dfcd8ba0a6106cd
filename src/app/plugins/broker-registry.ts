import { z } from "zod";
import { contractWishSchema } from "../../adapters/brokers/ib/ib-contracts.ts";
import { defineBroker, type BrokerPlugin } from "../../ports/broker-plugin.ts";

const positive = z.number().positive().optional();
/** Options of everything that is reached over a network. */
const network = {
  baseUrl: z.string().optional().describe("where its REST interface is, when it is not the venue's own"),
  wsUrl: z.string().optional().describe("where its stream is, when it is not the venue's own"),
  requestTimeoutMs: positive.describe("how long an answer may take; then an order is unknown"),
  clockSkewMsMax: positive.describe("how far this machine's clock may be off"),
  staleAfterMs: positive.describe("a stream that answers no ping for so long is taken for dead"),
};

/** Every broker, sorted by name. What one is made of is loaded when it connects. */
export const brokerPlugins: readonly BrokerPlugin[] = [
  defineBroker({
    name: "alpaca",
    summary: "US stocks and crypto of Alpaca, with play money or money",
    options: z.strictObject({
      ...network,
      market: z.enum(["stocks", "crypto"]).default("stocks"),
      fractional: z.boolean().default(false).describe("parts of shares; such orders live for a day only"),
      marginMultiplier: z
        .union([z.literal(1), z.literal(2), z.literal(4)])
        .optional()
        .describe("how many times its money the account may hold; set at the venue and read back"),
    }),
    credentials: [
      { name: "key", what: "an API key id", env: "APCA_API_KEY_ID" },
      { name: "secret", what: "the secret of its API key", env: "APCA_API_SECRET_KEY" },
    ],
    async connect(options, tools) {
      const { alpacaBroker } = await import("../../adapters/brokers/alpaca/alpaca-broker.ts");
      return alpacaBroker(options, tools);
    },
  }),
  defineBroker({
    name: "bybit",
    summary: "futures and spot market of Bybit's unified account, with play money or money",
    options: z.strictObject({
      ...network,
      category: z.enum(["linear", "spot"]).default("linear"),
      environment: z.enum(["demo", "testnet"]).default("demo").describe("where play money is traded"),
      leverage: positive.describe("of each futures symbol: set before its first order and read back"),
      marginMode: z
        .enum(["isolated", "cross", "portfolio"])
        .optional()
        .describe("refused where it is another"),
      recvWindowMs: positive.describe("how long a signature is good for; 5,000 by default"),
    }),
    credentials: [
      { name: "key", what: "an API key", env: "BYBIT_API_KEY" },
      { name: "secret", what: "the secret of its API key", env: "BYBIT_API_SECRET" },
    ],
    async connect(options, tools) {
      const { bybitBroker } = await import("../../adapters/brokers/bybit/bybit-broker.ts");
      return bybitBroker(options, tools);
    },
  }),
  defineBroker({
    name: "ccxt",
    summary: "any exchange that the library ccxt knows, after npm install ccxt: market and limit orders",
    options: z.strictObject({
      exchangeId: z.string().describe("as ccxt writes it: kraken, kucoin, okx"),
      defaultType: z.enum(["spot", "swap"]).default("spot").describe("coins, or perpetual contracts"),
      everyMs: positive.describe("how often orders and fills are asked for"),
      rateLimitMs: positive.describe("between two requests; ccxt's own number where nothing is said"),
      baseUrl: network.baseUrl,
      requestTimeoutMs: network.requestTimeoutMs,
      clockSkewMsMax: network.clockSkewMsMax,
      exchangeOptions: z
        .record(z.string(), z.unknown())
        .optional()
        .describe("ccxt's own options of the exchange"),
      account: z
        .string()
        .optional()
        .describe("what the account is called here; by default part of a hash of its key"),
    }),
    credentials: [
      { name: "key", what: "an API key", env: "CCXT_API_KEY" },
      { name: "secret", what: "the secret of its API key", env: "CCXT_SECRET" },
      { name: "password", what: "the password of its API key", env: "CCXT_PASSWORD" },
    ],
    async connect(options, tools) {
      const { ccxtBroker } = await import("../../adapters/brokers/ccxt/ccxt-broker.ts");
      return ccxtBroker(options, tools);
    },
  }),
  defineBroker({
    name: "ib",
    summary: "shares, currencies and futures of Interactive Brokers, through TWS or its gateway",
    options: z.strictObject({
      host: z.string().default("127.0.0.1").describe("where TWS or the gateway runs"),
      port: z
        .int()
        .min(1)
        .max(65_535)
        .optional()
        .describe("4002 for paper and 4001 for live, as the gateway has them"),
      clientId: z.int().min(0).default(41).describe("our number there; one that somebody has is passed over"),
      account: z.string().optional().describe("which account, where the login has several"),
      fractional: z.boolean().default(false).describe("parts of shares"),
      outsideRth: z.boolean().default(false).describe("orders work outside regular hours, too"),
      contracts: z
        .record(z.string(), contractWishSchema)
        .default({})
        .describe("what a symbol is there, where its name does not say it"),
      requestTimeoutMs: network.requestTimeoutMs,
      clockSkewMsMax: network.clockSkewMsMax,
      staleAfterMs: network.staleAfterMs,
    }),
    async connect(options, tools) {
      const { ibBroker } = await import("../../adapters/brokers/ib/ib-broker.ts");
      return ibBroker(options, tools);
    },
  }),
  defineBroker({
    name: "metatrader",
    summary:
      "whatever a broker trades in a MetaTrader 5 terminal on this machine, by files; demo account or real",
    options: z.strictObject({
      folder: z.string().describe("MQL5/Files of the terminal's data folder"),
      serverTime: z.string().describe("what time the broker's server shows: America/New_York+7, UTC+2"),
      magic: z
        .int()
        .positive()
        .max(2_147_483_647)
        .default(594_011)
        .describe("marks the orders of this account's robot among those of others"),
      pollMs: positive.describe("how often the folder is looked at"),
      pickupMsMax: positive.describe(
        "how long a command may lie before the bridge takes it; then it is taken back",
      ),
      answerMsMax: positive.describe("how long an answer may take; then an order is unknown"),
      clockSkewMsMax: network.clockSkewMsMax,
      staleAfterMs: positive.describe("a bridge that gives no sign of life for so long is taken for dead"),
    }),
    async connect(options, tools) {
      const { metatraderBroker } = await import("../../adapters/brokers/metatrader/metatrader-broker.ts");
      return metatraderBroker(options, tools);
    },
  }),
];
