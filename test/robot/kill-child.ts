import { openJournalFile } from "../../src/adapters/stores/journal/journal-file.ts";
import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import { sha256Of } from "../../src/base/hash.ts";
import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { TakenBatch, type LiveBatch } from "../../src/data/live/live-batch.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import type { BrokerConnection, BrokerListener, LineState } from "../../src/ports/broker-connection.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { OrderLine, RobotFeed } from "../../src/robot/robot-types.ts";
import { startRobot } from "../../src/robot/start-robot.ts";
import { centMarket, withLevels } from "./kill-market.ts";
import { killConfig, type FromExchange, type KillWork } from "./kill-messages.ts";
import { everything } from "./plain-link.ts";

// A process that runs a robot on an exchange that lives in the process above. It may be killed at any moment.
const work = JSON.parse(process.argv[2]!) as KillWork;
const tape = centMarket(work.seed, work.symbols, work.bars);
const bars = tape.map(({ symbol }) => new BarTable(symbol, "1h"));
const send = (message: object): void => void process.send!(message);
const startedMs = performance.now();
let tapeMs = 0;
/** Time of the tape, which stands still while nothing is asked, and runs a hundred times as fast as ours else. */
const pace = 100;
const clock: Clock = {
  nowMs: () => tapeMs + (performance.now() - startedMs) * pace,
  schedule(spanMs, run) {
    const timer = setTimeout(run, spanMs / pace);
    return () => clearTimeout(timer);
  },
};

const answers = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
let lastQuestion = 0;
let listener: BrokerListener | null = null;
let stir = (): void => {};
let arrivedRow = -1;
let isWoken = false;
const end = { isClosed: false };

function ask<T>(method: string, ...args: readonly unknown[]): Promise<T> {
  const id = ++lastQuestion;
  return new Promise<T>((resolve, reject) => {
    answers.set(id, { resolve: resolve as (value: never) => void, reject });
    send({ kind: "ask", id, method, args });
  });
}

const line: LineState = { kind: "live", atMs: 0 };
const connection: BrokerConnection = {
  accountName: "KILL-1",
  capabilities: everything,
  line,
  open: async (heard) => void (listener = heard),
  submit: (order) => ask("submit", order),
  cancel: (clientOrderId) => ask("cancel", clientOrderId),
  modify: (order) => ask("modify", order),
  cancelAll: () => ask("cancelAll"),
  account: () => ask("account"),
  openOrders: async () => ({ kind: "whole", orders: await ask("openOrders") }),
  order: (clientOrderId) => ask("order", clientOrderId),
  fillsSince: (sinceMs) => ask("fillsSince", sinceMs),
  instruments: (symbols) => ask("instruments", symbols),
  timeMs: async () => clock.nowMs(),
  isMarketOpen: async () => true,
  close: async () => {},
};

const slice = {
  timeMs: 0,
  count: 0,
  instruments: new Int32Array(tape.length),
  rows: new Int32Array(tape.length),
};

function take(): boolean {
  const row = bars[0]!.length;
  if (row > arrivedRow) {
    if (!isWoken) return false;
    isWoken = false;
    slice.count = 0;
    slice.timeMs = bars[0]!.length === 0 ? 0 : bars[0]!.closeTimeMs[row - 1]!;
    return true;
  }
  for (const [index, table] of tape.entries()) {
    const { closeTimeMs, open, high, low, close, volume } = table;
    bars[index]!.append(closeTimeMs[row]!, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!);
    slice.instruments[index] = index;
    slice.rows[index] = row;
  }
  slice.timeMs = tape[0]!.closeTimeMs[row]!;
  slice.count = tape.length;
  return true;
}

const feed: RobotFeed = {
  bars,
  wake() {
    isWoken = true;
    stir();
  },
  async *batches(): AsyncGenerator<LiveBatch> {
    while (!end.isClosed) {
      if (bars[0]!.length <= arrivedRow || isWoken) yield new TakenBatch(slice, -Infinity, take);
      else await new Promise<void>((resolve) => (stir = resolve));
    }
  },
  async close() {
    end.isClosed = true;
    stir();
  },
};

process.on("message", (message: FromExchange) => {
  if (message.kind === "order") listener?.onOrder(message.order);
  else if (message.kind === "fill") listener?.onFill(message.fill);
  else if (message.kind === "bar") {
    tapeMs = Math.max(tapeMs, tape[0]!.closeTimeMs[message.row]!);
    arrivedRow = message.row;
    stir();
  } else {
    const answer = answers.get(message.id);
    answers.delete(message.id);
    if (message.error === undefined) answer?.resolve(message.value as never);
    else answer?.reject(new Error(message.error));
  }
});

const robot = await startRobot({
  feed,
  connection,
  journal: openJournalFile(work.journal),
  clock,
  tradingState: () => ({ state: "active", reason: "" }),
  onIncident: (incident) => send({ kind: "incident", incident }),
  log: { debug() {}, info() {}, warn() {}, error() {} },
  sessionTag: "kill",
  identity: { strategy: withLevels.name, settingsHash: "1" },
  atDifference: "refuse",
  buildSession: ({ cash, broker }) => {
    const plain = runConfigSchema.parse(killConfig);
    const config = { ...plain, account: { ...plain.account, cash } };
    return buildSession({ bars, strategy: withLevels, params: {}, config }, layGround(bars, config), {
      broker,
    });
  },
}).catch((error: unknown) => {
  send({ kind: "failed", error: String(error) });
  process.exit(1);
});
void robot.done.then((how) => {
  if (how.kind === "failed") send({ kind: "failed", error: String(how.error) });
});
// A bar is asked for when the one before has been lived through and nothing is owed any more.
let quietTurns = 0;
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 1));
  const isAtRest = answers.size === 0 && !isWoken && bars[0]!.length > arrivedRow;
  const isQuiet = isAtRest && !robot.status().orders.some(isOwed);
  quietTurns = isQuiet ? quietTurns + 1 : 0;
  if (quietTurns < 2) continue;
  quietTurns = 0;
  if (bars[0]!.length >= work.bars) {
    const { decisionsHash, positions, equity } = robot.status();
    send({
      kind: "done",
      decisionsHash,
      decisions: tape.map((_, index) => decisionsOf(index)),
      positions,
      equity,
    });
    break;
  }
  await ask("nextBar", bars[0]!.length);
}

/** The venue owes an answer about it. */
function isOwed({ status, clientOrderIds }: OrderLine): boolean {
  if (status === "cancel_pending" || status === "replace_pending") return true;
  return status === "submitted" && clientOrderIds.length > 0;
}

/** All that was decided on a symbol and filled in it, as a hash. */
function decisionsOf(index: number): string {
  const { events } = robot.session.recorder.log;
  const all = Array.from({ length: events.length }, (_, row) => events.at(row));
  return sha256Of(all.filter(({ instrument }) => instrument === index).map((event) => JSON.stringify(event)));
}
