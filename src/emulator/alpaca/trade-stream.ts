import { z } from "zod";
import type { Exchange } from "../exchange/exchange.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { ExchangeEvent, ExchangeOrder } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import type { SocketHandler, WireSocket } from "../wire/face.ts";
import { isHeld, isoTime, legIds, orderJson } from "./order-json.ts";

const message = z.object({
  action: z.string(),
  key: z.string().optional(),
  secret: z.string().optional(),
  data: z
    .object({
      key_id: z.string().optional(),
      secret_key: z.string().optional(),
      streams: z.array(z.string()).optional(),
    })
    .optional(),
});

/** What a trading stream has to do with. */
export type TradeStreamTools = {
  readonly exchange: Exchange;
  readonly signIn: (key: string, secret: string) => ExchangeAccount | null;
};

/** `/stream`: sign in, listen to `trade_updates`, hear of every order. Frames are binary, as those of paper accounts are. */
export function tradeStream(socket: WireSocket, { exchange, signIn }: TradeStreamTools): SocketHandler {
  let account: ExchangeAccount | null = null;
  let isListening = false;
  const news = new TradeNews(exchange);
  const answer = (value: unknown): void => socket.answer(Buffer.from(JSON.stringify(value)));
  const stop = exchange.listen((event) => {
    if (account === null || event.kind === "slice" || event.accountKey !== account.options.key) return;
    for (const data of news.of(event, account))
      if (isListening) socket.tell(Buffer.from(JSON.stringify({ stream: "trade_updates", data })));
  });
  return {
    message(data) {
      const parsed = message.safeParse(parseJson(data));
      if (!parsed.success) return answer({ stream: "error", data: { error: "invalid syntax" } });
      const { action, key, secret, data: body } = parsed.data;
      if (action === "authenticate" || action === "auth") {
        account = signIn(body?.key_id ?? key ?? "", body?.secret_key ?? secret ?? "");
        const status = account === null ? "unauthorized" : "authorized";
        return answer({ stream: "authorization", data: { status, action: "authenticate" } });
      }
      if (action !== "listen") return;
      if (account === null)
        return answer({ stream: "authorization", data: { status: "unauthorized", action: "listen" } });
      // Said again it takes the place of what was said before.
      const streams = body?.streams ?? [];
      isListening = streams.includes("trade_updates");
      answer({ stream: "listening", data: { streams } });
    },
    closed: stop,
  };
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return null;
  }
}

/** Turns what happens at the exchange into Alpaca's events. */
class TradeNews {
  private readonly exchange: Exchange;
  /** Orders that were told to work. */
  private readonly working = new Set<string>();

  constructor(exchange: Exchange) {
    this.exchange = exchange;
  }

  of(
    event: Exclude<ExchangeEvent, { kind: "slice" }>,
    account: ExchangeAccount,
  ): readonly Record<string, unknown>[] {
    if (event.kind === "charge") return [];
    const order = account.orders.byId(event.order.venueOrderId) ?? event.order;
    const base = {
      timestamp: isoTime(order.updatedMs),
      order: orderJson(event.order, account, this.exchange),
    };
    switch (event.kind) {
      case "fill":
      case "bust": {
        const { fill } = event;
        const isWhole = event.order.status === "filled";
        const told = {
          ...base,
          event: event.kind === "bust" ? "trade_bust" : isWhole ? "fill" : "partial_fill",
          execution_id: fill.fillId,
          timestamp: isoTime(fill.timeMs),
          price: decimal(fill.price),
          qty: decimal(fill.quantity),
          position_qty: decimal(fill.positionAfter),
        };
        return isWhole && event.kind === "fill" ? [told, ...this.woken(event.order, account)] : [told];
      }
      case "cancel_rejected":
        return [{ ...base, event: "order_cancel_rejected" }];
      case "modify_rejected":
        return [{ ...base, event: "order_replace_rejected" }];
      case "order":
        return this.ofOrder(event.order, account, base);
    }
  }

  private ofOrder(
    order: ExchangeOrder,
    account: ExchangeAccount,
    base: Record<string, unknown>,
  ): readonly Record<string, unknown>[] {
    const { status, venueOrderId } = order;
    if (order.replacedBy !== null) return [{ ...base, event: "replaced" }];
    switch (status) {
      case "accepted":
        if (this.working.has(venueOrderId) || isHeld(order, account)) return [];
        this.working.add(venueOrderId);
        return [{ ...base, event: "new" }];
      case "cancel_pending":
        return [{ ...base, event: "pending_cancel" }];
      case "replace_pending":
        return [{ ...base, event: "pending_replace" }];
      case "canceled":
      case "expired":
      case "rejected":
        return [{ ...base, event: status }];
      default:
        return [];
    }
  }

  /** Legs begin to work when all of their parent has filled. */
  private woken(parent: ExchangeOrder, account: ExchangeAccount): readonly Record<string, unknown>[] {
    return legIds(parent).flatMap((id) => {
      const leg = account.orders.byId(id);
      if (leg === null || leg.parentId === null || this.working.has(id) || leg.status !== "accepted")
        return [];
      this.working.add(id);
      return [
        { event: "new", timestamp: isoTime(leg.updatedMs), order: orderJson(leg, account, this.exchange) },
      ];
    });
  }
}
