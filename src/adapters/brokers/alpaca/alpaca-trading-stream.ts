import { z } from "zod";
import type { VenueFill, VenueOrder } from "../../../ports/broker-connection.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import { brokerKeyRefused } from "../shared/broker-errors.ts";
import { openSocketWire, pongMessage, type SocketWire } from "../shared/socket-wire.ts";
import type { VenueEvent } from "../shared/venue-connection.ts";
import { updateSchema, type AlpacaUpdate } from "./alpaca-trading-messages.ts";
import { feeUntold, fillIdOf, numberOf, readOrder, timeOf } from "./read-alpaca-order.ts";

const frameSchema = z.object({ stream: z.string(), data: z.unknown() });
const statusSchema = z.object({ status: z.string() });
const streamsSchema = z.object({ streams: z.array(z.string()) });

/** Opens the trading stream, signs in, and listens to orders when that has succeeded. */
export function openAlpacaOrders(
  url: string,
  events: WireEvents,
  keys: { readonly key: string; readonly secret: string },
): Wire {
  const wire: SocketWire = openSocketWire(
    url,
    {
      ...events,
      message(message) {
        const frame = frameSchema.safeParse(message).data;
        const status = statusSchema.safeParse(frame?.data).data?.status;
        if (frame?.stream === "authorization" && status === "authorized")
          wire.send({ action: "listen", data: { streams: ["trade_updates"] } });
        events.message(message);
      },
    },
    () => wire.send({ action: "authenticate", data: { key_id: keys.key, secret_key: keys.secret } }),
  );
  return wire;
}

/** Reads the messages of the trading stream. */
export function interpretAlpacaOrders(
  clock: Clock,
  mode: TradingMode,
): (message: unknown) => readonly VenueEvent[] {
  const told = new ToldFills();
  return (message) => {
    if (message === pongMessage) return [{ kind: "alive" }];
    const frame = frameSchema.safeParse(message).data;
    if (frame === undefined) return [unreadable("a message", message)];
    switch (frame.stream) {
      case "authorization":
        return [readAuthorization(frame.data, mode)];
      case "listening": {
        const listened = streamsSchema.safeParse(frame.data).data?.streams ?? [];
        return [
          listened.includes("trade_updates") ? { kind: "ready" } : unreadable("a subscription", frame.data),
        ];
      }
      case "trade_updates":
        return readUpdate(frame.data, clock.nowMs(), told);
      default:
        return [{ kind: "alive" }];
    }
  };
}

function readAuthorization(data: unknown, mode: TradingMode): VenueEvent {
  const status = statusSchema.safeParse(data).data?.status;
  if (status === "authorized") return { kind: "alive" };
  return status === "unauthorized"
    ? { kind: "refused", error: brokerKeyRefused("Alpaca", "its stream says unauthorized", mode) }
    : unreadable("an answer to the sign-in", data);
}

/** Whatever happened to an order comes with the whole of it. A fill is told before the state that it led to. */
function readUpdate(data: unknown, nowMs: number, told: ToldFills): readonly VenueEvent[] {
  const update = updateSchema.safeParse(data).data;
  if (update === undefined) return [unreadable("an update", data)];
  const order = readOrder(update.order);
  const fill = readFill(update, order, nowMs);
  switch (update.event) {
    case "fill":
    case "partial_fill":
      if (fill === null) return [unreadable("a fill", data)];
      told.note(update.execution_id, fill);
      break;
    case "trade_bust": {
      const busted = told.find(update.execution_id, fill);
      // Which fill is gone is not known: a new line asks, and positions are held against the venue's.
      if (busted === null) return [unreadable("a bust of a fill that was never told", data)];
      const back = {
        ...busted,
        fillId: `${busted.fillId}:back`,
        takesBack: busted.fillId,
        receivedAtMs: nowMs,
      };
      return [
        { kind: "fill", fill: back },
        { kind: "order", order },
      ];
    }
    case "trade_correct":
      return [unreadable("a correction of a fill", data)];
    default:
      return [{ kind: "order", order }];
  }
  return [
    { kind: "fill", fill },
    { kind: "order", order },
  ];
}

function readFill(update: AlpacaUpdate, order: VenueOrder, nowMs: number): VenueFill | null {
  const quantity = numberOf(update.qty);
  const price = numberOf(update.price);
  if (quantity === null || price === null) return null;
  if (update.event !== "trade_bust" && !(order.filledQuantity > 0)) return null;
  return {
    fillId: fillIdOf(order.venueOrderId, order.filledQuantity),
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId,
    symbol: order.symbol,
    side: order.side,
    quantity,
    price,
    fee: 0,
    feeCurrency: "USD",
    ...feeUntold(order.symbol),
    liquidity: "taker",
    venueTimeMs: timeOf(update.timestamp ?? update.order.updated_at),
    receivedAtMs: nowMs,
  };
}

const rememberedMax = 5_000;

/** Fills of this connection by the id of their execution, so that one that is taken back is known again. */
class ToldFills {
  private readonly fills = new Map<string, VenueFill>();

  note(executionId: string | null | undefined, fill: VenueFill): void {
    this.fills.set(executionId ?? fill.fillId, fill);
    if (this.fills.size > rememberedMax) this.fills.delete(this.fills.keys().next().value!);
  }

  /** The fill of that execution; else the last one of that order with the same quantity and price. */
  find(executionId: string | null | undefined, like: VenueFill | null): VenueFill | null {
    const known = this.fills.get(executionId ?? "");
    if (known !== undefined || like === null) return known ?? null;
    const alike = [...this.fills.values()].filter(
      ({ venueOrderId, quantity, price }) =>
        venueOrderId === like.venueOrderId && quantity === like.quantity && price === like.price,
    );
    return alike.at(-1) ?? null;
  }
}

function unreadable(what: string, data: unknown): VenueEvent {
  const shown = typeof data === "string" ? data : (JSON.stringify(data) ?? "nothing");
  return { kind: "unreadable", reason: `${what} of another shape: ${shown.slice(0, 200)}` };
}
