import { expect, test } from "vitest";
import type { VenueFill, VenueOrder } from "../../src/ports/broker-connection.ts";
import { ClockOff } from "../../src/base/clock-off.ts";
import { KiwiError } from "../../src/base/errors.ts";
import type { InstrumentIndex } from "../../src/domain/instrument.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import { closingOrderId } from "../../src/robot/kill/closing-order-id.ts";
import { hourMs, minuteMs } from "../../src/base/time.ts";
import { hours, scripted, type Quad, type Script } from "../scripted-run.ts";
import { RobotBench, type BenchOptions } from "./robot-bench.ts";

const flat = (count: number, price = 100): readonly number[] => Array.from({ length: count }, () => price);

function bench(
  script: Script,
  bars: readonly (Quad | number)[],
  options: Partial<BenchOptions> = {},
): RobotBench {
  return new RobotBench({ tape: [hours(bars, "AAA")], strategy: scripted(script), ...options });
}

const held = ({ robot }: RobotBench): number => robot!.session.portfolio.ledger.quantity[0]!;
const kinds = ({ incidents }: RobotBench): readonly string[] => incidents.map(({ kind }) => kind);

/** What a session has recorded of some kinds. */
function recorded({ robot }: RobotBench, ...kinds: readonly string[]): readonly string[] {
  const { events } = robot!.session.recorder.log;
  const all = Array.from({ length: events.length }, (_, k): string => events.at(k).kind);
  return all.filter((kind) => kinds.includes(kind));
}

/** How orders ended that did not fill. */
function endings(at: RobotBench): readonly string[] {
  return recorded(at, "canceled", "rejected", "expired");
}

/** An order of the venue as it is, changed. */
async function told(at: RobotBench, name: string, change: Partial<VenueOrder>): Promise<VenueOrder> {
  return { ...(await at.link.order(name))!, ...change };
}

test("the stop of a part goes as soon as the part has filled, and grows with it", async () => {
  // Half of the volume fills: 100 of 200 a bar.
  const bars: Quad[] = Array.from({ length: 8 }, () => [100, 101, 99, 100, 200]);
  const at = bench({ 2: [1, { stopPrice: 90 }] }, bars, { venue: { volumeShareMax: 0.5 } });
  await at.start();
  await at.bars(3);
  expect(held(at)).toBe(100);
  expect(
    at.link.sent.map(({ side, quantity, reduceOnly }) => ({ side, quantity, reduceOnly })).at(-1),
  ).toEqual({
    side: "sell",
    quantity: 100,
    reduceOnly: true,
  });
  await at.bars(1);
  expect(held(at)).toBe(200);
  expect(at.link.modified.at(-1)).toMatchObject({
    quantity: 200,
    terms: { type: "stop_market", stopPrice: 90 },
  });
});

test("an order whose answer is lost is found by its name and never sent twice", async () => {
  const at = bench({ 2: [1] }, flat(6));
  await at.start();
  // It arrives, and the answer does not.
  at.link.interfere = (order) => {
    at.side.submit(order);
    return { kind: "unknown", reason: "502" };
  };
  await at.bars(2);
  await at.pass(10_000);
  await at.bars(1);
  expect(at.link.sent).toHaveLength(1);
  expect(held(at)).toBe(499);
});

test("an order that never arrived is sent again under the same name, after the venue has denied it three times", async () => {
  const at = bench({ 2: [1] }, flat(6));
  await at.start();
  let losses = 1;
  at.link.interfere = () => (losses-- > 0 ? { kind: "unknown", reason: "timeout" } : null);
  await at.bars(2);
  await at.pass(4_900);
  expect(at.link.sent).toHaveLength(1);
  await at.pass(2_000);
  expect(at.link.sent.map(({ clientOrderId }) => clientOrderId)).toEqual(["bencho1", "bencho1"]);
  await at.bars(1);
  expect(held(at)).toBe(499);
});

test("a name that the venue has already is looked up: the order is ours", async () => {
  const at = bench({ 2: [1] }, flat(6));
  await at.start();
  at.link.interfere = (order) => {
    at.side.submit(order);
    return { kind: "rejected", code: "doubled_id", reason: "client order id must be unique" };
  };
  await at.bars(2);
  await at.pass(1_000);
  await at.bars(1);
  expect(held(at)).toBe(499);
  expect(at.robot!.status().counts.refusedByVenue).toBe(0);
});

test.each([true, false])(
  "a stop whose name is taken and that the venue lists nowhere is placed under another name (orders that only reduce: %s)",
  async (reduceOnly) => {
    const at = bench({ 2: [1, { stopPrice: 90 }] }, flat(8), { capabilities: { reduceOnly } });
    await at.start();
    at.link.interfere = ({ terms, clientOrderId }) =>
      terms.type === "stop_market" && clientOrderId === "bencho2"
        ? { kind: "rejected", code: "doubled_id", reason: "client order id must be unique" }
        : null;
    await at.bars(3);
    await at.pass(15_000);
    expect(at.side.openOrders()).toEqual([]);
    await at.pass(30_000);
    await at.bars(1);
    await at.pass(5_000);
    expect(held(at)).toBe(499);
    expect(at.side.openOrders().map(({ side, quantity, terms }) => [side, quantity, terms?.type])).toEqual([
      ["sell", 499, "stop_market"],
    ]);
  },
);

test("a stop that is refused again and again ends the position", async () => {
  const at = bench({ 2: [1, { stopPrice: 90 }] }, flat(8));
  await at.start();
  at.link.interfere = ({ terms }) =>
    terms.type === "stop_market" ? { kind: "rejected", code: "other", reason: "no stops today" } : null;
  await at.bars(3);
  await at.pass(60_000);
  await at.bars(1);
  expect(held(at)).toBe(0);
  expect(at.link.sent.filter(({ terms }) => terms.type === "stop_market")).toHaveLength(4);
});

test("a stop whose price has been reached ends the position at once", async () => {
  const at = bench({ 2: [1, { stopPrice: 90 }] }, flat(8));
  await at.start();
  at.link.interfere = ({ terms }) =>
    terms.type === "stop_market" ? { kind: "rejected", code: "would_trigger", reason: "reached" } : null;
  await at.bars(4);
  expect(held(at)).toBe(0);
  expect(at.link.sent).toHaveLength(3);
});

test("without reduce-only a stop and a target never sell more than is held, and the target takes the stop's place", async () => {
  const bars: Quad[] = [100, 100, 100, 100, 104, 111, 112, 112].map((price) => [
    price,
    price,
    price,
    price,
    1e6,
  ]);
  const at = bench({ 2: [1, { stopPrice: 90, takeProfitPrice: 110 }] }, bars, {
    capabilities: { reduceOnly: false },
    accountKind: "cash",
  });
  await at.start();
  for (let row = 0; row < 8; row++) {
    await at.bars(1);
    const open = at.side.openOrders().filter(({ side }) => side === "sell");
    const selling = open.reduce((sum, { quantity, filledQuantity }) => sum + quantity - filledQuantity, 0);
    expect(selling).toBeLessThanOrEqual(Math.max(0, at.side.held("AAA")));
    if (row === 4) expect(open.map(({ terms }) => terms?.type)).toEqual(["stop_market"]);
    if (row === 5) expect(open.map(({ terms }) => terms?.type)).toEqual(["limit"]);
  }
  expect(held(at)).toBe(0);
  expect(at.side.held("AAA")).toBe(0);
});

test("without reduce-only a stop keeps the whole holding while a part waits to be sold for a better price", async () => {
  const bars: Quad[] = [100, 100, 100, 100, 100, 106, 107, 107].map((price) => [
    price,
    price,
    price,
    price,
    1e6,
  ]);
  const half = [0.5, { stopPrice: 90, entry: { kind: "limit", price: 105 } }] as const;
  const at = bench({ 2: [1, { stopPrice: 90 }], 4: half }, bars, {
    capabilities: { reduceOnly: false },
    accountKind: "cash",
  });
  await at.start();
  await at.bars(5);
  const open = () =>
    at.side
      .openOrders()
      .map(({ terms, quantity, filledQuantity }) => [terms?.type, quantity - filledQuantity]);
  expect(open()).toEqual([["stop_market", 499]]);
  // At 106 the better price is there: what is wanted to go goes, and the stop keeps the half of the equity that stays, 237 at 105.
  await at.bars(2);
  expect(held(at)).toBe(237);
  expect(at.side.held("AAA")).toBe(237);
  expect(open()).toEqual([["stop_market", 237]]);
});

test("a stop that the venue takes back is sent again beside the target that it left", async () => {
  const at = bench({ 2: [1, { stopPrice: 90, takeProfitPrice: 120 }] }, flat(8));
  await at.start();
  await at.bars(3);
  const stop = at.link.sent.find(({ terms }) => terms.type === "stop_market")!;
  expect(at.side.refuseLate(stop.clientOrderId)).toBe(true);
  await at.pass(5_000);
  expect(at.side.openOrders().map(({ terms, quantity }) => [terms?.type, quantity])).toEqual([
    ["limit", 499],
    ["stop_market", 499],
  ]);
});

test("an order that an old change has made smaller behind our back is brought back, and not for ever", async () => {
  const at = bench({ 2: [1, { stopPrice: 90 }] }, flat(16));
  await at.start();
  await at.bars(3);
  const stop = at.link.sent.find(({ terms }) => terms.type === "stop_market")!;
  const sizes = () => at.side.openOrders().map(({ quantity }) => quantity);
  expect(sizes()).toEqual([499]);
  for (let times = 1; times <= 4; times++) {
    await at.pass(60_000);
    at.side.modify({ ...stop, quantity: 100 });
    await at.pass(30_000);
    // A venue that never has what was asked for is left alone in the end.
    expect(sizes()).toEqual([times <= 3 ? 499 : 100]);
  }
  // News from before says nothing.
  const count = at.link.modified.length;
  at.link.listener!.onOrder(await told(at, stop.clientOrderId, { quantity: 7, venueTimeMs: 1 }));
  await at.rest();
  expect(at.link.modified).toHaveLength(count);
});

test("fills are booked once, whatever road they come by, and in any order", async () => {
  const at = bench({ 2: [1] }, flat(6));
  await at.start();
  await at.bars(3);
  const [fill] = await at.link.fillsSince(0);
  at.link.listener!.onFill(fill!);
  at.link.listener!.onFill({ ...fill!, fillId: "the same over another road" });
  await at.rest();
  at.link.listener!.onOrder(await told(at, "bencho1", { status: "partially_filled", filledQuantity: 10 }));
  await at.bars(1);
  expect(held(at)).toBe(499);
});

test("what a stranger trades is followed, told, and nothing is opened until the books agree", async () => {
  const at = bench({ 4: [1], 7: [0], 9: [1] }, flat(16));
  // A start waits a second where the venue's clock shows whole ones; then the account is compared at each full minute.
  at.world.nowMs -= 1_000;
  await at.start();
  await at.bars(3);
  at.side.tradeByHand("AAA", "buy", 30);
  await at.bars(1);
  expect(kinds(at)).toContain("external fill");
  expect(held(at)).toBe(30);
  expect(at.robot!.status().positions[0]!.blocked).toMatch(/is not ours/);
  expect(at.link.sent).toHaveLength(0);
  // The account is compared once a minute.
  await at.pass(61_000);
  expect(at.robot!.status().positions[0]!.blocked).toBeNull();
  expect(at.link.sent).toHaveLength(0);
  await at.bars(7);
  expect(at.link.sent.map(({ side }) => side)).toEqual(["sell", "buy"]);
});

test("what the kill switch closes is booked and told, and is no stranger", async () => {
  const at = bench({ 2: [1] }, flat(8));
  await at.start();
  await at.bars(3);
  const pullId = "mb5k2x9q1f3a";
  at.side.submit({ ...at.link.sent[0]!, side: "sell", clientOrderId: closingOrderId(pullId, "AAA", 0) });
  await at.bars(1);
  expect(held(at)).toBe(0);
  const told = at.incidents.map(({ kind, gravity }) => `${kind} ${gravity}`);
  expect(told).toEqual(["external order notice", "external fill notice"]);
  expect(at.robot!.status().positions.map(({ blocked }) => blocked)).toEqual([null]);
});

test("an order of a session before this one is called so, and its symbol opens nothing until the books agree", async () => {
  const at = bench({ 5: [1] }, flat(8));
  await at.start();
  await at.bars(3);
  const order = {
    clientOrderId: "oldero7",
    symbol: "AAA",
    side: "buy",
    quantity: 5,
    timeInForce: "gtc",
  } as const;
  const rest = {
    terms: { type: "market" },
    expireTimeMs: Infinity,
    postOnly: false,
    reduceOnly: false,
  } as const;
  at.side.submit({ ...order, ...rest });
  await at.bars(1);
  const words = at.incidents.map(({ message }) => message.replace(/order [^ ,]+/, "order X"));
  expect(words).toEqual([
    "the venue's order X (buy 5 AAA) is of the session older: nothing is opened in AAA while it works. " +
      "kiwi paper orders --cancel oldero7 (kiwi live orders ...) takes it off",
    expect.stringMatching(/^the venue's order X, which is of the session older, filled: buy 5 AAA at /),
  ]);
  expect(at.robot!.status().positions[0]!.blocked).not.toBeNull();
});

test("a bust is booked the other way round, once", async () => {
  const at = bench({ 2: [1] }, flat(8));
  await at.start();
  await at.bars(3);
  const [fill] = await at.link.fillsSince(0);
  const bust: VenueFill = { ...fill!, fillId: "B1", takesBack: fill!.fillId };
  at.link.listener!.onFill(bust);
  at.link.listener!.onFill(bust);
  await at.rest();
  expect(held(at)).toBe(0);
  expect(kinds(at)).toContain("bust");
  expect(at.robot!.session.portfolio.cash).toBeCloseTo(100_000, 6);
});

test("a fee that is taken in what was bought leaves less of it", async () => {
  const at = bench({ 2: [1] }, flat(8), { accountKind: "cash" });
  const robot = await at.start();
  await at.bars(2);
  const { listener } = at.link;
  at.link.listener = null;
  expect(listener).not.toBeNull();
  const order = (await at.link.order("bencho1"))!;
  listener!.onFill({
    fillId: "F1",
    clientOrderId: "bencho1",
    venueOrderId: order.venueOrderId,
    symbol: "AAA",
    side: "buy",
    quantity: 100,
    price: 100,
    fee: 2,
    feeCurrency: "AAA",
    liquidity: "taker",
    venueTimeMs: at.world.nowMs,
    receivedAtMs: 0,
  });
  await at.rest();
  expect(held(at)).toBe(98);
  // 100 were paid for at 100: the two that are gone are a cost.
  expect(robot.session.portfolio.cash).toBe(90_000);
  expect(robot.session.portfolio.ledger.feesPaid).toBe(200);
});

test("where fees are kept in coins the rest below a lot is left, and does not stand in the way of the next purchase", async () => {
  const script: Script = { 2: [1, { stopPrice: 90 }], 4: [0], 6: [1, { stopPrice: 90 }], 8: [0] };
  const listing = { keepsFeeOfPurchase: true, canShort: false };
  const at = bench(script, flat(12), { accountKind: "cash", capabilities: { reduceOnly: false }, listing });
  await at.start();
  await at.bars(3);
  // 499 bought, half a lot less than one kept for the fee, and a stop for the whole lots of it.
  expect(held(at)).toBeCloseTo(498.501, 9);
  expect(at.link.sent.map(({ side, quantity }) => `${side} ${quantity}`)).toEqual(["buy 499", "sell 498"]);
  await at.bars(2);
  expect(held(at)).toBeCloseTo(0.501, 9);
  await at.bars(2);
  expect(held(at)).toBeGreaterThan(490);
  await at.bars(5);
  expect(held(at)).toBeLessThan(1);
  expect(at.robot!.status()).toMatchObject({ phase: "running", orders: [] });
  expect(at.link.sent.length).toBeLessThan(10);
  expect(at.robot!.status().counts.refusedHere).toBe(0);
});

test("what the venue keeps of a purchase is not bought once more", async () => {
  const listing = { keepsFeeOfPurchase: true, lotSize: 0.1, quantityMin: 0.1 };
  const config = { instruments: { "*": { lotSize: 0.1, calendar: "24/7" } } };
  const at = bench({ 2: [1] }, flat(8), { accountKind: "cash", listing, config });
  await at.start();
  await at.bars(6);
  expect(held(at)).toBeCloseTo(499.5 * 0.999, 9);
  expect(at.link.sent.map(({ quantity }) => quantity)).toEqual([499.5]);
});

test("a fee in something that nobody has a price for is told and not counted, and the robot goes on", async () => {
  const at = bench({ 2: [1] }, flat(8), { accountKind: "cash" });
  await at.start();
  await at.bars(2);
  const { listener } = at.link;
  at.link.listener = null;
  const { venueOrderId } = (await at.link.order("bencho1"))!;
  const fill: VenueFill = {
    fillId: "F1",
    clientOrderId: "bencho1",
    venueOrderId,
    symbol: "AAA",
    side: "buy",
    quantity: 100,
    price: 100,
    fee: 0.5,
    feeCurrency: "MNT",
    liquidity: "taker",
    venueTimeMs: at.world.nowMs,
    receivedAtMs: 0,
  };
  listener!.onFill(fill);
  listener!.onFill({ ...fill, fillId: "F2", quantity: 50, fee: 1, feeCurrency: "USDT" });
  await at.rest();
  expect(held(at)).toBe(150);
  expect(at.robot!.status().phase).toBe("running");
  expect(at.robot!.session.portfolio.ledger.feesPaid).toBe(1);
  expect(at.incidents.filter(({ kind }) => kind === "fee unknown")).toMatchObject([
    { message: expect.stringContaining("account.fixedRates.MNT") as string },
  ]);
});

test("halted lets cancels through and nothing else, reducing lets stops and exits through", async () => {
  const script: Script = { 2: [1, { entry: { kind: "limit", price: 95 } }], 4: [0], 6: [1], 8: [-1] };
  const at = bench(script, flat(12));
  await at.start();
  await at.bars(3);
  expect(at.link.sent).toHaveLength(1);
  at.trading = { state: "halted", reason: "a person" };
  await at.bars(4);
  expect(at.link.sent).toHaveLength(1);
  expect(at.link.canceled).toEqual(["bencho1"]);
  at.trading = { state: "reducing", reason: "a person" };
  await at.bars(3);
  expect(at.link.sent).toHaveLength(1);
  expect(at.robot!.status().counts.refusedHere).toBeGreaterThan(0);
});

test("under a pulled switch an exit waits here and is planned once; a position that is still wanted gets its stop back after it", async () => {
  for (const [script, wanted, left] of [
    [{ 2: [1, { stopPrice: 90 }], 5: [0] }, ["sell stop_market", "sell market"], 0],
    [{ 2: [1, { stopPrice: 90 }] }, ["sell stop_market"], 499],
  ] as const) {
    const at = bench(script as Script, flat(40));
    await at.start();
    await at.bars(3);
    expect(held(at)).toBe(499);
    at.trading = { state: "halted", reason: "a person" };
    await at.link.cancel(at.link.sent.at(-1)!.clientOrderId);
    const planned = recorded(at, "order").length;
    const { length } = at.link.sent;
    await at.bars(20);
    expect([at.link.sent.length, at.robot!.status().counts.refusedHere]).toEqual([length, 0]);
    expect(recorded(at, "order").length - planned).toBeLessThanOrEqual(2);
    at.trading = { state: "active", reason: "" };
    await at.pass(3_000);
    expect(at.link.sent.slice(length).map(({ side, terms }) => `${side} ${terms.type}`)).toEqual(wanted);
    await at.bars(1);
    expect(held(at)).toBe(left);
  }
});

test("all that a cash account has can be spent at a venue that looks at the money before it takes an order", async () => {
  for (const [rate, sent] of [
    // 999 at 100 and a fee of a thousandth are 99,999.90, and 100,000 are there.
    [0.001, [999]],
    // The venue takes a fee that was not reckoned with: it is told so, and less is tried.
    [0, [1_000, 995]],
  ] as const) {
    const at = bench({ 2: [1] }, flat(6), {
      accountKind: "cash",
      fundsChecked: "arrival",
      config: {
        sizing: { use: "fixed-fraction", fraction: 1 },
        costs: { commission: { use: "rate", rate }, slippage: { use: "fixed", rate: 0 } },
      },
    });
    await at.start();
    await at.bars(2);
    await at.pass(5_000);
    await at.bars(1);
    expect(at.link.sent.map(({ quantity }) => quantity)).toEqual(sent);
    expect(held(at)).toBe(sent.at(-1));
    expect(at.robot!.session.orders.open(0 as InstrumentIndex)).toEqual([]);
  }
});

test("an order below the venue's smallest is refused here", async () => {
  const at = bench({ 2: [1] }, flat(6), { listing: { notionalMin: 1e9 } });
  await at.start();
  await at.bars(4);
  expect(at.link.sent).toHaveLength(0);
  expect(at.robot!.status().counts.refusedHere).toBe(1);
});

test("a stop that the venue cannot trail is moved after the price here", async () => {
  const bars: Quad[] = [100, 100, 100, 104, 108, 106, 106].map((price) => [price, price, price, price, 1e6]);
  const orderTypes = ["market", "limit", "stop_market"] as const;
  const at = bench({ 2: [1, { trail: { kind: "amount", amount: 5 } }] }, bars, {
    capabilities: { orderTypes },
  });
  await at.start();
  await at.bars(6);
  const stops = [...at.link.sent.slice(1), ...at.link.modified].map(({ terms }) => terms);
  expect(stops).toEqual([95, 99, 103].map((stopPrice) => ({ type: "stop_market", stopPrice })));
});

test("a robot does not start on a journal of other settings, or on an account that holds something else", async () => {
  const at = bench({ 2: [1] }, flat(8));
  await at.start();
  await at.bars(3);
  await at.robot!.stop();
  await expect(at.start({ identity: { strategy: "scripted", settingsHash: "2" } })).rejects.toThrow(
    /JOURNAL_OF_ANOTHER the journal is of another settings/,
  );
  at.side.tradeByHand("AAA", "sell", 499);
  await at.bars(1);
  // What was traded by hand is told by the venue; what it keeps to itself is a difference.
  at.link.fillsSince = async () => [];
  await expect(at.start({ atDifference: "refuse" })).rejects.toThrow(
    /POSITION_DIFFERS the account does not hold what our books say: AAA 499 here and 0 there/,
  );
  await at.start({ atDifference: "adopt" });
  expect(held(at)).toBe(0);
  expect(kinds(at)).toContain("position differs");
});

test("a line that breaks before the session has begun does not spoil its journal", async () => {
  const at = bench({ 2: [1] }, flat(6));
  const open = at.link.open.bind(at.link);
  at.link.open = async (listener) => {
    await open(listener);
    at.link.open = open;
    listener.onLine({ kind: "down", atMs: 0, reason: "reset" });
  };
  const account = at.link.account.bind(at.link);
  let asked = 0;
  at.link.account = () => Promise.reject(new Error(`reset ${(asked += 1)}`));
  await expect(at.start()).rejects.toMatchObject({
    parts: { code: "VENUE_SILENT", exit: "network", message: "the venue did not tell the account: reset 5" },
  });
  // And one that is silent once or twice is asked again.
  at.link.account = () => ((asked += 1) < 8 ? Promise.reject(new Error("no answer within 5 s")) : account());
  await at.start();
  await at.bars(3);
  expect(held(at)).toBe(499);
});

test("recovering twice is recovering once", async () => {
  const script: Script = { 2: [1, { stopPrice: 90, takeProfitPrice: 120 }] };
  const at = bench(script, flat(8));
  await at.start();
  await at.bars(4);
  const before = at.robot!.status();
  for (let times = 0; times < 3; times++) {
    await at.robot!.stop();
    await at.start();
    const { positions, orders, equity, decisionsHash } = at.robot!.status();
    expect({ positions, orders, equity, decisionsHash }).toEqual({
      positions: before.positions,
      orders: before.orders,
      equity: before.equity,
      decisionsHash: before.decisionsHash,
    });
  }
  expect(at.link.sent).toHaveLength(3);
});

test("a venue that cannot be reached for a while does not end the robot, in whatever words its connection says so", async () => {
  const at = bench({ 2: [1] }, flat(8));
  await at.start();
  await at.bars(2);
  const account = at.link.account.bind(at.link);
  const parts = {
    code: "BROKER_UNREACHABLE",
    exit: "network",
    message: "no",
    why: "",
    fix: "",
    topic: "trading",
  };
  at.link.account = () => Promise.reject(new KiwiError(parts as never));
  await at.pass(300_000);
  expect(at.robot!.status().phase).toBe("running");
  expect(kinds(at)).toContain("question failed");
  at.link.account = account;
  await at.bars(2);
  expect(held(at)).toBe(499);
});

test("neither a stop nor an exit that the account has nothing for is sent again and again without a pause", async () => {
  const at = bench({ 2: [1, { stopPrice: 90 }] }, flat(8));
  await at.start();
  at.link.interfere = ({ side }) =>
    side === "sell" ? { kind: "rejected", code: "buying_power", reason: "insufficient balance" } : null;
  await at.bars(3);
  await at.pass(600_000);
  const bare = () => at.incidents.filter(({ kind }) => kind === "unprotected");
  expect(bare().map(({ gravity }) => gravity)).toEqual(["alarm"]);
  expect(bare()[0]!.message).toMatch(
    /^499 AAA stands without its stop for 1\d s; the venue said: insufficient balance\. /,
  );
  // Stops after 0, 1, 3 and 7 s, then exits that wait twice as long each time, 64 s at most.
  expect(at.link.sent.length).toBeLessThan(24);
  at.link.interfere = () => null;
  await at.pass(70_000);
  await at.bars(1);
  expect(held(at)).toBe(0);
  await at.pass(20_000);
  expect(bare().map(({ gravity }) => gravity)).toEqual(["alarm", "notice"]);
});

test("where the clock runs thirty times as fast, a position without its stop is told of thirty times as late", async () => {
  const speed = 30;
  const limits = { unknownMs: 5_000 * speed, askEveryMs: 2_000 * speed, answerMs: 5_000 * speed };
  const at = bench({ 2: [1, { stopPrice: 90 }] }, flat(8), { parts: { limits } });
  await at.start();
  at.link.interfere = ({ side }) =>
    side === "sell" ? { kind: "rejected", code: "buying_power", reason: "insufficient balance" } : null;
  await at.bars(3);
  const bare = () => at.incidents.filter(({ kind }) => kind === "unprotected");
  await at.pass(295_000);
  expect(bare()).toEqual([]);
  await at.pass(60_000);
  expect(bare().map(({ message }) => message.split(";")[0])).toEqual([
    "499 AAA stands without its stop for 5 min",
  ]);
});

test("an exit that the venue has nothing to reduce for goes again after pauses that grow", async () => {
  const at = bench({ 2: [1], 4: [0] }, flat(8));
  await at.start();
  await at.bars(3);
  expect(held(at)).toBe(499);
  at.link.interfere = ({ side }) =>
    side === "sell" ? { kind: "rejected", code: "nothing_to_reduce", reason: "there is no position" } : null;
  await at.bars(1);
  const before = at.link.sent.length;
  await at.pass(600_000);
  // After 1, 3, 7, 15, 31, 63 s, and then every 64 s.
  expect(at.link.sent.length - before).toBeGreaterThan(5);
  expect(at.link.sent.length - before).toBeLessThan(20);
  at.link.interfere = () => null;
  await at.pass(70_000);
  await at.bars(1);
  expect(held(at)).toBe(0);
});

test("a disk that fails ends the robot before anything is sent", async () => {
  const at = bench({ 2: [1] }, flat(6));
  const robot = await at.start();
  await at.bars(1);
  at.disk.state = "full";
  await at.bars(2);
  expect(await robot.done).toMatchObject({ kind: "failed", error: { parts: { code: "DISK_FAILED" } } });
  expect(at.link.sent).toHaveLength(0);
  // Neither status nor log can say what to do: the alarm does, once.
  const told = at.incidents.filter(({ kind }) => kind === "disk failed").map(({ message }) => message);
  expect(told).toEqual([
    expect.stringMatching(/^DISK_FAILED .*\. The robot ends: .*none is sent.*\. df -h /),
  ]);
});

test("a line that hangs when it is closed keeps neither the journal nor the account", async () => {
  const at = bench({}, flat(4));
  const lock = { isHeld: true, release: () => void (lock.isHeld = false) };
  const log: string[] = [];
  const say = (_: unknown, message: string): void => void log.push(message);
  await at.start({ lock, log: { debug() {}, info() {}, warn: say, error: say } });
  await at.bars(2);
  at.link.close = () => new Promise(() => {});
  const end = at.robot!.stop();
  await at.pass(60_000);
  await end;
  expect(await at.robot!.done).toEqual({ kind: "stopped" });
  expect(lock.isHeld).toBe(false);
  expect(log.filter((text) => text.includes("close"))).toEqual([
    "broker did not close well: it did not close within 5 s",
  ]);
});

test("what a holding in yen has made is told in the account's money", async () => {
  const at = bench({ 2: [1] }, [...flat(4), 110, 110], {
    config: {
      account: { kind: "margin", cash: 1_000, leverage: 5, fixedRates: { JPY: 0.01 } },
      instruments: { "*": { lotSize: 1, tickSize: 0.01, calendar: "24/7", quoteCurrency: "JPY" } },
    },
  });
  await at.start();
  await at.bars(6);
  const { positions } = at.robot!.status();
  expect(positions[0]!.quantity).toBeGreaterThan(0);
  expect(positions[0]!.unrealizedPnl).toBeCloseTo(positions[0]!.quantity * 10 * 0.01, 9);
});

test("an exit that came too often for the venue goes again under its name until it is taken, and is told as refused by nobody", async () => {
  const at = bench({ 2: [1], 4: [0] }, flat(8));
  await at.start();
  await at.bars(3);
  expect(held(at)).toBe(499);
  let refusals = 5;
  at.link.interfere = () =>
    refusals-- > 0 ? { kind: "rejected", code: "rate_limited", reason: "429" } : null;
  await at.bars(1);
  await at.pass(5_500);
  const exits = at.link.sent.filter(({ side }) => side === "sell");
  expect(exits.map(({ clientOrderId }) => clientOrderId)).toEqual(Array(6).fill(exits[0]!.clientOrderId));
  await at.bars(1);
  expect(held(at)).toBe(0);
  expect(at.robot!.status().counts).toMatchObject({ refusedByVenue: 0, resent: 0 });
});

test("an exit that waits for the venue and is not wanted any more does not go", async () => {
  const at = bench({ 2: [1], 4: [0], 5: [1] }, flat(9));
  await at.start();
  await at.bars(3);
  at.link.interfere = ({ side }) =>
    side === "sell" ? { kind: "rejected", code: "rate_limited", reason: "429" } : null;
  await at.bars(2);
  const exits = (): number => at.link.sent.filter(({ side }) => side === "sell").length;
  await at.pass(3_000);
  expect(exits()).toBeGreaterThan(2);
  await at.bars(1);
  await at.pass(2_000);
  const before = exits();
  at.link.interfere = () => null;
  await at.pass(20_000);
  await at.bars(2);
  expect(exits()).toBe(before);
  expect(held(at)).toBe(499);
});

test("what wants to fill at once waits here while its market is closed, and goes when it opens, if it is still wanted", async () => {
  const tape = new BarTable("AAA", "1h");
  // A Monday in New York until the close, and the Tuesday after it, by the hour.
  for (const time of ["04T19", "04T20", "04T21", "05T15", "05T16", "05T17", "05T18"])
    tape.append(Date.parse(`2024-03-${time}:00:00Z`), 100, 101, 99, 100, 1_000);
  const config = { instruments: { "*": { lotSize: 1, tickSize: 0.01, calendar: "us-equity" } } };
  const more = { tape: [tape], config, capabilities: { waitsForOpen: true } };
  const closeHour = Date.parse("2024-03-04T21:00:00Z") / 3_600_000;
  const at = bench({ [closeHour]: [1, { stopPrice: 90 }] }, [], more);
  await at.start();
  await at.bars(3);
  const openMs = Date.parse("2024-03-05T14:30:00Z");
  await at.pass(openMs - at.world.nowMs - 1);
  expect(at.link.sent).toEqual([]);
  expect(at.robot!.status().counts).toMatchObject({ refusedByVenue: 0, refusedHere: 0 });
  expect(at.incidents.map(({ kind, message }) => [kind, message])).toEqual([
    ["market closed", "buy 499 AAA waits here until 2024-03-05T14:30:00Z: the market is closed"],
  ]);
  await at.pass(1_000);
  expect(at.link.sent.map(({ side, quantity }) => [side, quantity])).toEqual([["buy", 499]]);
  await at.bars(1);
  expect(held(at)).toBe(499);

  const other = bench({ [closeHour]: [1] }, [], more);
  await other.start();
  await other.bars(3);
  other.trading = { state: "halted", reason: "a person" };
  await other.bars(1);
  expect(other.link.sent).toEqual([]);
  expect(held(other)).toBe(0);
});

test("an order that the venue refuses because it is closed goes again until it opens, and its target stands", async () => {
  const at = bench({ 2: [1] }, flat(6));
  await at.start();
  const opensMs = at.world.nowMs + 2 * 3_600_000 + 600_000;
  at.link.interfere = () =>
    at.world.nowMs < opensMs
      ? { kind: "rejected", code: "session_closed", reason: "market is closed" }
      : null;
  await at.bars(3);
  const { sent } = at.link;
  expect(new Set(sent.map(({ clientOrderId }) => clientOrderId)).size).toBe(1);
  // After 2, 4, 8, 16, 32 seconds, and then each minute.
  expect(sent.length).toBeGreaterThan(10);
  expect(sent.length).toBeLessThan(20);
  expect(at.robot!.status().counts.refusedByVenue).toBe(0);
  await at.bars(1);
  expect(held(at)).toBe(499);
});

test("an order that waits for a closed venue and is withdrawn ends at once as withdrawn, and is refused by nobody", async () => {
  const at = bench({ 2: [1], 3: [0] }, flat(6));
  await at.start();
  at.link.interfere = () => ({ kind: "rejected", code: "session_closed", reason: "market is closed" });
  await at.bars(3);
  expect(at.robot!.session.orders.open(0 as InstrumentIndex)).toEqual([]);
  expect(endings(at)).toEqual(["canceled"]);
  expect([at.link.canceled, at.robot!.status().counts.refusedByVenue]).toEqual([[], 0]);
});

test("a cancel for which there is no way to the venue goes again, and nobody is told that it was refused", async () => {
  const at = bench({ 2: [1, { stopPrice: 90 }], 4: [1, { takeProfitPrice: 120 }] }, flat(8));
  await at.start();
  const cancel = at.link.cancel.bind(at.link);
  let tries = 0;
  at.link.cancel = async (name: string) =>
    ++tries <= 3 ? { kind: "rejected", code: "unavailable", reason: "not sent: not open" } : cancel(name);
  await at.bars(4);
  await at.pass(2_500);
  const stop = at.robot!.session.orders.open(0 as InstrumentIndex)[0]!;
  expect([tries, stop.pending, stop.refusedChanges]).toEqual([2, "cancel", 0]);
  await at.pass(20_000);
  expect([tries, at.link.canceled]).toEqual([4, ["bencho2"]]);
  expect(at.side.openOrders().map(({ terms }) => terms)).toEqual([{ type: "limit", limitPrice: 120 }]);
});

test("a cancel that is answered without the venue's name for the order makes no second order of it", async () => {
  const at = bench({ 2: [1, { stopPrice: 90 }], 4: [1, { stopPrice: 95 }], 6: [0] }, flat(9), {
    capabilities: { modify: false },
  });
  await at.start();
  // The answer comes first, and the order ends a moment later.
  at.link.cancel = async (name: string) => {
    at.world.after(100, () => at.side.cancel(name));
    return { kind: "accepted", venueOrderId: "", venueTimeMs: at.world.nowMs };
  };
  await at.bars(5);
  await at.pass(5_000);
  expect(at.robot!.session.orders.open(0 as InstrumentIndex).map(({ pending }) => pending)).not.toContain(
    "cancel",
  );
  expect(at.side.openOrders().map(({ terms }) => terms)).toEqual([{ type: "stop_market", stopPrice: 95 }]);
  await at.bars(3);
  expect(held(at)).toBe(0);
  expect(at.side.openOrders()).toEqual([]);
});

test("an order that the venue has refused behind a silent line is found out, although the clock was set back and bars are ahead of it", async () => {
  const at = bench({ 2: [1], 3: [0] }, flat(8));
  const clock = at.world.clockOf(at.world.process("robot"));
  let behindMs = 0;
  await at.start({ clock: { ...clock, nowMs: () => clock.nowMs() - behindMs } });
  await at.bars(3);
  const exit = at.link.sent.at(-1)!;
  expect([held(at), exit.side]).toEqual([499, "sell"]);
  // Nobody tells of it: only the list of what works there says so.
  at.link.isSilent = true;
  at.side.refuseLate(exit.clientOrderId);
  behindMs = 3 * hourMs;
  await at.pass(2 * minuteMs);
  at.link.isSilent = false;
  expect(at.link.sent.slice(2)).toMatchObject([{ side: "sell", quantity: 499, reduceOnly: true }]);
  await at.bars(1);
  expect(held(at)).toBe(0);
});

test("a list of open orders that does not come is asked for again soon, so that a fill of which nobody tells has its stop", async () => {
  const at = bench({ 2: [1, { stopPrice: 90 }] }, flat(8));
  await at.start();
  await at.bars(2);
  const list = at.link.openOrders.bind(at.link);
  let failures = 5;
  at.link.isSilent = true;
  await at.bars(1);
  at.link.openOrders = () => (failures-- > 0 ? Promise.reject(new Error("no answer")) : list());
  // Five questions at their usual turns of ten seconds would take fifty.
  await at.pass(25_000);
  expect(held(at)).toBe(499);
  expect(at.side.openOrders().map(({ terms }) => terms?.type)).toEqual(["stop_market"]);
});

test("a venue whose answers are refused for a clock that is off is asked again until it is right, and ends no robot", async () => {
  const at = bench({ 2: [1, { stopPrice: 90 }] }, flat(8));
  await at.start();
  await at.bars(2);
  const answers = {
    openOrders: at.link.openOrders.bind(at.link),
    account: at.link.account.bind(at.link),
    fillsSince: at.link.fillsSince.bind(at.link),
  };
  const off = new ClockOff(
    { code: "CLOCK_OFF", exit: "config", message: "an hour off", why: "", fix: "", topic: "trading" },
    hourMs,
  );
  let asked = 0;
  const refuse = (): Promise<never> => {
    asked += 1;
    return Promise.reject(off);
  };
  Object.assign(at.link, { isSilent: true, openOrders: refuse, account: refuse, fillsSince: refuse });
  await at.bars(1);
  expect(asked).toBeGreaterThan(100);
  expect(at.robot!.status().phase).toBe("running");
  expect(held(at)).toBe(0);
  Object.assign(at.link, answers);
  await at.pass(25_000);
  expect(held(at)).toBe(499);
  expect(at.side.openOrders().map(({ terms }) => terms?.type)).toEqual(["stop_market"]);
});

test("a fill of which nobody tells is found by a robot whose clock is hours ahead of the venue's", async () => {
  const at = bench({ 2: [1, { stopPrice: 90 }] }, flat(8));
  const clock = at.world.clockOf(at.world.process("robot"));
  await at.start({ clock: { ...clock, nowMs: () => clock.nowMs() + 5 * hourMs } });
  await at.bars(2);
  at.link.isSilent = true;
  await at.bars(1);
  await at.pass(25_000);
  expect(held(at)).toBe(499);
  expect(at.side.openOrders().map(({ terms }) => terms?.type)).toEqual(["stop_market"]);
});

test("while bars are overdue a stop that the venue takes back goes again by the clock, and a position that cannot have one is left", async () => {
  const at = bench({ 2: [1, { stopPrice: 90 }] }, flat(8));
  await at.start();
  await at.bars(3);
  const stop = at.link.sent.at(-1)!;
  expect([held(at), stop.terms.type]).toEqual([499, "stop_market"]);
  // The next bar is late, and nothing tells what the price is.
  await at.pass(hourMs + minuteMs);
  at.link.interfere = ({ terms }) =>
    terms.type === "market" ? null : { kind: "rejected", code: "other", reason: "no stops at the moment" };
  at.side.refuseLate(stop.clientOrderId);
  await at.pass(20_000);
  expect(at.link.sent.slice(2).map(({ side, terms }) => `${side} ${terms.type}`)).toEqual([
    "sell stop_market",
    "sell stop_market",
    "sell stop_market",
    "sell market",
  ]);
  // It came after the late bar, and fills on the one that follows.
  await at.bars(2);
  expect(held(at)).toBe(0);
});

test("while bars are overdue nothing opens: an entry that the venue refuses for the moment waits for a price of now", async () => {
  const at = bench({ 2: [1, { entry: { kind: "limit", price: 95 } }] }, flat(8));
  await at.start();
  await at.bars(3);
  await at.pass(hourMs + minuteMs);
  at.side.refuseLate(at.link.sent[0]!.clientOrderId);
  await at.pass(20_000);
  expect(at.link.sent).toHaveLength(1);
  // What is late is history; the bar after it is not.
  await at.bars(1);
  expect(at.link.sent).toHaveLength(1);
  await at.bars(1);
  expect(at.link.sent.map(({ side, terms }) => `${side} ${terms.type}`)).toEqual(["buy limit", "buy limit"]);
});

test("an order that is refused for steps of prices that the venue has changed is made anew for those of now", async () => {
  const at = bench({ 2: [1, { stopPrice: 90.03 }] }, flat(6));
  await at.start();
  await at.bars(2);
  at.side.setTickSize("AAA", 0.25);
  await at.bars(1);
  await at.pass(2_000);
  expect(at.link.sent.slice(1).map(({ terms }) => terms)).toEqual([
    { type: "stop_market", stopPrice: 90.03 },
    { type: "stop_market", stopPrice: 90 },
  ]);
  expect(kinds(at)).toEqual(["rules changed"]);
  expect(at.robot!.status().orders).toMatchObject([{ isProtection: true, status: "accepted" }]);
});

test("an order that is refused for steps that are what they were is refused", async () => {
  const at = bench({ 2: [1] }, flat(6));
  await at.start();
  at.link.interfere = () => ({ kind: "rejected", code: "lot_size", reason: "no" });
  await at.bars(2);
  await at.pass(20_000);
  expect(at.link.sent).toHaveLength(1);
  expect(at.robot!.status().counts.refusedByVenue).toBe(1);
});

test("where a venue would take a reached stop for an order at a better price the position is closed at once instead", async () => {
  const bars: (Quad | number)[] = [100, 100, [100, 100, 80, 80, 1_000], 80, 80];
  const at = bench({ 2: [1, { stopPrice: 90 }] }, bars, { capabilities: { turnsReachedStops: true } });
  await at.start();
  // The first goes before the bar has come that reaches it.
  at.link.interfere = ({ terms }) =>
    terms.type === "market" ? null : { kind: "rejected", code: "other", reason: "not now" };
  await at.bars(3);
  await at.pass(5_000);
  const sent = at.link.sent.map(({ side, terms }) => `${side} ${terms.type}`);
  expect(sent).toEqual(["buy market", "sell stop_market", "sell market"]);
  await at.bars(2);
  expect(held(at)).toBe(0);
});

test("where the clock runs thirty times faster, an order is not given up thirty times sooner", async () => {
  const scaled = { answerMs: 150_000, askEveryMs: 60_000, unknownMs: 150_000, openOrdersEveryMs: 300_000 };
  const at = bench({ 1: [1, { stopPrice: 90 }] }, flat(6), { parts: { limits: scaled } });
  await at.start();
  await at.bars(3);
  // The venue finds nothing any more, for a while.
  const asked: string[] = [];
  at.link.order = async (name) => {
    asked.push(name);
    return null;
  };
  at.link.openOrders = async () => ({ kind: "whole", orders: [] });
  for (let minute = 0; asked.length === 0 && minute < 60; minute++) await at.pass(minuteMs);
  // It is asked every minute, and for ten that is not believed.
  await at.pass(8 * minuteMs);
  expect(asked.length).toBeGreaterThan(3);
  expect(kinds(at)).not.toContain("order lost");
  await at.pass(8 * minuteMs);
  expect(kinds(at)).toContain("order lost");
});
