import type { OrderRequest } from "../../domain/order.ts";
import { signOf } from "../../domain/order.ts";
import type { VenueFill, VenueInstrument } from "../../ports/broker-connection.ts";
import type { JournaledBar, JournalRecord } from "../../ports/journal-store.ts";

/** What a venue did with one order of ours, its parts together. */
export type Execution = {
  readonly sign: 1 | -1;
  readonly isMarket: boolean;
  readonly liquidity: VenueFill["liquidity"];
  readonly price: number;
  /** Open of the first bar after the decision, at which a backtest fills; NaN where it never came. */
  readonly marketPrice: number;
  /** What was traded, and what was taken for it, in quote currency; the fee is NaN where it was paid in a third one. */
  readonly value: number;
  readonly fee: number;
  /** From sending the order until the venue was heard to have it, or to have filled it. */
  readonly afterMs: number;
};

type Draft = {
  readonly order: OrderRequest;
  sentMs: number;
  heardMs: number;
  marketPrice: number;
  quantity: number;
  paid: number;
  value: number;
  fee: number;
  liquidity: VenueFill["liquidity"];
};

/** Reads what became of our own orders off a journal. Fills that were inferred, foreign or taken back are left out. */
export function readExecutions(records: Iterable<JournalRecord>): readonly Execution[] {
  const book = new Map<number, Draft>();
  const names = new Map<string, number>();
  const rules = new Map<string, VenueInstrument>();
  const waiting = new Set<Draft>();
  for (const record of records) {
    if (record.kind === "instruments") for (const one of record.instruments) rules.set(one.symbol, one);
    else if (record.kind === "order") {
      const draft = draftOf(record.order);
      book.set(record.order.id, draft);
      waiting.add(draft);
    } else if (record.kind === "intent" && record.errand === "submit") {
      names.set(record.request.clientOrderId, record.orderId);
      const draft = book.get(record.orderId);
      if (draft !== undefined && Number.isNaN(draft.sentMs)) draft.sentMs = record.atMs;
    } else if (
      record.kind === "answered" &&
      record.errand === "submit" &&
      record.answer.kind === "accepted"
    ) {
      hearOf(book.get(names.get(record.clientOrderId) ?? Number.NaN), record.atMs);
    } else if (record.kind === "slice") {
      for (const bar of record.bars)
        for (const draft of waiting) if (seeBar(draft, bar)) waiting.delete(draft);
    } else if (record.kind === "fill" && record.isInferred !== true) {
      const draft = book.get(names.get(record.fill.clientOrderId ?? "") ?? Number.NaN);
      if (draft !== undefined && record.fill.takesBack === undefined)
        addFill(draft, record.fill, record.atMs, rules.get(record.fill.symbol));
    }
  }
  return [...book.values()].filter(({ quantity }) => quantity > 0).map(executionOf);
}

function draftOf(order: OrderRequest): Draft {
  return {
    order,
    sentMs: Number.NaN,
    heardMs: Number.NaN,
    marketPrice: Number.NaN,
    quantity: 0,
    paid: 0,
    value: 0,
    fee: 0,
    liquidity: "taker",
  };
}

/** Whether this was the bar that an order waited for. */
function seeBar(draft: Draft, { instrument, closeTimeMs, open }: JournaledBar): boolean {
  const { order } = draft;
  if (order.instrument !== instrument || closeTimeMs <= order.requestedMs) return false;
  draft.marketPrice = open;
  return true;
}

function hearOf(draft: Draft | undefined, atMs: number): void {
  if (draft !== undefined && !(draft.heardMs <= atMs)) draft.heardMs = atMs;
}

function addFill(draft: Draft, fill: VenueFill, atMs: number, rule: VenueInstrument | undefined): void {
  const { price, quantity, liquidity } = fill;
  const value = price * quantity * (rule?.contractMultiplier ?? 1);
  if (draft.quantity === 0) draft.liquidity = liquidity;
  hearOf(draft, atMs);
  draft.quantity += quantity;
  draft.paid += price * quantity;
  draft.value += value;
  draft.fee += feeInQuote(fill, rule);
}

/** Not a number where nobody knows it: what was not told is no fee of zero. */
function feeInQuote(
  { fee, feeCurrency, isFeeUntold, price }: VenueFill,
  rule: VenueInstrument | undefined,
): number {
  if (isFeeUntold === true) return Number.NaN;
  if (fee === 0 || rule === undefined || feeCurrency === rule.quoteCurrency) return fee;
  return feeCurrency === rule.baseCurrency ? fee * price : Number.NaN;
}

function executionOf(draft: Draft): Execution {
  const { order, quantity, paid, value, fee, liquidity, marketPrice, sentMs, heardMs } = draft;
  return {
    sign: signOf(order.side),
    isMarket: order.terms.type === "market",
    liquidity,
    price: paid / quantity,
    marketPrice,
    value,
    fee,
    afterMs: heardMs - sentMs,
  };
}
