import { KiwiError } from "../../../base/errors.ts";
import { secondMs } from "../../../base/time.ts";
import type { Acknowledgement, VenueOrderRequest } from "../../../ports/broker-connection.ts";
import type { Clock } from "../../../ports/clock.ts";
import { decimalText } from "../shared/decimal-text.ts";
import { lookUpTaken } from "../shared/look-up-taken.ts";
import { refusal } from "../shared/order-caller.ts";
import type { BridgeCaller, BridgeReply } from "./bridge-caller.ts";
import { judgeTrade } from "./judge-retcode.ts";
import type { MetatraderQuestions } from "./metatrader-questions.ts";
import { typeWord } from "./read-bridge.ts";

/** After this the bridge does not carry out what it finds: a frozen terminal must not wake and trade on an old thought. */
const validForMs = 30 * secondMs;

/** Everything that moves orders at a MetaTrader terminal. */
export class MetatraderOrders {
  private readonly caller: BridgeCaller;
  private readonly questions: MetatraderQuestions;
  private readonly clock: Clock;
  private readonly magic: string;

  constructor(caller: BridgeCaller, questions: MetatraderQuestions, clock: Clock, magic: string) {
    this.caller = caller;
    this.questions = questions;
    this.clock = clock;
    this.magic = magic;
  }

  async submit(order: VenueOrderRequest): Promise<Acknowledgement> {
    const { clientOrderId, symbol, side, quantity, terms, timeInForce } = order;
    if (terms.type !== "market" && (timeInForce === "ioc" || timeInForce === "fok"))
      return refusal(
        "unsupported",
        "not sent: a pending order of MetaTrader waits; it is never at once or not at all",
      );
    const lots = Number((quantity / (await this.questions.contractSize(symbol))).toFixed(8));
    const price =
      terms.type === "limit" ? terms.limitPrice : terms.type === "stop_market" ? terms.stopPrice : 0;
    const words = [
      symbol,
      typeWord(side, terms),
      decimalText(lots),
      decimalText(price),
      this.magic,
      clientOrderId,
      terms.type !== "market" ? "return" : timeInForce === "fok" ? "fok" : "",
      timeInForce === "day" ? "day" : "gtc",
      Math.ceil((this.clock.nowMs() + validForMs) / 1000),
    ];
    const reply = await this.send(() => this.caller.call("SEND_ORDER", words));
    if ("code" in reply || reply.kind !== "answer") return openOrNot(reply);
    if (reply.answer.outcome === "taken")
      return lookUpTaken(order, () => this.questions.order(clientOrderId));
    return judgeTrade(reply.answer, terms, this.clock.nowMs());
  }

  async cancel(clientOrderId: string): Promise<Acknowledgement> {
    return this.change(() => this.caller.call("DELETE_ORDER", [this.magic, clientOrderId]));
  }

  /** Also what others have sent; done when the server has taken every one of them off. */
  async cancelAll(): Promise<Acknowledgement> {
    return this.change(() => this.caller.call("DELETE_ALL_ORDERS", []));
  }

  private async change(call: () => Promise<BridgeReply>): Promise<Acknowledgement> {
    const reply = await this.send(call);
    return "code" in reply || reply.kind !== "answer"
      ? openOrNot(reply)
      : judgeTrade(reply.answer, null, this.clock.nowMs());
  }

  /** A terminal that is not to be worked with is found out before a command lies there: nothing was sent. */
  private async send(
    call: () => Promise<BridgeReply>,
  ): Promise<BridgeReply | (Acknowledgement & { readonly kind: "rejected" })> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof KiwiError)) throw error;
      return refusal("unavailable", `not sent: ${error.parts.message}`);
    }
  }
}

function openOrNot(
  reply: Exclude<BridgeReply, { kind: "answer" }> | (Acknowledgement & { readonly kind: "rejected" }),
): Acknowledgement {
  if (reply.kind === "not-sent") return refusal("unavailable", `not sent: ${reply.reason}`);
  return reply;
}
