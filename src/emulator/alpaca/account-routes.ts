import { dayMs } from "../../base/time.ts";
import type { ExchangeFill } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import type { WireReply, WireRequest } from "../wire/face.ts";
import type { Route } from "../wire/router.ts";
import type { AlpacaContext } from "./alpaca-context.ts";
import { badRequest } from "./alpaca-errors.ts";
import { assetId } from "./alpaca-assets.ts";
import { isoTime } from "./order-json.ts";

/** The account: `/v2/account`. */
export const accountRoutes: readonly Route<AlpacaContext>[] = [
  ["GET /v2/account", (context) => ({ status: 200, body: accountJson(context) })],
  ["GET /v2/account/configurations", () => ({ status: 200, body: configurations })],
  ["PATCH /v2/account/configurations", () => ({ status: 200, body: configurations })],
  ["GET /v2/account/activities", activities],
  ["GET /v2/account/activities/*", (context, request, type) => activities(context, request, type)],
  ["GET /v2/account/portfolio/history", portfolioHistory],
];

const configurations = {
  no_shorting: false,
  suspend_trade: false,
  fractional_trading: true,
  max_margin_multiplier: "4",
  trade_confirm_email: "none",
  ptp_no_exception_entry: false,
  max_options_trading_level: 0,
};

function accountJson({ account, exchange, dayCloses }: AlpacaContext): Record<string, unknown> {
  const { options } = account;
  const summary = account.summary();
  const { cash, equity, buyingPower, leverage, initialMargin, maintenanceMargin } = summary;
  const [long, short] = [1, -1].map((sign) =>
    account
      .positions()
      .filter(({ quantity }) => Math.sign(quantity) === sign)
      .reduce((sum, { quantity, lastPrice }) => sum + quantity * lastPrice, 0),
  );
  const isMargin = options.venue.accountKind === "margin";
  return {
    id: assetId(`account ${options.key}`),
    account_number: `PA${options.key.slice(0, 10).toUpperCase()}`,
    status: "ACTIVE",
    crypto_status: "ACTIVE",
    currency: "USD",
    cash: decimal(cash, 6),
    equity: decimal(equity, 6),
    portfolio_value: decimal(equity, 6),
    last_equity: decimal(dayCloses.lastEquity(account), 6),
    buying_power: decimal(buyingPower, 6),
    regt_buying_power: decimal(buyingPower, 6),
    non_marginable_buying_power: decimal(Math.max(0, Math.min(cash - summary.reserved, buyingPower)), 6),
    options_buying_power: "0",
    multiplier: decimal(leverage),
    initial_margin: decimal(initialMargin, 6),
    maintenance_margin: decimal(maintenanceMargin, 6),
    last_maintenance_margin: decimal(maintenanceMargin, 6),
    long_market_value: decimal(long!, 6),
    short_market_value: decimal(short!, 6),
    accrued_fees: "0",
    sma: "0",
    shorting_enabled: isMargin,
    account_blocked: false,
    trading_blocked: options.isReadOnly,
    transfers_blocked: false,
    trade_suspended_by_user: false,
    options_approved_level: 0,
    options_trading_level: 0,
    created_at: isoTime(0),
    balance_asof: isoTime(exchange.timeMs).slice(0, 10),
  };
}

/** Newest first unless asked otherwise; a page goes on after the item whose id is the token. */
function activities({ account }: AlpacaContext, { query }: WireRequest, type = ""): WireReply {
  const types = (type === "" ? query.get("activity_types") : type)?.split(",");
  const size = Number(query.get("page_size") ?? 100);
  if (!Number.isInteger(size) || size < 1 || size > 100) return badRequest("page_size must be 1 to 100");
  const after = Date.parse(query.get("after") ?? query.get("date") ?? "");
  const until = Date.parse(query.get("until") ?? "");
  const day = query.get("date") === null ? Infinity : after + dayMs;
  const fills = types === undefined || types.includes("FILL") ? account.fills : [];
  const chosen = fills.filter(
    ({ timeMs }) => !(timeMs < after) && !(timeMs > until) && timeMs < (Number.isNaN(day) ? Infinity : day),
  );
  if (query.get("direction") !== "asc") chosen.reverse();
  const token = query.get("page_token");
  const from =
    token === null || token === "" ? 0 : chosen.findIndex((fill) => activityId(fill) === token) + 1;
  const cumulative = cumulativeBy(account.fills);
  return {
    status: 200,
    body: chosen.slice(from, from + size).map((fill) => {
      const order = account.orders.byId(fill.venueOrderId)!;
      const soFar = cumulative.get(fill.fillId)!;
      const isWhole = soFar >= order.quantity * (1 - 1e-12);
      return {
        id: activityId(fill),
        activity_type: "FILL",
        transaction_time: isoTime(fill.timeMs),
        type: isWhole ? "fill" : "partial_fill",
        price: decimal(fill.price),
        qty: decimal(fill.quantity),
        side: fill.side,
        symbol: fill.symbol,
        leaves_qty: decimal(Math.max(0, order.quantity - soFar)),
        order_id: fill.venueOrderId,
        cum_qty: decimal(soFar),
        order_status: isWhole ? "filled" : "partially_filled",
      };
    }),
  };
}

function cumulativeBy(fills: readonly ExchangeFill[]): ReadonlyMap<string, number> {
  const byOrder = new Map<string, number>();
  return new Map(
    fills.map(({ fillId, venueOrderId, quantity }) => {
      const sum = (byOrder.get(venueOrderId) ?? 0) + quantity;
      byOrder.set(venueOrderId, sum);
      return [fillId, sum];
    }),
  );
}

/** Time and id, as Alpaca joins them; the id is that of the execution on the stream, too. */
function activityId({ timeMs, fillId }: ExchangeFill): string {
  return `${new Date(timeMs).toISOString().replace(/\D/g, "")}::${fillId}`;
}

function portfolioHistory({ account, dayCloses }: AlpacaContext): WireReply {
  const days = dayCloses.of(account);
  const base = account.options.cash;
  return {
    status: 200,
    body: {
      timestamp: days.map(({ timeMs }) => timeMs / 1_000),
      equity: days.map(({ equity }) => equity),
      profit_loss: days.map(({ equity }, k) => equity - (days[k - 1]?.equity ?? base)),
      profit_loss_pct: days.map(({ equity }, k) => equity / (days[k - 1]?.equity ?? base) - 1),
      base_value: base,
      timeframe: "1D",
    },
  };
}
