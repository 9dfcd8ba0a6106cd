import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { KillSwitch } from "../../../robot/kill/kill-switch.ts";
import { knownAccounts, noteAccount } from "../account-record.ts";
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
