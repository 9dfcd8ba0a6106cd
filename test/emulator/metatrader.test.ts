import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { venueOptions } from "../../src/emulator/exchange/account-options.ts";
import type { ExchangeAccount } from "../../src/emulator/exchange/exchange-account.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import { MetatraderFace } from "../../src/emulator/metatrader/metatrader-face.ts";
import type { TerminalSettings } from "../../src/emulator/metatrader/terminal-context.ts";
import type { FaceTools } from "../../src/emulator/wire/face-tools.ts";
import type { FileChange } from "../../src/emulator/wire/folder-face.ts";
import { runPython, startLab, startTerminalLab, type LabOptions, type TapeQuad } from "../emulator-lab.ts";

/*
 * The terminal by the words of DWX Connect and of KiwiBridge, written down here from their own sources. Prices are worked
 * out by hand: a market order fills at the next open. The server is two hours ahead of UTC in March (New York + 7).
 */

const startMs = Date.parse("2024-03-05T15:00:00Z");
const euro = listingOf("EURUSD", {
  assetClass: "forex",
  baseCurrency: "EUR",
  quoteCurrency: "USD",
  tickSize: 0.00001,
  lotSize: 1_000,
  quantityMin: 1_000,
});
/** One hundredth of a lot of 100,000. */
const step = 1_000;
const flat: TapeQuad = [1.1, 1.101, 1.099, 1.1];

/** What the terminal has written, by file. */
type Tree = Readonly<Record<string, unknown>>;
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((tree, name) => (tree as Tree | undefined)?.[name], value);

type Terminal = {
  readonly account: ExchangeAccount;
  readonly advance: () => void;
  readonly restart: () => void;
  /** What the terminal writes on a command, by file. */
  readonly tell: (command: string, content: string, id?: number) => Tree;
  /** What it writes by itself. */
  readonly files: () => Tree;
};

async function terminalOver(
  quads: readonly TapeQuad[],
  settings: Partial<TerminalSettings> = {},
  options: Partial<LabOptions> = {},
): Promise<Terminal> {
  const isHedging = settings.marginMode === "hedging";
  let tools: FaceTools | null = null;
  const lab = await startLab({
    listings: [euro],
    timeframe: "1m",
    startMs,
    quads,
    hasHedgeMode: isHedging,
    account: {
      positionMode: isHedging ? "hedge" : "one-way",
      cash: 10_000,
      venue: venueOptions("margin", { maker: 0, taker: 0 }, { leverage: 30 }),
    },
    face: (given) => {
      tools = given;
      return {
        name: "none",
        handle: () => ({ status: 404 }),
        connect: () => null,
        faultReply: () => ({ status: 500 }),
      };
    },
    ...options,
  });
  await lab.close();
  const face = new MetatraderFace(tools!, lab.account, settings);
  let lastId = 0;
  return {
    account: lab.account,
    advance: () => void lab.exchange.advance(),
    restart: () => face.restart(),
    tell: (command, content, id = ++lastId) => parsed(face.take(`<:${id}|${command}|${content}:>`)),
    files: () => parsed(face.beat()),
  };
}

function parsed(changes: readonly FileChange[]): Tree {
  return Object.fromEntries(
    changes.map(({ name, text }) => [name.startsWith("Answer_") ? "Answer" : name, JSON.parse(text) as Tree]),
  );
}

/** The newest message: its text, or its error. */
function lastMessage({ Messages = {} }: Tree): string {
  const all = Object.values(
    Messages as unknown as Record<string, { message?: string; error_type?: string; description?: string }>,
  );
  const { message, error_type: kind, description } = all.at(-1)!;
  return message ?? `${kind}: ${description}`;
}

const far = 4_000_000_000;
const send = (type: string, lots: number, price: number, name: string, validUntil = far): string =>
  `EURUSD,${type},${lots},${price},42,${name},,gtc,${validUntil}`;

test("a position has the number of the order that opened it, and closes in parts", async () => {
  const terminal = await terminalOver([
    flat,
    [1.102, 1.103, 1.101, 1.102],
    [1.104, 1.105, 1.103, 1.104],
    flat,
  ]);
  expect(lastMessage(terminal.tell("OPEN_ORDER", "EURUSD,buy,0.05,0,0,0,7,hello,0"))).toMatch(
    /^Successfully sent order: EURUSD, buy, 0.05/,
  );
  terminal.advance();
  expect(at(terminal.files(), "Orders", "orders")).toEqual({
    "50000001": {
      magic: 7,
      symbol: "EURUSD",
      lots: 0.05,
      type: "buy",
      open_price: 1.102,
      // The second bar closed at 15:02 UTC.
      open_time: "2024.03.05 17:02:00",
      SL: 0,
      TP: 0,
      pnl: 0,
      swap: 0,
      comment: "hello",
    },
  });
  terminal.tell("CLOSE_ORDER", "50000001,0.02");
  terminal.advance();
  expect(at(terminal.files(), "Orders", "orders", "50000001")).toMatchObject({ lots: 0.03, type: "buy" });
  const trades = terminal.tell("GET_HISTORIC_TRADES", "30")["Historic_Trades"];
  expect(Object.values(trades as Record<string, object>)).toMatchObject([
    { type: "buy", entry: "entry_in", lots: 0.05, deal_price: 1.102, comment: "hello" },
    { type: "sell", entry: "entry_out", lots: 0.02, deal_price: 1.104 },
  ]);
  expect(lastMessage(terminal.tell("CLOSE_ORDER", "50000001,0.04"))).toContain("(10014)");
  expect(lastMessage(terminal.tell("CLOSE_ORDER", "999,0"))).toContain("CLOSE_ORDER_SELECT_TICKET");
});

test("with hedging a symbol is held both ways, under numbers of their own; with netting it turns round", async () => {
  for (const marginMode of ["hedging", "netting"] as const) {
    const terminal = await terminalOver([flat, flat, flat, flat, flat], { marginMode });
    terminal.tell("OPEN_ORDER", "EURUSD,buy,0.02,0,0,0,1,a,0");
    terminal.advance();
    terminal.tell("OPEN_ORDER", "EURUSD,sell,0.03,0,0,0,2,b,0");
    terminal.advance();
    const held = (): readonly string[] =>
      Object.entries(
        at(terminal.files(), "Orders", "orders") as Record<string, { type: string; lots: number }>,
      )
        .map(([ticket, { type, lots }]) => `${ticket} ${type} ${lots}`)
        .toSorted();
    expect(held()).toEqual(
      marginMode === "hedging" ? ["50000001 buy 0.02", "50000002 sell 0.03"] : ["50000001 sell 0.01"],
    );
    expect(terminal.account.positions().reduce((sum, { quantity }) => sum + quantity, 0)).toBe(-1 * step);
    if (marginMode === "netting") continue;
    expect(lastMessage(terminal.tell("CLOSE_ORDERS_BY_MAGIC", "1"))).toBe(
      "Successfully closed 1 orders with magic 1.",
    );
    terminal.advance();
    expect(held()).toEqual(["50000002 sell 0.03"]);
    expect(lastMessage(terminal.tell("CLOSE_ALL_ORDERS", ""))).toBe("Successfully closed 1 orders.");
    terminal.advance();
    expect(held()).toEqual([]);
    expect(lastMessage(terminal.tell("CLOSE_ALL_ORDERS", ""))).toBe("No orders to close.");
  }
});

test.each(["netting", "hedging"] as const)(
  "exits stand at the server, and one ends the other (%s)",
  async (marginMode) => {
    const terminal = await terminalOver([flat, flat, [1.1, 1.101, 1.094, 1.095], flat], { marginMode });
    terminal.tell("OPEN_ORDER", "EURUSD,buy,0.02,0,1.095,1.12,7,x,0");
    terminal.advance();
    const position = (): unknown => at(terminal.files(), "Orders", "orders", "50000001");
    expect(position()).toMatchObject({ SL: 1.095, TP: 1.12 });
    expect(lastMessage(terminal.tell("MODIFY_ORDER", "50000001,0,1.096,1.13,0"))).toContain(
      "Successfully modified",
    );
    expect(position()).toMatchObject({ SL: 1.096, TP: 1.13 });
    terminal.advance();
    expect(at(terminal.files(), "Orders", "orders")).toEqual({});
    expect(terminal.account.orders.open()).toEqual([]);
    const trades = Object.values(terminal.tell("GET_HISTORIC_TRADES", "30")["Historic_Trades"] as Tree);
    expect(trades.at(-1)).toMatchObject({
      type: "sell",
      entry: "entry_out",
      lots: 0.02,
      deal_price: 1.096,
      comment: "[sl 1.096]",
    });
    expect(lastMessage(terminal.tell("OPEN_ORDER", "EURUSD,buy,0.01,0,1.2,0,7,x,0"))).toContain("(10016)");
  },
);

test.each([
  ["a volume between two steps", "buy", 0.015, 0, 10014],
  ["a volume below the smallest", "buy", 0.001, 0, 10014],
  ["more than the money allows", "buy", 100, 0, 10019],
  ["a limit that would take at once", "buylimit", 0.01, 1.2, 10015],
  ["a stop that is reached already", "sellstop", 0.01, 1.2, 10015],
  ["a price that is none", "buystop", 0.01, 0, 10015],
  ["a price between two ticks", "buylimit", 0.01, 1.0000001, 10015],
  ["a kind that there is not", "buyhigh", 0.01, 1, 10013],
])("%s is refused with its number", async (_, type, lots, price, retcode) => {
  const terminal = await terminalOver([flat, flat]);
  const { Answer } = terminal.tell("SEND_ORDER", send(type, lots, price, "n1"));
  expect(Answer).toMatchObject({ outcome: "refused", retcode });
  expect(terminal.account.orders.count).toBe(0);
});

test("a halted symbol, a closed market and a button that is off have their numbers", async () => {
  const off = await terminalOver([flat, flat], { isTradeAllowed: false });
  expect(off.tell("SEND_ORDER", send("buy", 0.01, 0, "n"))["Answer"]).toMatchObject({ retcode: 10027 });
  const share = { ...euro, calendarName: "us-equity" };
  // 15:00 UTC is ten in the morning in New York; the second bar closes after the end of that Saturday's nothing.
  const closed = await terminalOver(
    [flat, flat],
    {},
    { listings: [share], startMs: Date.parse("2024-03-09T15:00:00Z") },
  );
  expect(closed.tell("SEND_ORDER", send("buy", 0.01, 0, "n"))["Answer"]).toMatchObject({ retcode: 10018 });
});

test("a name is carried out once, whatever the number of the command, and also after a restart", async () => {
  const terminal = await terminalOver([flat, flat, flat]);
  expect(terminal.tell("SEND_ORDER", send("buylimit", 0.01, 1.05, "once"))["Answer"]).toMatchObject({
    outcome: "ok",
    ticket: "50000001",
  });
  terminal.restart();
  expect(terminal.tell("SEND_ORDER", send("buylimit", 0.01, 1.05, "once"), 900)["Answer"]).toMatchObject({
    outcome: "taken",
    order: { ticket: "50000001", name: "once", state: "placed", lots_left: 0.01 },
  });
  expect(terminal.account.orders.count).toBe(1);
  expect(terminal.tell("DELETE_ORDER", "42,once")["Answer"]).toMatchObject({ outcome: "ok" });
  expect(terminal.tell("DELETE_ORDER", "42,once")["Answer"]).toMatchObject({ outcome: "over" });
  expect(terminal.tell("DELETE_ORDER", "42,never")["Answer"]).toMatchObject({ outcome: "not_found" });
  expect(terminal.tell("DELETE_ORDER", "43,once")["Answer"]).toMatchObject({ outcome: "not_found" });
});

test("a command that lay too long is not carried out, and a number is heard once", async () => {
  const terminal = await terminalOver([flat, flat]);
  expect(terminal.tell("SEND_ORDER", send("buy", 0.01, 0, "late", 1_000_000))["Answer"]).toMatchObject({
    outcome: "late",
  });
  expect(terminal.account.orders.count).toBe(0);
  terminal.tell("OPEN_ORDER", "EURUSD,buy,0.01,0,0,0,1,a,0", 77);
  expect(terminal.tell("OPEN_ORDER", "EURUSD,buy,0.01,0,0,0,1,a,0", 77)).toEqual({});
  terminal.tell("RESET_COMMAND_IDS", "");
  terminal.tell("OPEN_ORDER", "EURUSD,buy,0.01,0,0,0,1,a,0", 77);
  expect(terminal.account.orders.count).toBe(2);
});

test("a comment is cut where the broker cuts it, and the bridge knows the whole name", async () => {
  const terminal = await terminalOver([flat, flat], { commentMax: 16 });
  const name = "session9o123456789p12";
  terminal.tell("SEND_ORDER", send("buylimit", 0.01, 1.05, name));
  expect(at(terminal.tell("GET_ORDER", `0,42,${name}`), "Answer", "order")).toMatchObject({
    name,
    comment: name.slice(0, 16),
  });
});

test("history has the server's hours, and its days begin where the server's do", async () => {
  // 15:00 to 23:00 UTC: at 22:00 UTC the server's next day begins.
  const quads = Array.from({ length: 8 }, (_, k): TapeQuad => [k + 1, k + 2, k, k + 1.5]);
  const terminal = await terminalOver(quads, {}, { timeframe: "1h", historyBars: 8 });
  const bars = (frame: string): Record<string, object> =>
    at(
      terminal.tell("GET_HISTORIC_DATA", `EURUSD,${frame},0,${far}`),
      "Historic_Data",
      `EURUSD_${frame}`,
    ) as Record<string, object>;
  expect(Object.keys(bars("H1"))).toEqual(
    [17, 18, 19, 20, 21, 22, 23, 0].map(
      (hour) => `2024.03.0${hour === 0 ? 6 : 5} ${String(hour).padStart(2, "0")}:00`,
    ),
  );
  expect(bars("D1")).toEqual({
    "2024.03.05 00:00": { open: 1, high: 8, low: 0, close: 7.5, tick_volume: 7_000 },
    "2024.03.06 00:00": { open: 8, high: 9, low: 7, close: 8.5, tick_volume: 1_000 },
  });
  expect(lastMessage(terminal.tell("GET_HISTORIC_DATA", `EURUSD,M1,0,${far}`))).toContain("WRONG_FORMAT");
  expect(lastMessage(terminal.tell("GET_HISTORIC_DATA", `NOPE,H1,0,${far}`))).toContain("SELECT_SYMBOL");
});

// git clone https://github.com/darwinex/dwxconnect ~/.cache/kiwi/dwxconnect
const clientFolder = join(homedir(), ".cache", "kiwi", "dwxconnect", "python");

test.skipIf(!existsSync(clientFolder))(
  "DWX Connect's own client of Python, unmodified, subscribes, trades, protects and closes",
  { timeout: 60_000 },
  async () => {
    const lab = await startTerminalLab({
      listings: [euro],
      timeframe: "1m",
      startMs,
      quads: Array.from({ length: 2_000 }, () => flat),
      historyBars: 5,
    });
    const moving = setInterval(() => lab.exchange.advance(), 60);
    try {
      const out = await runPython(
        "python3",
        `
import sys, time
sys.path.insert(0, ${JSON.stringify(clientFolder)})
from api.dwx_client import dwx_client
class Handler:
    def __init__(self): self.heard = []
    def on_message(self, message): self.heard.append(message.get("message") or message["error_type"])
    def on_order_event(self): self.heard.append("orders")
    def on_bar_data(self, *bar): self.heard.append("bar")
    def on_tick(self, *tick): self.heard.append("tick")
    def on_historic_data(self, symbol, frame, data): self.heard.append("history")
    def on_historic_trades(self): self.heard.append("trades")
def wait(what, until):
    for _ in range(2500):
        if until(): return
        time.sleep(0.01)
    sys.exit("no " + what)
handler = Handler()
client = dwx_client(handler, ${JSON.stringify(lab.folder)}, verbose=False)
client.start()
client.subscribe_symbols(["EURUSD"])
client.subscribe_symbols_bar_data([["EURUSD", "M1"]])
wait("bar", lambda: "bar" in handler.heard and "tick" in handler.heard)
client.open_order("EURUSD", "buy", 0.02, 0, 1.05, 1.2, 9, "mine")
held = lambda: [o for o in client.open_orders.values() if o["type"] == "buy" and o["open_price"] > 0]
wait("position", lambda: held() and held()[0]["SL"] == 1.05 and held()[0]["TP"] == 1.2)
ticket = [t for t, o in client.open_orders.items() if o["type"] == "buy"][0]
client.modify_order(ticket, 0, 1.06, 1.21)
wait("other exits", lambda: held()[0]["SL"] == 1.06)
client.close_order(ticket, 0.01)
wait("half", lambda: held() and held()[0]["lots"] == 0.01)
client.close_all_orders()
wait("nothing", lambda: not client.open_orders)
client.get_historic_trades(30)
wait("trades", lambda: len(client.historic_trades) == 3)
print(sorted(set(t["entry"] for t in client.historic_trades.values())), client.account_info["number"])
client.ACTIVE = False
`,
      );
      expect(out).toBe("['entry_in', 'entry_out'] 5001234");
      expect(lab.account.positions()).toEqual([]);
    } finally {
      clearInterval(moving);
      await lab.close();
    }
  },
);
