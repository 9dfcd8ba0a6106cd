import { expect, test } from "vitest";
import { everything } from "../../../test/robot/plain-link.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { AccountSnapshot, VenueFill, VenueOrder } from "../../ports/broker-connection.ts";
import { OrderDesk } from "./order-desk.ts";
import { readable } from "./readable.ts";

const instruments = [
  { index: 0, symbol: "A", quoteCurrency: "USD", tickSize: 0.01, lotSize: 1 } as Instrument,
];
const about = {
  clientOrderId: "by hand",
  venueOrderId: "v1",
  symbol: "A",
  side: "buy",
  quantity: 3,
} as const;
const fill: VenueFill = {
  ...about,
  fillId: "f1",
  price: 100,
  fee: 0,
  feeCurrency: "USD",
  liquidity: "taker",
  venueTimeMs: 1,
  receivedAtMs: 1,
};
const order: VenueOrder = {
  ...about,
  filledQuantity: 0,
  status: "accepted",
  terms: null,
  reduceOnly: false,
  code: null,
  reason: "",
  venueTimeMs: 1,
};

test("what is told with a number that nobody can read is not taken in, and the same with one that can be is", () => {
  const desk = new OrderDesk("s", { instruments, bars: [new BarTable("A", "1m")] }, everything);
  const odd = [
    { quantity: Number.NaN },
    { quantity: 0 },
    { quantity: -3 },
    { price: Number.NaN },
    { fee: Infinity },
  ];
  expect(odd.map((change) => desk.isNewFill({ ...fill, ...change }))).toEqual(odd.map(() => false));
  expect(desk.isNews({ ...order, filledQuantity: Number.NaN })).toBe(false);
  expect(desk.isNews({ ...order, quantity: Number.NaN })).toBe(false);
  expect([desk.isNewFill(fill), desk.isNews(order)]).toEqual([true, true]);
});

test("an account with a number that nobody can read is no answer, and says which", () => {
  const account: AccountSnapshot = {
    venueTimeMs: 1,
    cash: new Map([["USD", 5]]),
    balance: 5,
    equity: 10,
    currency: "USD",
    buyingPower: 10,
    positions: new Map([["A", { quantity: 3, averagePrice: Number.NaN, paid: 0 }]]),
  };
  expect(readable(account)).toBe(account);
  const holding = new Map([["A", { quantity: Number.NaN, averagePrice: 1, paid: 0 }]]);
  expect(() => readable({ ...account, positions: holding })).toThrow("a position of NaN A");
  expect(() => readable({ ...account, cash: new Map([["USD", Number.NaN]]) })).toThrow("NaN USD");
  expect(() => readable({ ...account, equity: Number.NaN })).toThrow("equity of NaN");
});
