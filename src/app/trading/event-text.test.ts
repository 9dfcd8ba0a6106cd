import { expect, test } from "vitest";
import { eventText } from "./event-text.ts";

const event = { timeMs: 0, symbol: "KIWI/USD", orderId: 7, first: -2, second: 99.07, third: -2, text: "why" };

test("what a session did stands in its log in words", () => {
  const said = (kind: string, change: object = {}): string => eventText({ ...event, kind, ...change });
  expect([
    said("signal", { second: 0.25, third: 3 }),
    said("signal", { second: 0, third: 0 }),
    said("order"),
    said("order", { first: 1.5, second: Number.NaN }),
    said("fill", { text: "taker" }),
    said("refused"),
    said("trimmed"),
    said("canceled", { text: "canceled" }),
    said("rejected"),
    said("alarm"),
  ]).toEqual([
    "KIWI/USD is wanted at 3 (25.00 % of equity): why",
    "KIWI/USD is not wanted any more: why",
    "order 7: sell 2 KIWI/USD at 99.07: why",
    "order 7: buy 1.5 KIWI/USD: why",
    "sold 2 KIWI/USD at 99.07 (taker)",
    "not ordered: sell 2 KIWI/USD: why",
    "made smaller: sell 2 KIWI/USD: why",
    "order 7 canceled",
    "order 7 rejected: why",
    "alarm: why",
  ]);
});
