import { expect, test } from "vitest";
import { hourMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { accountOptions, venueOptions, type AccountOptions } from "./account-options.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeAccount } from "./exchange-account.ts";
import { orderTicket, type ExchangeEvent, type Listing } from "./exchange-types.ts";
import { listingOf } from "./listings.ts";

type Quad = readonly [open: number, high: number, low: number, close: number];

const flat: Quad = [100, 101, 99, 100];

function table(symbol: string, quads: readonly Quad[]): BarTable {
  const bars = new BarTable(symbol, "1h");
  quads.forEach(([open, high, low, close], k) =>
    bars.append((k + 1) * hourMs, open, high, low, close, 1_000),
  );
  return bars;
}

function open(
  quads: readonly Quad[],
  options: Partial<AccountOptions> = {},
  marks?: readonly Quad[],
  listing: Partial<Listing> = {},
): { exchange: Exchange; account: ExchangeAccount; told: string[] } {
  const exchange = new Exchange({
    listings: [listingOf("BTCUSDT", listing)],
    bars: [table("BTCUSDT", quads)],
    ...(marks === undefined ? {} : { markBars: [table("BTCUSDT", marks)] }),
    hasHedgeMode: true,
    seed: 1,
  });
  const told: string[] = [];
  exchange.listen((event) => told.push(describe(event)));
  const venue = venueOptions("margin", { maker: 0, taker: 0.001 });
  const account = exchange.openAccount(accountOptions({ venue, ...options }));
  exchange.advance();
  return { exchange, account, told };
}

function describe(event: ExchangeEvent): string {
  if (event.kind === "order") return `${event.order.clientOrderId} ${event.order.status}`;
  if (event.kind === "fill") return `${event.fill.quantity}@${event.fill.price}`;
  return event.kind;
}

const buy = { symbol: "BTCUSDT", side: "buy", quantity: 1 } as const;
const sell = { symbol: "BTCUSDT", side: "sell", quantity: 1 } as const;

test("a market order is told as accepted at once and fills at the next open", () => {
  const { exchange, account, told } = open([flat, [102, 103, 101, 102]]);
  expect(account.submit(orderTicket({ ...buy, clientOrderId: "a" })).kind).toBe("accepted");
  expect(told).toEqual(["slice", "a accepted"]);
  exchange.advance();
  expect(told.slice(2)).toEqual(["1@102", "a filled", "slice"]);
  expect(account.position("BTCUSDT", "net")).toMatchObject({ quantity: 1, averagePrice: 102 });
  // 100,000 less 102 for the position, less 0.1 % of it.
  expect(account.summary().cash).toBeCloseTo(100_000 - 102 - 0.102);
});

test("a client order id is taken for ever, also when its order is over", () => {
  const { account } = open([flat, flat]);
  const first = account.submit(orderTicket({ ...buy, clientOrderId: "a" }));
  if (first.kind === "accepted") account.cancel(first.order.venueOrderId);
  expect(account.orders.byClientId("a")!.status).toBe("canceled");
  expect(account.submit(orderTicket({ ...buy, clientOrderId: "a" }))).toMatchObject({ code: "doubled_id" });
});

test("what the account cannot pay for is refused on arrival, unless the fill decides", () => {
  const large = orderTicket({ ...buy, quantity: 10_001 });
  expect(open([flat]).account.submit(large)).toMatchObject({ code: "buying_power" });
  expect(open([flat], { fundsChecked: "fill" }).account.submit(large).kind).toBe("accepted");
});

test("in hedge mode a long and a short leg of equal size are two positions, and neither is flat", () => {
  const { exchange, account } = open([flat, flat], { positionMode: "hedge" });
  account.submit(orderTicket({ ...buy, leg: "long" }));
  account.submit(orderTicket({ ...sell, leg: "short" }));
  expect(account.submit(orderTicket({ ...sell, leg: "long" }))).toMatchObject({ code: "nothing_to_reduce" });
  exchange.advance();
  expect(account.positions().map(({ leg, quantity }) => `${leg} ${quantity}`)).toEqual([
    "long 1",
    "short -1",
  ]);
});

test("a stop that the mark price triggers sleeps through a last price beyond it", () => {
  const dip: Quad = [100, 101, 90, 100];
  const { exchange, account } = open([flat, flat, dip, flat, flat], {}, [flat, flat, flat, dip, flat]);
  account.submit(orderTicket(buy));
  exchange.advance();
  const stop = orderTicket({
    ...sell,
    clientOrderId: "stop",
    terms: { type: "stop_market", stopPrice: 95 },
    triggerBy: "mark",
  });
  account.submit(stop);
  exchange.advance();
  expect(account.orders.byClientId("stop")!.status).toBe("accepted");
  exchange.advance();
  expect(account.orders.byClientId("stop")!.status).toBe("triggered");
  exchange.advance();
  expect(account.orders.byClientId("stop")!.status).toBe("filled");
});

test("an order that is replaced goes on under another name, and its children follow it", () => {
  const { exchange, account } = open([flat, flat, [100, 101, 95, 100], flat]);
  const limit = { type: "limit", limitPrice: 90 } as const;
  const entry = account.submit(orderTicket({ ...buy, clientOrderId: "a", terms: limit }));
  if (entry.kind !== "accepted") throw new Error(entry.reason);
  const parentId = entry.order.venueOrderId;
  account.submit(
    orderTicket({
      ...sell,
      clientOrderId: "tp",
      parentId,
      reduceOnly: true,
      terms: { type: "limit", limitPrice: 120 },
    }),
  );
  const better = { type: "limit", limitPrice: 96 } as const;
  const next = account.replace(parentId, { terms: better }, "b");
  expect(next).toMatchObject({ kind: "accepted", order: { replaces: parentId, clientOrderId: "b" } });
  expect(account.orders.byId(parentId)).toMatchObject({ status: "canceled", reason: "replaced" });
  exchange.advance();
  exchange.advance();
  expect(account.orders.byClientId("b")).toMatchObject({ status: "filled", filledQuantity: 1 });
  expect(account.orders.byClientId("tp")!.status).toBe("accepted");
  expect(account.fills).toHaveLength(1);
});

test("holdings from before are positions without orders, and trades by hand are orders without names", () => {
  const holdings = [{ symbol: "BTCUSDT", leg: "net", quantity: -2, price: 110 }] as const;
  const { exchange, account } = open([flat, flat], { holdings });
  expect(account.positions()).toMatchObject([{ quantity: -2, averagePrice: 110 }]);
  account.tradeByHand("BTCUSDT", "buy", 1);
  exchange.advance();
  expect(account.positions()).toMatchObject([{ quantity: -1 }]);
  expect(account.orders.history()).toMatchObject([{ clientOrderId: null, status: "filled" }]);
});

test("a margin call is an order of the exchange's own", () => {
  const { exchange, account } = open([flat, flat, [100, 100, 50, 50]], { cash: 100 });
  account.submit(orderTicket({ ...buy, quantity: 9 }));
  exchange.advance();
  exchange.advance();
  expect(account.positions()).toEqual([]);
  expect(account.orders.history()[1]).toMatchObject({
    clientOrderId: null,
    labels: { createdBy: "liquidation" },
  });
});

test("the same seed gives the same ids, and they look like UUIDs", () => {
  const ids = [1, 2].map(() => {
    const answer = open([flat]).account.submit(orderTicket(buy));
    return answer.kind === "accepted" ? answer.order.venueOrderId : "";
  });
  expect(ids[0]).toBe(ids[1]);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("a fill that is taken back leaves the position as it was before", () => {
  const { exchange, account, told } = open([flat, flat]);
  account.submit(orderTicket(buy));
  exchange.advance();
  account.bust(account.fills[0]!.fillId);
  expect(account.positions()).toEqual([]);
  expect(account.summary().cash).toBeCloseTo(100_000);
  expect(told.at(-1)).toBe("bust");
});

test("what is left of several fills can be sold, though the sum of its lots is a rounding error short", () => {
  const { exchange, account } = open([flat, flat, flat, flat], {
    venue: venueOptions("cash", { maker: 0, taker: 0 }),
  });
  account.submit(orderTicket({ ...buy, quantity: 52.083 }));
  exchange.advance();
  for (const quantity of [26.547, 1.41]) account.submit(orderTicket({ ...sell, quantity }));
  exchange.advance();
  expect(account.positions()[0]!.quantity).toBeLessThan(24.126);
  expect(account.submit(orderTicket({ ...sell, quantity: 24.126 })).kind).toBe("accepted");
  exchange.advance();
  expect(account.positions()).toEqual([]);
});

test("a market of coins keeps the fee of a purchase in coins, and a fill that is taken back gives them back", () => {
  const { exchange, account } = open([flat, flat, flat], {}, undefined, { keepsFeeOfPurchase: true });
  account.submit(orderTicket(buy));
  exchange.advance();
  expect(account.fills).toMatchObject([{ fee: 0.001, feeCurrency: "BTC", positionAfter: 0.999 }]);
  expect(account.summary().cash).toBeCloseTo(99_900, 9);
  account.submit(orderTicket({ ...sell, quantity: 0.999 }));
  exchange.advance();
  expect(account.fills[1]).toMatchObject({ feeCurrency: "USDT", positionAfter: 0 });
  expect(account.fills[1]!.fee).toBeCloseTo(0.0999, 12);

  const other = open([flat, flat], {}, undefined, { keepsFeeOfPurchase: true });
  other.account.submit(orderTicket(buy));
  other.exchange.advance();
  other.account.bust(other.account.fills[0]!.fillId);
  expect(other.account.positions()).toEqual([]);
  expect(other.account.summary().cash).toBeCloseTo(100_000, 9);
});

test("a fee in coins is booked as it is told, to eight places: all that is left by what was told can be sold", () => {
  const { exchange, account } = open([flat, flat, flat], {}, undefined, {
    keepsFeeOfPurchase: true,
    lotSize: 1e-8,
    quantityMin: 1e-8,
    notionalMin: 0,
  });
  // A thousandth of it is 0.00033333333.
  account.submit(orderTicket({ ...buy, quantity: 0.33333333 }));
  exchange.advance();
  expect(account.fills[0]!.fee).toBe(0.00033333);
  expect(account.positions()[0]!.quantity).toBeCloseTo(0.333, 12);
});
