import { isOver, type TrackedOrder } from "../../../src/engine/execution/order-tracker.ts";
import type { Session } from "../../../src/engine/session.ts";
import type {
  BrokerConnection,
  BrokerListener,
  VenueFill,
  VenueOrder,
  VenueOrderRequest,
} from "../../../src/ports/broker-connection.ts";
import { closingOrderId } from "../../../src/robot/kill/closing-order-id.ts";
import type { RobotParts, LocalEngine } from "../../../src/robot/robot-parts.ts";
import type { SessionMaking } from "../../../src/robot/robot-types.ts";
import type { FaultPlan } from "./faults.ts";
import type { Promised } from "./promises.ts";
import type { CloseAccount } from "./pulled-switch.ts";
import type { StartRobot } from "./robot-life.ts";
import { followingSessions, rareWorlds } from "./rare-worlds.ts";

/** A fault that is put into what a robot is joined to, to see whether the watch finds it. */
export type PlantedBug = {
  /** Promises of which it breaks one; the first is the one that it is meant for. */
  readonly breaks: readonly Promised[];
  /** Whether a second process is let onto the account. */
  readonly isUnlocked?: boolean;
  /** What goes wrong where it is looked for; drawn by chance where nothing is said. */
  readonly faults?: FaultPlan | undefined;
  /** Whether it is looked for where two strategies share the account. */
  readonly isShared?: boolean;
  /** How the kill switch closes an account with it. */
  readonly closeAccount?: CloseAccount;
  readonly plant: (parts: RobotParts) => RobotParts;
};

/** Faults as programs have had them, one at least for each of the first fifteen promises. */
export const plantedBugs: Readonly<Record<string, PlantedBug>> = {
  "what an earlier session has left is not withdrawn": {
    breaks: [26],
    faults: followingSessions,
    plant: (parts) => ({ ...parts, isEarlierSession: () => false }),
  },
  "the venue is thought to keep an exit within the holding of one of two strategies": {
    breaks: [10, 11],
    isShared: true,
    plant: withConnection((connection) =>
      through(connection, { capabilities: { ...connection.capabilities, reduceOnly: true } }),
    ),
  },
  "a new session takes its account for older than it is": {
    breaks: [20],
    faults: followingSessions,
    plant: withConnection((connection) =>
      through(connection, {
        account: async () => {
          const snapshot = await connection.account();
          return { ...snapshot, venueTimeMs: snapshot.venueTimeMs - 10_000 };
        },
      }),
    ),
  },
  "the fee of a fill is taken twice": {
    breaks: [1],
    plant: inSession(({ portfolio: { ledger } }) => {
      const book = ledger.book.bind(ledger);
      ledger.book = (fill) => {
        book(fill);
        ledger.cash -= fill.fee;
      };
    }),
  },
  "a fill that turns a position round only closes it": {
    breaks: [2],
    plant: inSession(({ portfolio: { ledger } }) => {
      const book = ledger.book.bind(ledger);
      ledger.book = (fill) => {
        const before = ledger.quantity[fill.instrument]!;
        book(fill);
        if (before * ledger.quantity[fill.instrument]! < 0) ledger.quantity[fill.instrument] = 0;
      };
    }),
  },
  "a fill that is told twice is booked twice": {
    breaks: [3],
    plant: withConnection((connection) => {
      let told = 0;
      return listening(connection, (listener) => ({
        ...forwarding(listener),
        onFill: (fill) => listener.onFill({ ...fill, fillId: `${fill.fillId}/${++told}` }),
      }));
    }),
  },
  "what an order had filled is forgotten when it ends": {
    breaks: [4],
    plant: inSession(({ orders }) => {
      const apply = orders.apply.bind(orders);
      orders.apply = (report, portfolio) => {
        const order = apply(report, portfolio);
        if (order !== null && report.kind === "canceled") order.filledQuantity = 0;
        return order;
      };
    }),
  },
  "an order that is over comes back with the next message": {
    breaks: [5],
    plant: inSession(({ orders }) => {
      const apply = orders.apply.bind(orders);
      let ended: TrackedOrder | null = null;
      orders.apply = (report, portfolio) => {
        if (ended !== null) ended.progress = "accepted";
        const order = apply(report, portfolio);
        ended = order !== null && isOver(order) ? order : null;
        return order;
      };
    }),
  },
  "the journal is not synced": {
    breaks: [6],
    plant: (parts) => ({ ...parts, journal: { ...bound(parts), sync() {} } }),
  },
  "the venue cuts long names, and nobody looks": {
    breaks: [7],
    plant: withConnection((connection) =>
      sending(connection, (order) => ({
        ...order,
        clientOrderId: order.clientOrderId.slice(0, 5),
      })),
    ),
  },
  "an order without an answer is sent again under a new name": {
    breaks: [8, 6, 9],
    plant: withConnection((connection) => {
      const tries = new Map<string, number>();
      return sending(connection, (order) => {
        const count = (tries.get(order.clientOrderId) ?? 0) + 1;
        tries.set(order.clientOrderId, count);
        return count === 1 ? order : { ...order, clientOrderId: `${order.clientOrderId}r${count}` };
      });
    }),
  },
  "an entry is sent twice under two names": {
    breaks: [8, 9],
    plant: (parts) => {
      const twice = withConnection((connection) =>
        through(connection, {
          async submit(order: VenueOrderRequest) {
            if (!order.reduceOnly) {
              const twin = { ...order, clientOrderId: `${order.clientOrderId}p9` };
              // This one is in the journal, too: only its being there is wrong.
              parts.journal.append({ kind: "incident", atMs: 0, what: "twin", message: twin.clientOrderId });
              parts.journal.sync();
              void connection.submit(twin);
            }
            return connection.submit(order);
          },
        }),
      );
      return twice(parts);
    },
  },
  "quantities are doubled on their way": {
    breaks: [9],
    plant: withConnection((connection) =>
      sending(connection, (order) => (order.reduceOnly ? order : { ...order, quantity: order.quantity * 2 })),
    ),
  },
  "the venue is thought to keep exits within the position": {
    breaks: [10],
    plant: withConnection((connection) =>
      through(connection, { capabilities: { ...connection.capabilities, reduceOnly: true } }),
    ),
  },
  "stops are taken for orders that work, and never get to the venue": {
    breaks: [11],
    plant: withConnection((connection) => {
      const phantoms = new Map<string, VenueOrder>();
      return through(connection, {
        submit(order) {
          if (order.terms.type !== "stop_market" || !order.reduceOnly) return connection.submit(order);
          const phantom = phantomOf(order);
          phantoms.set(order.clientOrderId, phantom);
          return Promise.resolve({ kind: "accepted", venueOrderId: phantom.venueOrderId, venueTimeMs: 0 });
        },
        async openOrders() {
          const open = await connection.openOrders();
          return open.kind === "unknown" ? open : { ...open, orders: [...open.orders, ...phantoms.values()] };
        },
        order: (id, symbol) =>
          phantoms.has(id) ? Promise.resolve(phantoms.get(id)!) : connection.order(id, symbol),
      });
    }),
  },
  "a halt is not heard of": {
    breaks: [12],
    plant: (parts) => ({ ...parts, tradingState: () => ({ state: "active", reason: "" }) }),
  },
  "a disk that has failed is written on": {
    breaks: [13, 6],
    plant: (parts) => {
      const journal = bound(parts);
      const deaf = (work: () => void) => () => {
        try {
          work();
        } catch {
          // As if nothing had happened.
        }
      };
      return {
        ...parts,
        journal: {
          ...journal,
          append: (record) => deaf(() => journal.append(record))(),
          sync: deaf(() => journal.sync()),
        },
      };
    },
  },
  "two robots trade one account": {
    breaks: [13, 8, 9],
    isUnlocked: true,
    plant: (parts) => ({ ...parts, lock: { isHeld: true, release() {} } }),
  },
  "nobody counts what is sent": {
    breaks: [14],
    plant: (parts) => ({ ...parts, limits: { ...parts.limits, sends: { count: 1e9, spanMs: 1_000 } } }),
  },
  "prices are a digit off": {
    breaks: [15],
    plant: withConnection((connection) =>
      sending(connection, (order) =>
        order.terms.type === "limit"
          ? { ...order, terms: { type: "limit", limitPrice: Math.round(order.terms.limitPrice * 110) / 100 } }
          : order,
      ),
    ),
  },
  "a kill switch believes the first answer": {
    breaks: [25],
    faults: rareWorlds["kill switches that the venue half obeys"]!.faults,
    plant: (parts) => parts,
    async closeAccount({ connection, pull }) {
      await connection.cancelAll();
      const { positions } = await connection.account();
      for (const [symbol, { quantity }] of pull.action === "flatten" ? positions : [])
        await connection.submit({
          clientOrderId: closingOrderId(pull.id, symbol, 1),
          symbol,
          side: quantity > 0 ? "sell" : "buy",
          quantity: Math.abs(quantity),
          terms: { type: "market" },
          timeInForce: "gtc",
          expireTimeMs: Infinity,
          postOnly: false,
          reduceOnly: connection.capabilities.reduceOnly,
        });
      return {};
    },
  },
  "now and then a bar is not in the journal": {
    breaks: [18, 20],
    plant: (parts) => {
      const journal = bound(parts);
      let slices = 0;
      return {
        ...parts,
        journal: {
          ...journal,
          append(record) {
            if (record.kind === "slice" && ++slices % 20 === 0) return;
            journal.append(record);
          },
        },
      };
    },
  },
  "orders are sent before they are written down": {
    breaks: [6],
    plant: (parts) => {
      const journal = bound(parts);
      let isHeldBack = false;
      return {
        ...parts,
        journal: {
          ...journal,
          append(record) {
            isHeldBack = record.kind === "intent";
            journal.append(record);
          },
          sync() {
            if (!isHeldBack) return journal.sync();
            isHeldBack = false;
            parts.clock.schedule(1, () => journal.sync());
          },
        },
      };
    },
  },
};

/** The robot with a fault in it. */
export function withBug(startRobot: StartRobot, { plant }: PlantedBug): StartRobot {
  return (parts) => startRobot(plant(parts));
}

function inSession(spoil: (session: Session) => void): PlantedBug["plant"] {
  return (parts) => ({
    ...parts,
    buildSession(making: SessionMaking) {
      const session = (parts as LocalEngine).buildSession(making);
      spoil(session);
      return session;
    },
  });
}

function withConnection(spoil: (connection: BrokerConnection) => BrokerConnection): PlantedBug["plant"] {
  return (parts) => ({ ...parts, connection: spoil(parts.connection) });
}

/** A connection that does what the other does, but for what is changed in it. */
function through(connection: BrokerConnection, changes: Partial<BrokerConnection>): BrokerConnection {
  const whole: BrokerConnection = {
    line: connection.line,
    accountName: connection.accountName,
    capabilities: connection.capabilities,
    open: (listener, signal) => connection.open(listener, signal),
    submit: (order) => connection.submit(order),
    cancel: (id, symbol) => connection.cancel(id, symbol),
    modify: (order) => connection.modify(order),
    cancelAll: () => connection.cancelAll(),
    account: () => connection.account(),
    openOrders: () => connection.openOrders(),
    order: (id, symbol) => connection.order(id, symbol),
    fillsSince: (sinceMs) => connection.fillsSince(sinceMs),
    instruments: (symbols) => connection.instruments(symbols),
    timeMs: () => connection.timeMs(),
    isMarketOpen: (symbol) => connection.isMarketOpen(symbol),
    close: () => connection.close(),
    ...changes,
  };
  return Object.defineProperty(whole, "line", { get: () => connection.line });
}

function sending(
  connection: BrokerConnection,
  spoil: (order: VenueOrderRequest) => VenueOrderRequest,
): BrokerConnection {
  return through(connection, { submit: (order) => connection.submit(spoil(order)) });
}

function listening(
  connection: BrokerConnection,
  spoil: (listener: BrokerListener) => BrokerListener,
): BrokerConnection {
  return through(connection, { open: (listener, signal) => connection.open(spoil(listener), signal) });
}

function forwarding(listener: BrokerListener): BrokerListener {
  return {
    onOrder: (order) => listener.onOrder(order),
    onFill: (fill: VenueFill) => listener.onFill(fill),
    onLine: (line) => listener.onLine(line),
  };
}

function phantomOf({
  clientOrderId,
  symbol,
  side,
  quantity,
  terms,
  reduceOnly,
}: VenueOrderRequest): VenueOrder {
  return {
    clientOrderId,
    venueOrderId: `phantom ${clientOrderId}`,
    symbol,
    side,
    quantity,
    terms,
    reduceOnly,
    filledQuantity: 0,
    status: "accepted",
    code: null,
    reason: "",
    venueTimeMs: 0,
  };
}

function bound({ journal }: RobotParts): RobotParts["journal"] {
  return {
    append: (record) => journal.append(record),
    sync: () => journal.sync(),
    read: () => journal.read(),
    close: () => journal.close(),
  };
}
