import { expect, test } from "vitest";
import { hourMs } from "../../base/time.ts";
import type { ExecutionReport } from "../../domain/order.ts";
import type { Session } from "../session.ts";
import { step } from "../step.ts";
import {
  eventsOf,
  hours,
  InterruptedBroker,
  plainAccount,
  refusalOf,
  runScript,
  scripted,
  type Script,
} from "../../../test/scripted-run.ts";
import { ExecutionDesk } from "../../../test/execution-desk.ts";
import { buildSession, layGround } from "../../app/session/build-session.ts";
import { runConfigSchema } from "../../app/config/run-config.ts";

const slow = {
  ...plainAccount,
  costs: { ...plainAccount.costs, latencyMs: 1_000 },
  risk: { rules: [{ use: "position-limit", limit: 1.1 }] },
};
// The second hour falls to 99, where a buy limit of 99.5 fills, whatever has been asked in the meantime.
const dip = [100, 100, [100, 100, 99, 100], 100, 100, 100, 100] as const;
const waiting = [1, { entry: { kind: "limit", price: 99.5 } }] as const;

function held({ portfolio }: Session): number {
  return portfolio.ledger.quantity[0]!;
}

test("an order whose cancel is on its way may still fill: nothing takes its place before the venue has answered", () => {
  const session = runScript({ 1: waiting, 2: [1] }, dip, slow);
  expect(held(session)).toBe(10);
  expect(eventsOf(session).filter((line) => line.includes("order"))).toEqual(["1 order 10 script"]);
});

test("what fills although it was canceled is closed again when nothing is wanted", () => {
  const session = runScript({ 1: waiting, 2: [0] }, dip, slow);
  expect(held(session)).toBe(0);
  expect(eventsOf(session)).toContain("3 fill 10@99.5 maker");
});

test("a canceled order that did not fill makes room at once where the venue answers at once", () => {
  const session = runScript({ 1: [1, { entry: { kind: "limit", price: 50 } }], 2: [1] }, [100, 100, 100]);
  expect(eventsOf(session)).toEqual([
    "1 order 20 script",
    "2 canceled 1 canceled on request",
    "2 order 10 script",
    "3 fill 10@100 taker",
  ]);
});

test("a target outlives a venue that is away for a moment, and is given up when it stays away", () => {
  const away = (times: number) => {
    let broker: InterruptedBroker | null = null;
    const session = runScript(
      { 1: [1] },
      Array.from({ length: 12 }, () => 100),
      plainAccount,
      (venue) => {
        return (broker = new InterruptedBroker(venue, (order, count) =>
          count <= times ? refusalOf(order, "unavailable") : null,
        ));
      },
    );
    return { held: held(session), sent: broker!.sent.length };
  };
  expect(away(1)).toEqual({ held: 10, sent: 2 });
  expect(away(3)).toEqual({ held: 10, sent: 4 });
  expect(away(99)).toEqual({ held: 0, sent: 4 });
});

test("a refusal that is about the order is not answered by the same order", () => {
  let sent = 0;
  runScript({ 1: [1] }, [100, 100, 100, 100], plainAccount, (venue) => {
    return new InterruptedBroker(venue, (order) => {
      sent += 1;
      return refusalOf(order, "lot_size");
    });
  });
  expect(sent).toBe(1);
});

test("after a stop nothing is bought back, whatever the target before it was", () => {
  const session = runScript({ 1: [1, { stopPrice: 95 }] }, [100, 100, [100, 100, 94, 100], 100, 100, 100]);
  expect(held(session)).toBe(0);
  expect(eventsOf(session).filter((line) => line.includes("fill"))).toEqual([
    "2 fill 10@100 taker",
    "3 fill -10@95 taker",
  ]);
});

test("prices that move after a decision order nothing", () => {
  const session = runScript({ 1: [0.5] }, [100, 100, 200, 400, 50]);
  expect(eventsOf(session).filter((line) => line.includes("order"))).toEqual(["1 order 5 script"]);
});

test("another price for a waiting entry changes the order that works, and does not send a second one", () => {
  const at = (price: number) => [1, { entry: { kind: "limit", price } }] as const;
  const session = runScript({ 1: at(50), 2: at(80) }, [100, 100, 100, [100, 100, 79, 100]]);
  expect(eventsOf(session)).toEqual(["1 order 20 script", "2 order 12 script", "4 fill 12@80 maker"]);
  expect(session.orders.nextId()).toBe(2);
  // The venue's answer is to a change that was asked for, and the order is known as it works.
  const waiting = runScript({ 1: at(50), 2: at(80), 3: at(80) }, [100, 100, 100, 100]);
  expect(waiting.orders.surprises).toEqual([]);
  expect(waiting.orders.open(0 as never)).toMatchObject([
    { request: { quantity: 12, terms: { limitPrice: 80 } }, pending: "nothing", progress: "accepted" },
  ]);
});

test("a new stop for a position that stays changes the stop that works", () => {
  const script: Script = { 1: [1, { stopPrice: 80 }], 3: [1, { stopPrice: 95 }] };
  const session = runScript(script, [100, 100, 100, 100, [100, 100, 90, 92]]);
  expect(eventsOf(session)).toContain("5 fill -10@95 taker");
  expect(session.orders.nextId()).toBe(3);
});

test("a new stop that comes while an order may still turn the position round is not forgotten", () => {
  // The reversal that waits at 90 is called off on the next bar by a target with another stop; a venue that takes a second
  // to cancel still has the reversal when the new levels are planned.
  const script: Script = {
    1: [1, { stopPrice: 70 }],
    3: [-1, { entry: { kind: "limit", price: 150 } }],
    4: [1, { stopPrice: 95 }],
  };
  const session = runScript(script, [100, 100, 100, 100, 100, 100, [100, 100, 90, 92], 92], slow);
  expect(held(session)).toBe(0);
  expect(eventsOf(session)).toContain("7 fill -10@95 taker");
});

test("a decision that names no levels leaves those that work alone, and only what is missing is sent", () => {
  const desk = new ExecutionDesk();
  desk.decide(5, { protection: { stopPrice: 90, takeProfitPrice: 120 } });
  expect(desk.story()).toEqual(["buy 5", "sell 5 close stop_market", "sell 5 close limit"]);
  desk.fill(1);
  desk.end(3, "on_request");
  desk.decide(5);
  expect(desk.story()).toEqual(["sell 5 close limit"]);
});

test("one level of any kind takes the place of all that were there", () => {
  for (const [protection, type] of [
    [{ takeProfitPrice: 120 }, "limit"],
    [{ trail: { kind: "amount", amount: 5 } }, "trailing_stop_market"],
  ] as const) {
    const desk = new ExecutionDesk();
    desk.decide(5, { protection: { stopPrice: 90 } });
    desk.plan();
    desk.fill(1);
    desk.decide(5, { protection });
    expect(desk.story()).toEqual(["cancel 2", `sell 5 close ${type}`]);
  }
});

test("after a fill that came in spite of its cancel, nothing is sent until protection of its side has spoken", () => {
  const desk = new ExecutionDesk();
  desk.decide(-5, { protection: { stopPrice: 110 } });
  expect(desk.story()).toEqual(["sell 5", "buy 5 close stop_market"]);
  desk.fill(1);
  desk.decide(0);
  expect(desk.story()).toEqual(["buy 5 reduce"]);
  desk.decide(-5);
  expect(desk.story()).toEqual(["cancel 3"]);
  desk.fill(3);
  // The stop buys as well: it may have filled before the venue took it back.
  expect([desk.held, desk.story()]).toEqual([0, []]);
  desk.end(2, "position_closed");
  expect(desk.story()).toEqual(["sell 5"]);
});

test("an order that no target asked for ends, and nothing follows", () => {
  const desk = new ExecutionDesk();
  desk.end(desk.send({}), "other");
  expect([desk.wanted, desk.story()]).toEqual([undefined, []]);
});

test("an entry ends as its own terms say and is not tried again", () => {
  const bars = [100, 100, 100, [100, 100, 89, 100], 100] as const;
  const ends = (entry: object) => {
    const session = runScript({ 1: [1, { entry: { kind: "limit", price: 90, ...entry } as never }] }, bars);
    return [held(session), eventsOf(session).at(-1)];
  };
  expect(ends({})).toEqual([11, "4 fill 11@90 maker"]);
  expect(ends({ timeInForce: "ioc" })).toEqual([0, "2 canceled 1 ioc: not filled at once"]);
  expect(ends({ timeInForce: "gtd", expireTimeMs: 2 * hourMs })).toEqual([
    0,
    "3 expired 1 good till date has passed",
  ]);
  expect(ends({ price: 110, postOnly: true })[0]).toBe(0);
});

test("a reversal while a stop works never holds more than was wanted, whichever fills first", () => {
  const script: Script = { 1: [1, { stopPrice: 95 }], 3: [-1, { stopPrice: 110 }] };
  const session = runScript(script, [100, 100, 96, [94, 94, 94, 94], 94]);
  expect(held(session)).toBe(-10);
});

test("the closing half of a waiting reversal can only reduce", () => {
  const script: Script = {
    1: [1, { takeProfitPrice: 104 }],
    2: [-1, { entry: { kind: "limit", price: 103 } }],
  };
  const session = runScript(script, [100, 100, [100, 106, 100, 105], 105]);
  // 1,000 buys nine at 103.
  expect(held(session)).toBe(-9);
});

test("reports that fit nothing are kept for whoever reconciles, and foreign fills are booked", () => {
  const end = { timeMs: 0, code: "other", reason: "?" } as const;
  const foreign: ExecutionReport[] = [
    { kind: "canceled", orderId: 77 as never, cumulativeQuantity: 0, ...end },
    { kind: "accepted", orderId: 78 as never, timeMs: 0 },
    {
      kind: "filled",
      isComplete: true,
      fill: {
        fillId: 900,
        orderId: 79 as never,
        instrument: 0 as never,
        side: "buy",
        quantity: 3,
        cumulativeQuantity: 3,
        price: 100,
        fee: 0,
        slippageCost: 0,
        liquidity: "taker",
        timeMs: 0,
      },
    },
  ];
  const session = runScript({}, [100, 100, 100], plainAccount, (venue) => {
    return new InterruptedBroker(
      venue,
      () => null,
      ({ timeMs }) => (timeMs >= 2 * hourMs ? foreign : []),
    );
  });
  expect(held(session)).toBe(3);
  const kinds = session.orders.surprises.map(({ kind }) => kind);
  // Told at two bars: what was a fill the first time is told twice the second.
  expect(kinds).toEqual([
    "unknown order",
    "unknown order",
    "unknown order",
    "unknown order",
    "unknown order",
    "told twice",
  ]);
});

test("the last fill told twice, and an end after a fill, change nothing and throw nothing", () => {
  const end = {
    orderId: 1 as never,
    timeMs: 0,
    cumulativeQuantity: 10,
    code: "on_request",
    reason: "late",
  } as const;
  const session = runScript({ 1: [1] }, [100, 100, 100, 100], plainAccount, (venue) => {
    const broker: InterruptedBroker = new InterruptedBroker(
      venue,
      () => null,
      ({ timeMs }) =>
        timeMs < 3 * hourMs
          ? []
          : [
              ...broker.told.filter(({ kind }) => kind === "filled"),
              { kind: "canceled", ...end },
              { kind: "accepted", orderId: end.orderId, timeMs },
            ],
    );
    return broker;
  });
  expect(held(session)).toBe(10);
  expect(eventsOf(session).filter((line) => line.startsWith("2 fill"))).toEqual(["2 fill 10@100 taker"]);
});

test("old bars that a live feed catches up with warm up and order nothing", () => {
  const table = hours([100, 100, 100]);
  const config = runConfigSchema.parse(plainAccount);
  const setup = { bars: [table], strategy: scripted({ 1: [1], 2: [1], 3: [1] }), params: {}, config };
  const session = buildSession(setup, layGround(setup.bars, config));
  const slice = (row: number, isStale: boolean) => ({
    timeMs: (row + 1) * hourMs,
    count: 1,
    instruments: Int32Array.of(0),
    rows: Int32Array.of(row),
    isStale,
  });
  step(session, slice(0, true));
  step(session, slice(1, true));
  expect(session.orders.open(0 as never)).toEqual([]);
  step(session, slice(2, false));
  expect(session.orders.open(0 as never)).toHaveLength(1);
});
