import type { Acknowledgement, Urgency, VenueOrderRequest } from "../../../ports/broker-connection.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import type { AlpacaMarket } from "../../sources/alpaca/alpaca-messages.ts";
import type { IdBook } from "../shared/id-book.ts";
import { lookUpTaken } from "../shared/look-up-taken.ts";
import { refusal, type OrderCaller } from "../shared/order-caller.ts";
import type { AlpacaQuestions } from "./alpaca-questions.ts";
import type { AlpacaCalls } from "./alpaca-trading-calls.ts";
import { judgeCanceled, judgeCanceledAll, judgeCreated } from "./judge-alpaca-order.ts";
import { orderBody } from "./write-alpaca-order.ts";

/** Everything that moves orders at Alpaca. */
export class AlpacaOrders {
  private readonly calls: AlpacaCalls;
  private readonly questions: AlpacaQuestions;
  private readonly market: AlpacaMarket;
  private readonly mode: TradingMode;
  private readonly caller: OrderCaller;
  private readonly ids: IdBook;

  constructor(
    calls: AlpacaCalls,
    questions: AlpacaQuestions,
    market: AlpacaMarket,
    mode: TradingMode,
    caller: OrderCaller,
    ids: IdBook,
  ) {
    this.calls = calls;
    this.questions = questions;
    this.market = market;
    this.mode = mode;
    this.caller = caller;
    this.ids = ids;
  }

  async submit(order: VenueOrderRequest, urgency: Urgency): Promise<Acknowledgement> {
    const wrong = unfit(order, this.market);
    if (wrong !== null) return refusal("other", `not sent: ${wrong}`);
    const answer = await this.caller.call({
      urgency,
      send: () => this.calls.send("POST", "/v2/orders", orderBody(order)),
      judge: (said) => judgeCreated(said, this.mode, order.clientOrderId),
      lookUp: () => lookUpTaken(order, () => this.questions.order(order.clientOrderId)),
    });
    if (answer.kind === "accepted") this.ids.note(order.clientOrderId, answer.venueOrderId);
    return answer;
  }

  /** Cancels go by the venue's id, which an order whose answer was lost does not have yet. */
  async cancel(id: string): Promise<Acknowledgement> {
    const venueId = this.ids.venueIdOf(id) ?? (await this.questions.order(id))?.venueOrderId;
    if (venueId === undefined) return refusal("unknown_order", "the venue has no order of this name");
    return this.caller.call({
      urgency: "urgent",
      send: () => this.calls.send("DELETE", `/v2/orders/${encodeURIComponent(venueId)}`),
      judge: (said) => judgeCanceled(said, this.mode, venueId),
    });
  }

  cancelAll(): Promise<Acknowledgement> {
    return this.caller.call({
      urgency: "urgent",
      send: () => this.calls.send("DELETE", "/v2/orders"),
      judge: (said) => judgeCanceledAll(said, this.mode),
    });
  }
}

/** Why the venue would refuse an order as a matter of form, or null. */
function unfit({ symbol, quantity, timeInForce }: VenueOrderRequest, market: AlpacaMarket): string | null {
  if (symbol.includes("/") !== (market === "crypto")) return `${symbol} is none of Alpaca's ${market}`;
  return market === "stocks" && !Number.isInteger(quantity) && timeInForce !== "day"
    ? "orders for parts of a share live for a day only"
    : null;
}
