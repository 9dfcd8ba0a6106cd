import { systemClock } from "../../adapters/system-clock.ts";
import { Prng } from "../../base/prng.ts";
import type { AlertChannel } from "../../ports/alert-channel.ts";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeTelegram } from "../../../test/fakes/fake-telegram.ts";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { telegram } from "../../adapters/channels/telegram.ts";
import { lockAccount } from "../../robot/account-lock.ts";
import { everyAccount, KillSwitch } from "../../robot/kill/kill-switch.ts";
import { Pause, underPause } from "../../robot/kill/pause.ts";
import { noteAccount } from "../trading/account-record.ts";
import { openSessionFolder, type SessionNote } from "../trading/session-folder.ts";
import { writeStatus, type SessionStatus } from "../trading/session-status.ts";
import { ChatLog } from "./chat-log.ts";
import { serveChats } from "./serve-chats.ts";

const owner = 4711;
const account = "PA-1";
const note: SessionNote = {
  id: "s1",
  mode: "paper",
  account,
  strategy: "sma-cross",
  params: {},
  symbols: ["BTC/USD"],
  timeframe: "1m",
  broker: "alpaca",
  isDemo: false,
  startedMs: 0,
  begunMs: 0,
  ranMs: 0,
  settingsHash: "",
  models: [],
  part: null,
  isLeft: false,
  pid: process.pid,
};
const status = {
  writtenMs: Date.now(),
  robot: {
    trading: { state: "active", reason: "" },
    line: { kind: "live" },
    orders: [],
    lastBarMs: Date.UTC(2026, 0, 2, 3, 4),
    positions: [{ symbol: "BTC/USD", reason: "fast above slow" }],
  },
  account: {
    equity: 10_250,
    dayPnl: 250,
    dayFills: 3,
    exposureShare: 0.5,
    positions: [{ symbol: "BTC/USD", quantity: 0.5, value: 5_000, unrealizedPnl: 120 }],
  },
  decisions: [
    {
      timeMs: Date.UTC(2026, 0, 2, 3, 4),
      symbol: "BTC/USD",
      what: "wants",
      quantity: 0.5,
      reason: "fast above slow",
    },
  ],
  comparison: null,
} as unknown as SessionStatus;

let bot: FakeTelegram;
let home: { path: string; remove: () => void };
let lock: ReturnType<typeof lockAccount>;
let url = "";
const logged: string[] = [];
const say = (fields: object, message: string): void =>
  void logged.push(`${JSON.stringify(fields)} ${message}`);
const log = { debug: say, info: say, warn: say, error: say };
const ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  bot = new FakeTelegram();
  url = await bot.open();
  home = temporaryFolder();
  logged.length = 0;
  writeStatus(openSessionFolder(home.path, note).status, status);
  noteAccount(home.path, {
    account,
    mode: "paper",
    broker: { use: "alpaca" },
    folder: home.path,
    plugins: [],
    session: "s1",
    symbols: [],
  });
  lock = lockAccount(home.path, account, { sinceMs: 0, what: "paper session s1" });
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  lock.release();
  await bot.close();
  home.remove();
});

/** A process that answers commands; ends when the returned function was called. */
function serve(): () => Promise<void> {
  const options = telegram.options.parse({ chat: owner, commandsFrom: [String(owner)], baseUrl: url });
  const tools = { clock: systemClock, prng: new Prng(1), credentials: { token: bot.token }, folder: "." };
  const channels = new Map([["phone", telegram.open(options, tools) as AlertChannel]]);
  const ending = new AbortController();
  const { count, done } = serveChats({ home: home.path, env: {}, channels, log }, ending.signal);
  expect(count).toBe(1);
  const end = async (): Promise<void> => {
    ending.abort(new Error("ended"));
    await done;
  };
  ends.push(end);
  return end;
}

const switchOf = () => new KillSwitch(home.path, account);
const inboxFile = (): string => {
  const name = /"inbox":"([^"]+)"/.exec(logged.join("\n"))![1]!;
  return join(home.path, "chats", `${name}.jsonl`);
};

const kept = () => new ChatLog(home.path, basename(inboxFile(), ".jsonl"));
/** Who ends before an answer was confirmed leaves it to be told again. */
const allTold = () => expect.poll(() => kept().unfinished()).toEqual([]);

test("status, positions and the reasons of decisions are told to whoever is allowed, and nobody else gets an answer", async () => {
  serve();
  bot.write(666, "/status");
  bot.write(666, "/kill");
  bot.write(owner, "/status");
  const told = await bot.answered(1);
  for (const words of [
    "paper sma-cross, session s1",
    "equity 10,250.00, today +250.00 in 3 fills",
    "trading active",
  ])
    expect(told).toContain(words);
  bot.write(owner, "/positions@kiwi_bot");
  expect(await bot.answered(2)).toContain("0.5 BTC/USD: worth 5,000.00, +120.00; fast above slow");
  bot.write(owner, "/explain btc/usd");
  expect(await bot.answered(3)).toContain("BTC/USD wants 0.5: fast above slow");
  bot.write(owner, "what?");
  bot.write(owner, "/what");
  expect(await bot.answered(4)).toContain("/positions - what is held");
  expect(bot.sent.map(({ chat }) => chat)).toEqual(["4711", "4711", "4711", "4711"]);
  expect(switchOf().order().state).toBe("active");
  expect(logged.join("\n")).toContain("a chat that is not allowed wrote to the bot");
  // The record of who wanted what holds no token.
  const audit = readFileSync(inboxFile(), "utf8");
  expect(audit).toContain('"chat":"666"');
  expect(audit + logged.join("\n")).not.toContain("planted-bot-token");
});

test("a pause opens nothing, stays over restarts, and is lifted after a second word; a kill switch is not", async () => {
  const end = serve();
  bot.write(owner, "/pause");
  expect(await bot.answered(1)).toContain("paused: PA-1");
  const pause = new Pause(home.path, account);
  const state = () => underPause(switchOf().order(), pause);
  expect(state()).toMatchObject({
    state: "reducing",
    reason: expect.stringContaining("chat 4711") as string,
  });
  await allTold();
  await end();
  bot.write(owner, "/resume");
  serve();
  const question = await bot.answered(2);
  expect(question).toContain("Positions are opened again");
  expect(state().state).toBe("reducing");
  bot.write(owner, "/confirm 1");
  expect(await bot.answered(3)).toContain("not the code");
  expect(state().state).toBe("reducing");
  bot.write(owner, /\/confirm \d+/.exec(question)![0]);
  expect(await bot.answered(4)).toBe("PA-1: goes on");
  expect(state().state).toBe("active");
  bot.write(owner, /\/confirm \d+/.exec(question)![0]);
  expect(await bot.answered(5)).toBe("there is nothing to confirm");
});

test("a kill is confirmed in time, pulled once whatever happens in between, and carried out", async () => {
  const end = serve();
  bot.write(owner, "/kill flatten NOBODY");
  expect(await bot.answered(1)).toContain("there is no account NOBODY");
  bot.write(owner, "/kill flatten");
  const confirm = /\/confirm \d+/.exec(await bot.answered(2))![0];
  expect(switchOf().state().pulls).toEqual([]);
  // What a robot does when its switch is pulled.
  const robot = setInterval(() => {
    for (const { id } of switchOf().state().pulls)
      if (!switchOf().state().done.has(id))
        switchOf().noteDone({ pull: id, atMs: Date.now(), by: "robot", left: {} });
  }, 20);
  try {
    bot.write(owner, confirm);
    expect(await bot.answered(3)).toContain("PA-1: flatten, done at the venue");
    expect(switchOf().order()).toMatchObject({ state: "halted", reason: "person: by a command" });
    await allTold();
    await end();
    // Killed after the pull and before it was noted: whoever comes next answers, and pulls nothing.
    const file = inboxFile();
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const heard = JSON.parse(lines.findLast((line) => line.includes('"heard"'))!) as { id: number };
    expect(kept().lastId).toBe(heard.id);
    const upTo = lines.findIndex((line) => line.includes('"done"') && line.includes(`"id":${heard.id},`));
    writeFileSync(file, `${lines.slice(0, upTo).join("\n")}\n{"kind":"do`);
    serve();
    expect(await bot.answered(4)).toContain("PA-1: flatten, done at the venue");
    expect(new KillSwitch(home.path, everyAccount).state().pulls).toHaveLength(1);
    await allTold();
  } finally {
    clearInterval(robot);
  }
});

test("a code that comes too late does nothing, and an answer that is refused is sent again", async () => {
  serve();
  bot.write(owner, "/kill");
  const confirm = /\/confirm \d+/.exec(await bot.answered(1))![0];
  bot.write(owner, confirm, -200_000);
  expect(await bot.answered(2)).toContain("too long ago");
  bot.refuse = 1;
  bot.write(owner, "/status");
  expect(await bot.answered(3)).toContain("equity");
  expect(switchOf().state().pulls).toEqual([]);
});

test("of two processes one asks the bot, and the other takes over when it ends", async () => {
  const end = serve();
  serve();
  bot.write(owner, "/status");
  await bot.answered(1);
  expect(bot.conflicts).toBe(0);
  expect(logged.filter((line) => line.includes("commands are answered"))).toHaveLength(1);
  await end();
});
