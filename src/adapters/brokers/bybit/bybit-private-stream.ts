import { createHmac } from "node:crypto";
import { z } from "zod";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import { keyCodes } from "../../sources/bybit/judge-bybit.ts";
import { brokerKeyRefused } from "../shared/broker-errors.ts";
import { openSocketWire, type SocketWire } from "../shared/socket-wire.ts";
import type { VenueEvent } from "../shared/venue-connection.ts";
import { executionSchema, orderSchema } from "./bybit-trading-messages.ts";
import { readFill, readOrder } from "./read-bybit-order.ts";
import type { BybitTraded } from "./write-bybit-order.ts";

/** A signature of the stream is good for so long. */
const expiresInMs = 10_000;

/** Opens the private stream, signs in, and subscribes to orders and executions when that has succeeded. */
export function openBybitWire(
  url: string,
  events: WireEvents,
  sign: () => { readonly key: string; readonly secret: string; readonly nowMs: number },
): Wire {
  const wire: SocketWire = openSocketWire(
    url,
    {
      ...events,
      message(message) {
        if (replySchema.safeParse(message).data?.op === "auth" && isSuccess(message))
          wire.send({ op: "subscribe", args: ["order", "execution"] });
        events.message(message);
      },
    },
    () => {
      const { key, secret, nowMs } = sign();
      const expires = nowMs + expiresInMs;
      const signature = createHmac("sha256", secret).update(`GET/realtime${expires}`).digest("hex");
      wire.send({ op: "auth", args: [key, expires, signature] });
    },
  );
  return wire;
}

/** Asks the private stream for a pong. */
export function pingBybit(wire: Wire): void {
  (wire as SocketWire).send({ op: "ping" });
}

const replySchema = z.object({
  op: z.string(),
  success: z.boolean().optional(),
  retCode: z.number().optional(),
  ret_msg: z.string().optional(),
  retMsg: z.string().optional(),
});

const topicSchema = z.object({ topic: z.string(), data: z.array(z.unknown()) });
const categorySchema = z.object({ category: z.string().nullish() });

function isSuccess(message: unknown): boolean {
  const reply = replySchema.safeParse(message).data;
  return reply?.success !== false && (reply?.retCode ?? 0) === 0;
}

/** Reads the messages of the private stream. Orders of other product groups are none of ours. */
export function interpretBybitOrders(
  category: BybitTraded,
  clock: Clock,
  mode: TradingMode,
): (message: unknown) => readonly VenueEvent[] {
  return (message) => {
    const told = topicSchema.safeParse(message).data;
    if (told === undefined) return interpretReply(message, mode);
    const kind = told.topic.split(".")[0];
    const rows = told.data.filter((row) => {
      const own = categorySchema.safeParse(row).data?.category ?? category;
      return own === category || own === "";
    });
    if (kind === "order") return rows.map((row) => readOrderRow(row, category));
    if (kind === "execution") return rows.flatMap((row) => readExecutionRow(row, category, clock.nowMs()));
    return [{ kind: "alive" }];
  };
}

function interpretReply(message: unknown, mode: TradingMode): readonly VenueEvent[] {
  const reply = replySchema.safeParse(message).data;
  if (reply === undefined)
    return [{ kind: "unreadable", reason: `a message of another shape: ${shown(message)}` }];
  if (isSuccess(message)) return [{ kind: reply.op === "subscribe" ? "ready" : "alive" }];
  const said = `${reply.ret_msg ?? reply.retMsg ?? "no reason"} (${reply.retCode ?? "no code"})`;
  // A stamp that came too late, or a server in trouble, is a matter of the moment: the next connection tries again.
  const isFinal = keyCodes.has(reply.retCode ?? 0) || /api.?key|signature|permission/i.test(said);
  if (reply.op === "auth" && isFinal)
    return [{ kind: "refused", error: brokerKeyRefused("Bybit", said, mode) }];
  return [{ kind: "unreadable", reason: `${reply.op} was refused: ${said}` }];
}

function readOrderRow(row: unknown, category: BybitTraded): VenueEvent {
  const order = orderSchema.safeParse(row);
  return order.success
    ? { kind: "order", order: readOrder(order.data, category) }
    : { kind: "unreadable", reason: `an order of another shape: ${shown(row)}` };
}

function readExecutionRow(row: unknown, category: BybitTraded, nowMs: number): readonly VenueEvent[] {
  const execution = executionSchema.safeParse(row);
  if (!execution.success)
    return [{ kind: "unreadable", reason: `an execution of another shape: ${shown(row)}` }];
  const fill = readFill(execution.data, category, nowMs);
  return fill === null ? [{ kind: "alive" }] : [{ kind: "fill", fill }];
}

function shown(message: unknown): string {
  return (typeof message === "string" ? message : (JSON.stringify(message) ?? "")).slice(0, 200);
}
