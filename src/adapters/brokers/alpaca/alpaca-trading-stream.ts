import { z } from "zod";
import type { VenueFill } from "../../../ports/broker-connection.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import { brokerKeyRefused } from "../shared/broker-errors.ts";
import { openSocketWire, pongMessage, type SocketWire } from "../shared/socket-wire.ts";
import type { VenueEvent } from "../shared/venue-connection.ts";
import { updateSchema } from "./alpaca-trading-messages.ts";
import { fillIdOf, numberOf, readOrder, timeOf } from "./read-alpaca-order.ts";

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
        return readUpdate(frame.data, clock.nowMs());
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
function readUpdate(data: unknown, nowMs: number): readonly VenueEvent[] {
  const update = updateSchema.safeParse(data).data;
  if (update === undefined) return [unreadable("an update", data)];
  const order = readOrder(update.order);
  if (update.event !== "fill" && update.event !== "partial_fill") return [{ kind: "order", order }];
  const quantity = numberOf(update.qty);
  const price = numberOf(update.price);
  if (quantity === null || price === null || !(order.filledQuantity > 0)) return [unreadable("a fill", data)];
  const fill: VenueFill = {
    fillId: fillIdOf(order.venueOrderId, order.filledQuantity),
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId,
    symbol: order.symbol,
    side: order.side,
    quantity,
    price,
    fee: 0,
    feeCurrency: "USD",
    liquidity: "taker",
    venueTimeMs: timeOf(update.timestamp ?? update.order.updated_at),
    receivedAtMs: nowMs,
  };
  return [
    { kind: "fill", fill },
    { kind: "order", order },
  ];
}

function unreadable(what: string, data: unknown): VenueEvent {
  const shown = typeof data === "string" ? data : (JSON.stringify(data) ?? "nothing");
  return { kind: "unreadable", reason: `${what} of another shape: ${shown.slice(0, 200)}` };
}
