import type {
  Acknowledgement,
  BrokerFinding,
  Urgency,
  VenueOrderRequest,
} from "../../../ports/broker-connection.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import { lookUpTaken } from "../shared/look-up-taken.ts";
import { refusal, type OrderCaller, type SendVerdict } from "../shared/order-caller.ts";
import type { BybitCalls } from "./bybit-calls.ts";
import { settleCoins, spotFilters, type BybitQuestions } from "./bybit-questions.ts";
import { prepareSymbol, type BybitWanted } from "./bybit-settings.ts";
import { judgeDone, judgeOrder } from "./judge-bybit-order.ts";
import { amendBody, createBody, type BybitBody } from "./write-bybit-order.ts";
import { settingRefused } from "../shared/broker-errors.ts";

/** Everything that moves orders at Bybit. */
export class BybitOrders {
  private readonly calls: BybitCalls;
  private readonly questions: BybitQuestions;
  private readonly wanted: BybitWanted;
  private readonly mode: TradingMode;
  private readonly caller: OrderCaller;
  /** Futures symbols whose settings were set and read back. */
  private readonly prepared = new Set<string>();

  constructor(
    calls: BybitCalls,
    questions: BybitQuestions,
    wanted: BybitWanted,
    mode: TradingMode,
    caller: OrderCaller,
  ) {
    this.calls = calls;
    this.questions = questions;
    this.wanted = wanted;
    this.mode = mode;
    this.caller = caller;
  }

  /** Throws `BROKER_SETTING_REFUSED` where a symbol cannot be brought to the wanted settings. */
  async prepare(symbol: string): Promise<void> {
    if (this.wanted.category !== "linear" || this.prepared.has(symbol)) return;
    refuseUnfit(await prepareSymbol(this.calls, symbol, this.wanted));
    this.prepared.add(symbol);
  }

  /** The same without changing anything: a leverage that is to be set may still be another. */
  async look(symbol: string): Promise<void> {
    if (this.wanted.category === "linear")
      refuseUnfit(await prepareSymbol(this.calls, symbol, { category: "linear" }));
  }

  /** The next order of any symbol looks at its settings again: somebody may have changed them by hand. */
  forgetPrepared(): void {
    this.prepared.clear();
  }

  submit(order: VenueOrderRequest, urgency: Urgency): Promise<Acknowledgement> {
    const { clientOrderId, symbol } = order;
    return this.caller.call({
      urgency,
      ...this.post("/v5/order/create", createBody(order, this.wanted.category)),
      lookUp: () => lookUpTaken(order, () => this.questions.order(clientOrderId, symbol)),
    });
  }

  modify(order: VenueOrderRequest, urgency: Urgency): Promise<Acknowledgement> {
    const body = amendBody(order, this.wanted.category);
    return this.caller.call({ urgency, ...this.post("/v5/order/amend", body) });
  }

  /** On spot the list that the order waits in has to be named: they are tried in turn. */
  async cancel(clientOrderId: string, symbol: string): Promise<Acknowledgement> {
    const { category } = this.wanted;
    const body = { category, symbol, orderLinkId: clientOrderId };
    const bodies: readonly BybitBody[] =
      category === "spot" ? spotFilters.map((orderFilter) => ({ ...body, orderFilter })) : [body];
    let said = refusal("unknown_order", "in no list");
    for (const one of bodies) {
      const answer = await this.caller.call({ urgency: "urgent", ...this.post("/v5/order/cancel", one) });
      if (answer.kind !== "rejected" || answer.code !== "unknown_order") return answer;
      said = answer;
    }
    return this.over(clientOrderId, symbol, said);
  }

  /** "Not exists or too late to cancel" is one answer to two things: asking tells them apart. */
  private async over(
    clientOrderId: string,
    symbol: string,
    said: Acknowledgement & { readonly kind: "rejected" },
  ): Promise<Acknowledgement> {
    const order = await this.questions.order(clientOrderId, symbol);
    return order === null ? said : { ...said, code: "already_over" };
  }

  /** Every list by itself; done only when all were taken. */
  async cancelAll(): Promise<Acknowledgement> {
    const { category } = this.wanted;
    const bodies: readonly BybitBody[] =
      category === "spot"
        ? spotFilters.map((orderFilter) => ({ category, orderFilter }))
        : settleCoins.map((settleCoin) => ({ category, settleCoin }));
    const answers = await Promise.all(
      bodies.map((body) =>
        this.caller.call({ urgency: "urgent", ...this.post("/v5/order/cancel-all", body, judgeDone) }),
      ),
    );
    return answers.find(({ kind }) => kind !== "accepted") ?? answers[0]!;
  }

  private post(
    path: string,
    body: BybitBody,
    judge: (answer: Parameters<typeof judgeOrder>[0], mode: TradingMode) => SendVerdict | null = judgeOrder,
  ): Pick<Parameters<OrderCaller["call"]>[0], "send" | "judge" | "resync"> {
    return {
      send: () => this.calls.post(path, body),
      judge: (answer) => judge(answer, this.mode),
      resync: this.calls.measureClock,
    };
  }
}

function refuseUnfit(findings: readonly BrokerFinding[]): void {
  const unfit = findings.find(({ isFit }) => !isFit);
  if (unfit !== undefined) throw settingRefused("Bybit", unfit);
}
