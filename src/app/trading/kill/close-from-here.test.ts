import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { systemClock } from "../../../adapters/system-clock.ts";
import { KillSwitch } from "../../../robot/kill/kill-switch.ts";
import { knownAccounts, noteAccount } from "../account-record.ts";
import { subjects } from "../../../../test/brokers/emulated-brokers.ts";
import { closeFromHere } from "./close-from-here.ts";

const home = mkdtempSync(join(tmpdir(), "kiwi-kill-own-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A broker from a file of one's own, which writes down what it is told. */
const own = `import { appendFileSync } from "node:fs";
let orders = [{ clientOrderId: "o1", venueOrderId: "1", symbol: "A", side: "buy", quantity: 1, filledQuantity: 0, status: "accepted",
  terms: null, reduceOnly: false, code: null, reason: "", venueTimeMs: 0 }];
const yes = (word) => (say(word), (orders = []), { kind: "accepted", venueOrderId: "1", venueTimeMs: 0 });
const say = (word) => appendFileSync(new URL("told.txt", import.meta.url), word + "\\n");
export default { kind: "broker", name: "own", summary: "one's own", options: {}, credentials: [],
  connect: async ({ place }, { mode }) => ({
    accountName: "OWN-1",
    capabilities: { orderTypes: ["market"], timesInForce: ["gtc"], postOnly: false, reduceOnly: false, modify: false,
      clientOrderId: { lengthMax: 40, pattern: /./ } },
    line: { kind: "closed", atMs: 0 },
    open: async () => say("open " + place + " " + mode),
    cancelAll: async () => yes("cancel"),
    cancel: async () => yes("cancel"),
    openOrders: async () => ({ kind: "whole", orders }),
    account: async () => ({ venueTimeMs: 0, cash: new Map(), equity: 1, currency: "USD", buyingPower: 1, positions: new Map() }),
    close: async () => say("close"),
  }) };`;

test("kill switch and watchdog reach a broker that is a file of one's own, long after its robot", async () => {
  writeFileSync(join(home, "own.mjs"), own);
  noteAccount(home, {
    account: "OWN-1",
    mode: "paper",
    broker: { use: "own", place: "here" },
    folder: home,
    session: "s1",
    plugins: ["own.mjs"],
    symbols: [],
  });
  const kill = new KillSwitch(home, "OWN-1");
  kill.pull({ atMs: 1, by: "test", action: "freeze", trigger: "person", reason: "enough" });
  const said: string[] = [];
  const [record] = knownAccounts(home);
  await closeFromHere(home, record!, {}, (line) => void said.push(line));
  expect(readFileSync(join(home, "told.txt"), "utf8").split("\n").slice(0, 2), said.join("\n")).toEqual([
    "open here paper",
    "cancel",
  ]);
  expect(kill.state().done.size).toBe(1);
});

test("a record from before plug-ins were noted is read all the same", () => {
  writeFileSync(
    join(home, "accounts", "old.json"),
    JSON.stringify({ account: "OLD", mode: "paper", broker: { use: "alpaca" }, folder: ".", session: "s" }),
  );
  expect(knownAccounts(home).find(({ account }) => account === "OLD")).toMatchObject({ plugins: [] });
});

test("coins of a spot account are sold by a process that has traded nothing itself", async () => {
  const subject = subjects.find(({ name }) => name === "Bybit spot")!;
  const lab = await subject.start(
    Array.from({ length: 400 }, () => [100, 101, 99, 100] as const),
    "",
  );
  const trader = await subject.connect(lab, systemClock);
  try {
    await trader.open({ onOrder() {}, onFill() {}, onLine() {} }, new AbortController().signal);
    const [rule] = await trader.instruments([subject.symbol]);
    await trader.submit({
      clientOrderId: "b1",
      symbol: subject.symbol,
      side: "buy",
      quantity: 2,
      terms: { type: "market" },
      timeInForce: "ioc",
      expireTimeMs: Number.POSITIVE_INFINITY,
      postOnly: false,
      reduceOnly: false,
    });
    lab.exchange.advance();
    const held = async () => (await trader.account()).positions.get(subject.symbol)?.quantity ?? 0;
    expect(await held()).toBeGreaterThan(1.9);
    const { accountName: account } = trader;
    const broker = {
      use: "bybit",
      category: "spot",
      baseUrl: lab.url,
      wsUrl: lab.wsUrl,
      clockSkewMsMax: 1e12,
    };
    const record = { account, mode: "paper", broker, folder: home, plugins: [], session: "s" } as const;
    noteAccount(home, { ...record, plugins: [], symbols: [subject.symbol, "GONEUSDT"] });
    // A later session trades something else: what was traded before is not forgotten.
    noteAccount(home, { ...record, plugins: [], symbols: [] });
    new KillSwitch(home, account).pull({
      atMs: 1,
      by: "test",
      action: "flatten",
      trigger: "person",
      reason: "",
    });
    const said: string[] = [];
    const closing = closeFromHere(
      home,
      knownAccounts(home).find((one) => one.account === account)!,
      { BYBIT_API_KEY: "KEY", BYBIT_API_SECRET: "SECRET" },
      (line) => void said.push(line),
    );
    const market = setInterval(() => lab.exchange.advance(), 100);
    await closing.finally(() => clearInterval(market));
    expect(await held(), said.join("\n")).toBeLessThan(rule!.lotSize);
    expect(said.filter((line) => line.startsWith("GONEUSDT is left out"))).toHaveLength(1);
    expect(new KillSwitch(home, account).state().done.size).toBe(1);
  } finally {
    await trader.close();
    await lab.close();
  }
}, 60_000);
