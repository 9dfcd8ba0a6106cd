import { z } from "zod";
import { KiwiError } from "../../base/errors.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { FaultPlan } from "../faults/fault-plan.ts";
import { parseFaults } from "../faults/parse-faults.ts";
import type { RawProtocol, WireReply, WireRequest } from "./face.ts";
import type { Pace } from "./pace.ts";

export type ControlTools = {
  readonly exchange: Exchange;
  readonly faults: FaultPlan;
  readonly pace: Pace;
  readonly raw: RawProtocol | undefined;
  readonly cut: () => void;
};

const advanceBody = z.object({ slices: z.int().positive().max(1_000_000).default(1) });
const faultsBody = z.object({ plan: z.string() });
const lineBody = z.object({ line: z.enum(["down", "back", "back-with-losses"]) });
const haltBody = z.object({ symbol: z.string(), isHalted: z.boolean() });
const tradeBody = z.object({
  key: z.string().optional(),
  symbol: z.string(),
  side: z.enum(["buy", "sell"]),
  quantity: z.number().positive(),
  leg: z.enum(["net", "long", "short"]).default("net"),
});

/**
 * What no venue offers: moving the market, planning faults, trading by hand. A page in a browser may not ask for it: its
 * requests name an origin.
 */
export function answerControl(request: WireRequest, tools: ControlTools): WireReply {
  if (request.headers.origin !== undefined) return failed(403, "not for pages in a browser");
  const { exchange, faults } = tools;
  if (request.method === "GET" && request.path === "/emulator/status")
    return { status: 200, body: statusOf(exchange) };
  if (request.method !== "POST") return failed(404, "there is nothing here");
  try {
    const body: unknown = request.body === "" ? {} : JSON.parse(request.body);
    switch (request.path) {
      case "/emulator/advance":
        return advance(exchange, advanceBody.parse(body).slices);
      case "/emulator/faults":
        faults.spec = parseFaults(faultsBody.parse(body).plan);
        return { status: 200, body: faults.spec };
      case "/emulator/disconnect":
        tools.cut();
        return { status: 200, body: {} };
      case "/emulator/line":
        if (tools.raw === undefined) return failed(404, "this venue has no line behind it");
        tools.raw.announce(lineBody.parse(body).line);
        return { status: 200, body: {} };
      case "/emulator/halt": {
        const { symbol, isHalted } = haltBody.parse(body);
        exchange.halt(symbol, isHalted);
        return { status: 200, body: {} };
      }
      case "/emulator/trade":
        return trade(exchange, tradeBody.parse(body));
      default:
        return failed(404, "there is nothing here");
    }
  } catch (error) {
    if (error instanceof KiwiError) return failed(400, `${error.parts.message}: ${error.parts.fix}`);
    if (error instanceof z.ZodError || error instanceof SyntaxError) return failed(400, error.message);
    throw error;
  }
}

function advance(exchange: Exchange, slices: number): WireReply {
  let played = 0;
  while (played < slices && exchange.advance()) played += 1;
  return { status: 200, body: { ...statusOf(exchange), played } };
}

function trade(exchange: Exchange, asked: z.infer<typeof tradeBody>): WireReply {
  const account = asked.key === undefined ? exchange.accounts[0] : exchange.account(asked.key);
  if (account == null) return failed(404, "nobody has that key");
  const answer = account.tradeByHand(asked.symbol, asked.side, asked.quantity, asked.leg);
  return answer.kind === "accepted"
    ? { status: 200, body: { venueOrderId: answer.order.venueOrderId } }
    : failed(422, answer.reason);
}

function statusOf(exchange: Exchange): Record<string, unknown> {
  const { nextTimeMs, timeMs } = exchange;
  return {
    marketTime: new Date(timeMs).toISOString(),
    nextSlice: nextTimeMs === Infinity ? null : new Date(nextTimeMs).toISOString(),
    accounts: exchange.accounts.map((account) => ({
      key: account.options.key,
      ...account.summary(),
      openOrders: account.orders.open().length,
      positions: account.positions(),
    })),
  };
}

function failed(status: number, message: string): WireReply {
  return { status, body: { message } };
}
