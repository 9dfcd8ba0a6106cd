import { expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { silentLog, StillVenue } from "../../../test/fakes/still-venue.ts";
import { closeAccount } from "./close-account.ts";
import type { VenueCode } from "../../domain/order.ts";
import type { VenueOrderRequest } from "../../ports/broker-connection.ts";
import type { KillAction } from "./pull.ts";

function close(venue: StillVenue, action: KillAction, clock = new ManualClock(0, "auto"), id = "pull1") {
  const stop = new AbortController();
  const done = closeAccount({
    connection: venue.connect(),
    clock,
    log: silentLog,
    pull: { id, action },
    signal: stop.signal,
  });
  return { done, stop, clock };
}

test("a freeze takes back every order and holds what is held", async () => {
  const venue = new StillVenue();
  venue.rest("a", "BTC");
  venue.rest("b", "ETH", "sell");
  venue.positions.set("BTC", 3);
  expect(await close(venue, "freeze").done).toEqual({ BTC: 3 });
  expect(venue.working()).toEqual([]);
  expect(venue.sent).toEqual([]);
});

test("a flatten closes longs and shorts by orders that can only reduce", async () => {
  const venue = new StillVenue();
  venue.rest("a", "BTC");
  venue.positions.set("BTC", 3).set("ETH", -2).set("SOL", 0);
  expect(await close(venue, "flatten").done).toEqual({});
  expect([...venue.positions.values()]).toEqual([0, 0, 0]);
  expect(venue.sent.map(({ side, quantity, reduceOnly }) => [side, quantity, reduceOnly])).toEqual([
    ["sell", 3, true],
    ["buy", 2, true],
  ]);
});

test("it is not done while an order works that a cancel of all has overlooked", async () => {
  const venue = new StillVenue();
  venue.rest("stop-on-another-list", "BTC");
  venue.stubborn.add("stop-on-another-list");
  await close(venue, "freeze").done;
  expect(venue.working()).toEqual([]);
});

test("it keeps trying while the venue is down, and goes on when it is back", async () => {
  const venue = new StillVenue();
  venue.rest("a", "BTC");
  venue.positions.set("BTC", 3);
  venue.isDown = true;
  const clock = new ManualClock(0);
  const { done } = close(venue, "flatten", clock);
  await clock.advance(3_600_000);
  expect(venue.positions.get("BTC")).toBe(3);
  // Half a second, doubled up to five: it hears of the venue's return within that.
  expect(Math.max(...clock.waits)).toBe(5_000);
  venue.isDown = false;
  await clock.advance(90_000);
  expect(await done).toEqual({});
  expect(venue.positions.get("BTC")).toBe(0);
});

test("several processes that close one account sell what is held once", async () => {
  const venue = new StillVenue();
  venue.isOpen = false;
  venue.positions.set("BTC", 3);
  const clock = new ManualClock(0);
  const all = [
    close(venue, "flatten", clock),
    close(venue, "flatten", clock),
    close(venue, "flatten", clock),
  ];
  await clock.advance(60_000);
  expect(venue.working().length).toBe(1);
  venue.open();
  await clock.advance(120_000);
  await Promise.all(all.map(({ done }) => done));
  expect(venue.positions.get("BTC")).toBe(0);
  expect(venue.orders.size).toBe(1);
});

test("what is less than a lot cannot be sold, and is told", async () => {
  const venue = new StillVenue();
  venue.positions.set("BTC", 3.4).set("ETH", 0.2);
  const left = await close(venue, "flatten").done;
  expect(left["ETH"]).toBe(0.2);
  expect(left["BTC"]).toBeCloseTo(0.4, 12);
});

/** A venue that refuses some orders. */
function refusing(venue: StillVenue, codeOf: (order: VenueOrderRequest) => VenueCode | null) {
  const connection = venue.connect();
  venue.connect = () => ({
    ...connection,
    submit: async (order) => {
      const code = codeOf(order);
      if (code === null) return connection.submit(order);
      venue.sent.push(order);
      return { kind: "rejected", code, reason: "" };
    },
  });
  return venue;
}

test("what is worth too little to be sold is told and left, and not tried for ever", async () => {
  const venue = refusing(new StillVenue(), ({ symbol }) => (symbol === "BTC" ? "notional_min" : null));
  venue.positions.set("BTC", 3.4).set("ETH", 2);
  expect(await close(venue, "flatten").done).toEqual({ BTC: 3.4 });
  expect(venue.sent.map(({ symbol }) => symbol)).toEqual(["BTC", "ETH"]);
});

test("what is larger than the venue's largest order is closed in parts, whether it says its limit or not", async () => {
  const silent = refusing(new StillVenue(), ({ quantity }) => (quantity > 10 ? "lot_size" : null));
  silent.positions.set("BTC", 30);
  await close(silent, "flatten").done;
  expect(silent.sent.map(({ quantity }) => quantity)).toEqual([30, 15, 7, 7, 7, 7, 2]);
  const open = new StillVenue();
  open.quantityMax = 12.5;
  open.positions.set("BTC", -30);
  await close(open, "flatten").done;
  expect(open.sent.map(({ quantity }) => quantity)).toEqual([12, 12, 6]);
  expect([silent.positions.get("BTC"), open.positions.get("BTC")]).toEqual([0, 0]);
});

test("a symbol that is halted does not keep the others from being closed", async () => {
  let refusals = 0;
  const venue = refusing(new StillVenue(), ({ symbol }) =>
    symbol === "BTC" && refusals++ < 3 ? "rate_limited" : null,
  );
  venue.positions.set("HALT", 3).set("BTC", 5);
  venue.closed.add("HALT");
  const { clock, done } = close(venue, "flatten", new ManualClock(0));
  await clock.advance(60_000);
  expect([...venue.positions]).toEqual([
    ["HALT", 3],
    ["BTC", 0],
  ]);
  expect(venue.working().map(({ symbol }) => symbol)).toEqual(["HALT"]);
  venue.open();
  await clock.advance(10_000);
  expect(await done).toEqual({});
});

test("an order without a name of ours is taken back while one of ours works, and ours goes again", async () => {
  const venue = new StillVenue();
  venue.positions.set("HALT", 3);
  venue.closed.add("HALT");
  const clock = new ManualClock(0);
  const { done } = close(venue, "flatten", clock);
  await clock.advance(5_000);
  venue.rest("by hand", "ETH");
  venue.nameless.add("by hand");
  await clock.advance(30_000);
  expect(venue.working().map(({ symbol, side }) => [symbol, side])).toEqual([["HALT", "sell"]]);
  venue.open();
  await clock.advance(10_000);
  expect(await done).toEqual({});
});

test("a position that is no number is neither closed nor taken for closed, and the others are", async () => {
  const venue = new StillVenue();
  venue.positions.set("ODD", Number.NaN).set("BTC", 3);
  const clock = new ManualClock(0);
  const { done } = close(venue, "flatten", clock);
  await clock.advance(60_000);
  expect(venue.sent.map(({ symbol }) => symbol)).toEqual(["BTC"]);
  venue.positions.set("ODD", 2);
  await clock.advance(60_000);
  expect(await done).toEqual({});
});

test("the names of its orders fit every venue, and another pull has others", async () => {
  const venue = new StillVenue();
  venue.positions.set("BTC", 3);
  await close(venue, "flatten", undefined, "lx8k2ab3c4d5e6").done;
  venue.positions.set("BTC", 3);
  await close(venue, "flatten", undefined, "lx8k2ab3ffffff").done;
  const names = venue.sent.map(({ clientOrderId }) => clientOrderId);
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]{1,26}$/);
});
