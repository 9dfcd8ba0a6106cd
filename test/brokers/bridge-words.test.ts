import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  accountSchema,
  answerSchema,
  bridgeCommands,
  dealsSchema,
  oneOrderSchema,
  symbolSchema,
} from "../../src/adapters/brokers/metatrader/bridge-messages.ts";
import { orderStates } from "../../src/adapters/brokers/metatrader/read-bridge.ts";
import { heartbeatSchema } from "../../src/adapters/sources/metatrader/terminal-messages.ts";
import { dwxTradeCommands } from "../../src/emulator/metatrader/dwx-commands.ts";
import { kiwiCommands } from "../../src/emulator/metatrader/kiwi-commands.ts";
import { MetatraderFace } from "../../src/emulator/metatrader/metatrader-face.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import type { FaceTools } from "../../src/emulator/wire/face-tools.ts";
import { controlFace } from "../../src/emulator/wire/control-face.ts";
import { startLab } from "../emulator-lab.ts";

/*
 * No compiler for MQL5 is at hand. What can be held against each other without one are the words: of the bridge's source,
 * of Kiwi that reads them, and of the emulator that stands in for the bridge.
 */

const bridge = readFileSync(join(import.meta.dirname, "..", "..", "metatrader", "KiwiBridge.mq5"), "utf8");
/** Without comments and texts, for counting brackets. */
const bare = bridge
  .replaceAll(/"(?:\\.|[^"\\])*"/g, '""')
  .replaceAll(/\/\/[^\n]*/g, "")
  .replaceAll(/'(?:\\.|[^'\\])'/g, "0");

/** The body of a function of the bridge. */
function bodyOf(name: string): string {
  const start = new RegExp(`^[\\w&]+ ${name}\\([^;{]*?\\)\\s*\\{`, "m").exec(bridge);
  if (start === null) throw new Error(`the bridge has no function ${name}`);
  const end = bridge.indexOf("\n  }", start.index);
  return bridge.slice(start.index, end);
}

/** Names of JSON fields that a function writes. */
const fieldsOf = (name: string): readonly string[] =>
  [...bodyOf(name).matchAll(/\\"(\w+)\\": /g)].map((match) => match[1]!).toSorted();
const keysOf = (value: unknown): readonly string[] => Object.keys(value as object).toSorted();
const quotedIn = (text: string): readonly string[] =>
  [...text.matchAll(/"(\w+)"/g)].map((match) => match[1]!);

test("the source of the bridge is balanced, and every function that it calls is there or MetaTrader's", () => {
  for (const [open, close] of [
    ["{", "}"],
    ["(", ")"],
    ["[", "]"],
  ] as const)
    expect(bare.split(open).length, open).toBe(bare.split(close).length);
  const made = new Set([...bare.matchAll(/^[\w&]+ (\w+)\([^;]*?\)\s*\n {2}\{/gm)].map((match) => match[1]!));
  const called = new Set([...bare.matchAll(/\b([A-Z]\w+)\(/g)].map((match) => match[1]!));
  const theirs =
    /^(Account|Array|Copy|Double|Event|File|Folder|Get|History|Integer|MQL|Math|Normalize|Order(Check|Get|Select|Send)|Orders|Position|Positions|Print|Reset|Series|String|Symbol|Symbols|Terminal|Time|Zero)/;
  const strange = [...called].filter((name) => !made.has(name) && !theirs.test(name));
  expect(strange).toEqual([]);
  // What is written and never called is a word that nobody hears: all but the events of the terminal.
  const unused = [...made].filter(
    (name) => !name.startsWith("On") && bare.split(new RegExp(`\\b${name}\\(`)).length < 3,
  );
  expect(unused).toEqual([]);
});

test("bridge, Kiwi and emulator have the same commands", () => {
  const own = quotedIn(bodyOf("IsOwnCommand"));
  expect(own.toSorted()).toEqual(bridgeCommands.toSorted());
  expect(own.toSorted()).toEqual(keysOf(kiwiCommands));
  const traded = [...bodyOf("ExecuteTrade").matchAll(/command == "(\w+)"/g)].map((match) => match[1]!);
  expect(traded.toSorted()).toEqual(keysOf(dwxTradeCommands));
});

test("every outcome and every state that the bridge may say is one that Kiwi knows", () => {
  const outcomes = new Set([...bridge.matchAll(/Said\("(\w+)"/g)].map((match) => match[1]!));
  expect(
    [...outcomes, "refused"].filter((word) => !answerSchema.shape.outcome.options.includes(word as "ok")),
  ).toEqual([]);
  const states = quotedIn(bodyOf("StateWord")).filter((word) => word !== "unknown");
  expect(states.toSorted()).toEqual(Object.keys(orderStates).toSorted());
});

test("the words of SEND_ORDER stand in one order on all three sides", () => {
  expect(bridge).toContain("//--- Content: symbol,type,lots,price,magic,name,filling,lifetime,valid_until.");
  const words = bodyOf("SendOrder");
  expect(words).toContain("!= 9");
  for (const part of [
    "magic = parts[4]",
    "name  = parts[5]",
    'parts[6] == "fok"',
    'parts[7] == "day"',
    "parts[8]",
  ])
    expect(words).toContain(part);
});

test("the fields of every answer are those that Kiwi reads, and those that the emulator writes", async () => {
  let tools: FaceTools | null = null;
  const lab = await startLab({
    listings: [listingOf("EURUSD", { assetClass: "forex" })],
    timeframe: "1m",
    startMs: 0,
    quads: [
      [1, 2, 1, 1],
      [1, 2, 1, 1],
    ],
    face: (given) => {
      tools = given;
      return controlFace;
    },
  });
  await lab.close();
  const face = new MetatraderFace(tools!, lab.account);
  let lastId = 0;
  const answer = (command: string, content: string): Record<string, never> =>
    JSON.parse(face.take(`<:${++lastId}|${command}|${content}:>`)[0]!.text) as Record<string, never>;
  const deal = answer("SEND_ORDER", "EURUSD,buy,0.01,0,1,a,,gtc,9999999999");
  expect(keysOf(deal)).toEqual([...fieldsOf("Answer"), ...fieldsOf("Said"), "ticket"].toSorted());
  lab.exchange.advance();
  const account = answer("GET_ACCOUNT", "");
  expect(keysOf(account["account"])).toEqual(fieldsOf("AccountJson"));
  expect(keysOf(account["positions"]![0])).toEqual(
    fieldsOf("AnswerAccount").filter(
      (name) => !["account", "positions", "orders", "last_deal", "is_trade_allowed"].includes(name),
    ),
  );
  expect(keysOf(answer("GET_ORDER", "0,1,a")["order"])).toEqual(fieldsOf("OrderFields"));
  expect(keysOf(answer("GET_DEALS", "0,0,10")["deals"]![0])).toEqual(fieldsOf("DealJson"));
  expect(keysOf(answer("GET_SYMBOL", "EURUSD")["symbol"])).toEqual(
    fieldsOf("AnswerSymbol").filter((name) => name !== "symbol"),
  );
  const [heartbeat, orders] = face.beat().map(({ text }) => JSON.parse(text) as Record<string, never>);
  expect(keysOf(heartbeat)).toEqual(fieldsOf("Beat"));
  expect(keysOf(Object.values(orders!["orders"]!)[0])).toEqual(fieldsOf("LineJson"));
  const trades = face
    .take(`<:${++lastId}|GET_HISTORIC_TRADES|30:>`)
    .find(({ name }) => name === "Historic_Trades")!;
  expect(keysOf(Object.values(JSON.parse(trades.text) as object)[0])).toEqual(
    fieldsOf("AnswerHistoricTrades"),
  );

  const read = {
    AccountJson: accountSchema.shape.account,
    OrderFields: oneOrderSchema.shape.order,
    DealJson: dealsSchema.shape.deals.element,
    AnswerSymbol: symbolSchema.shape.symbol,
    Beat: heartbeatSchema,
  };
  for (const [name, schema] of Object.entries(read))
    expect(
      Object.keys(schema.shape).filter((key) => !fieldsOf(name).includes(key)),
      name,
    ).toEqual([]);
});
