import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { interpretBybitOrders } from "../../src/adapters/brokers/bybit/bybit-private-stream.ts";
import {
  accountInfoSchema,
  executionsSchema,
  keySchema,
  ordersSchema,
  positionsSchema,
  tradedSchema,
  walletSchema,
} from "../../src/adapters/brokers/bybit/bybit-trading-messages.ts";
import { readFill, readOrder } from "../../src/adapters/brokers/bybit/read-bybit-order.ts";
import {
  accountSchema,
  assetSchema,
  canceledSchema,
  orderSchema,
  positionsSchema as alpacaPositionsSchema,
  settingsSchema,
} from "../../src/adapters/brokers/alpaca/alpaca-trading-messages.ts";
import { readOrder as readAlpacaOrder } from "../../src/adapters/brokers/alpaca/read-alpaca-order.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { hasShared, sharedPath } from "../shared.ts";

/* Answers and messages that venues really gave, as other projects recorded them: every one that is ours to read is read. */

function recorded(...path: readonly string[]): unknown {
  return JSON.parse(readFileSync(sharedPath("fixtures", "brokers", ...path), "utf8")) as unknown;
}

const answers = {
  http_get_account_info: accountInfoSchema,
  http_get_executions: executionsSchema,
  http_get_orders_history: ordersSchema,
  http_get_orders_history_with_duplicate: ordersSchema,
  http_get_orders_realtime: ordersSchema,
  http_get_orders_realtime_tp_sl: ordersSchema,
  http_get_order_partially_filled_rejected: ordersSchema,
  http_get_positions: positionsSchema,
  http_get_positions_with_open_time: positionsSchema,
  http_get_user_query_api: keySchema,
  http_get_wallet_balance: walletSchema,
  http_get_wallet_balance_spot_short: walletSchema,
  http_get_wallet_balance_with_spot_borrow: walletSchema,
  http_get_instruments_linear: tradedSchema,
  http_get_instruments_spot: tradedSchema,
} as const;

test.runIf(hasShared).each(Object.entries(answers))(
  "Bybit's recorded answer %s has the shape that is read",
  (name, schema) => {
    const outcome = schema.safeParse(recorded("nautilus-bybit", `${name}.json`));
    expect(outcome.error?.issues ?? []).toEqual([]);
  },
);

test.runIf(hasShared)("Bybit's recorded orders and executions are read as what they are", () => {
  const history = ordersSchema.parse(recorded("nautilus-bybit", "http_get_orders_realtime.json"));
  expect(history.result.list.map((row) => readOrder(row, "linear"))).toMatchObject([
    { clientOrderId: "client-open-1", side: "buy", quantity: 0.01, status: "accepted", code: null },
    { clientOrderId: "client-open-2", side: "sell", terms: { type: "limit", limitPrice: 3_940.42 } },
  ]);
  const executions = executionsSchema.parse(recorded("nautilus-bybit", "http_get_executions.json"));
  expect(executions.result.list.map((row) => readFill(row, "linear", 0))).toMatchObject([
    {
      clientOrderId: "test-order-001",
      side: "buy",
      quantity: 0.1,
      price: 50_000,
      fee: 0.015,
      feeCurrency: "USDT",
    },
    { clientOrderId: "test-order-002", side: "sell", quantity: 0.5, liquidity: "taker" },
  ]);
});

/** What each recorded message of the private stream says. */
const told: Readonly<Record<string, unknown>> = {
  ws_account_order: { status: "canceled", code: "on_request", clientOrderId: "client-1" },
  ws_account_order_filled: { status: "filled" },
  ws_account_order_stop_market: { terms: { type: "stop_market" } },
  ws_account_order_buy_stop_market: { terms: { type: "stop_market" }, side: "buy" },
  ws_account_order_stop_limit: { terms: { type: "stop_limit", stopPrice: 45_000, limitPrice: 44_500 } },
  ws_account_order_market_if_touched: { terms: { type: "market_if_touched" } },
  ws_account_order_sell_market_if_touched: { terms: { type: "market_if_touched" }, side: "sell" },
  ws_account_order_limit_if_touched: { terms: { type: "limit_if_touched" } },
  ws_account_order_take_profit: {
    terms: { type: "market_if_touched", triggerPrice: 55_000 },
    reduceOnly: true,
  },
  ws_account_order_stop_loss: { terms: { type: "stop_market", stopPrice: 48_000 }, reduceOnly: true },
};

test.runIf(hasShared).each(Object.entries(told))(
  "Bybit's recorded message %s is read as what it is",
  (name, order) => {
    const interpret = interpretBybitOrders("linear", new ManualClock(0), "paper");
    expect(interpret(recorded("nautilus-bybit", `${name}.json`))).toMatchObject([{ kind: "order", order }]);
  },
);

test.runIf(hasShared)("no recorded message of Bybit's private stream is unreadable", () => {
  const interpret = interpretBybitOrders("linear", new ManualClock(0), "paper");
  const names = readdirSync(sharedPath("fixtures", "brokers", "nautilus-bybit")).filter((name) =>
    /^ws_account_(order|position|wallet|execution)(?!_fast|_with_open_time)/.test(name),
  );
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) {
    const kinds = interpret(recorded("nautilus-bybit", name)).map(({ kind }) => kind);
    expect([name, kinds.includes("unreadable")]).toEqual([name, false]);
  }
  expect(interpret(recorded("nautilus-bybit", "ws_account_execution.json"))).toMatchObject([
    { kind: "fill", fill: { side: "sell", quantity: 0.5, price: 95_900.1 } },
  ]);
  expect(interpret(recorded("nautilus-bybit", "ws_auth_success.json"))).toEqual([{ kind: "alive" }]);
  expect(interpret(recorded("nautilus-bybit", "ws_auth_failure.json"))).toMatchObject([{ kind: "refused" }]);
  expect(interpret(recorded("nautilus-bybit", "ws_subscription_ack.json"))).toEqual([{ kind: "ready" }]);
});

test.runIf(hasShared)("Alpaca's recorded answers have the shapes that are read", () => {
  const one = (name: string): unknown => recorded("alpaca-py-tests", `${name}.json`);
  const orders = [
    "get_order_by_id__3",
    "get_order_by_client_id__4",
    "market_order__1",
    "limit_order__7",
    "replace_order__5",
  ];
  for (const name of orders) {
    const order = readAlpacaOrder(orderSchema.parse(one(`test_order_routes__test_${name}`)));
    expect([name, order.venueOrderId.length > 10, order.status]).toEqual([name, true, "accepted"]);
  }
  expect(accountSchema.parse(one("test_account_routes__test_get_account__18"))).toMatchObject({
    account_number: "010203ABCD",
    equity: 103_820.56,
  });
  settingsSchema.parse(one("test_account_routes__test_get_account_configurations__19"));
  assetSchema.parse(one("test_asset_routes__test_get_asset__23"));
  expect(alpacaPositionsSchema.parse(one("test_position_routes__test_get_all_positions__10"))).toMatchObject([
    { symbol: "AAPL", qty: 5, avg_entry_price: 100 },
  ]);
  expect(
    canceledSchema.parse(one("test_order_routes__test_cancel_orders__6")).map(({ status }) => status),
  ).toEqual([200, 404]);
});
