import type { VenueCode } from "../../domain/order.ts";

/** What a route says; the envelope is put around it. */
export type BybitReply = {
  readonly retCode: number;
  readonly retMsg: string;
  readonly result: unknown;
  readonly retExtInfo?: unknown;
};

/** It went well. */
export function ok(result: unknown = {}): BybitReply {
  return { retCode: 0, retMsg: "OK", result };
}

/** It did not. */
export function failed(retCode: number, retMsg: string): BybitReply {
  return { retCode, retMsg, result: {} };
}

/** A parameter that is missing or wrong. */
export function badParameter(what: string): BybitReply {
  return failed(10001, `params error: ${what}`);
}

type Codes = Partial<Record<VenueCode, readonly [code: number, text: string]>>;

/** Numbers from docs/v5/error of Bybit's API. */
const contractCodes: Codes = {
  doubled_id: [110072, "OrderLinkedID is duplicate"],
  buying_power: [110007, "ab not enough for new order"],
  nothing_to_reduce: [110017, "current position is zero, cannot fix reduce-only order qty"],
  long_only: [110007, "ab not enough for new order"],
  unknown_order: [110001, "order not exists or too late to replace or cancel"],
  already_over: [110001, "order not exists or too late to replace or cancel"],
  notional_min: [110094, "order notional value below the lower limit"],
  lot_size: [10001, "Qty invalid"],
  tick_size: [10001, "price invalid"],
  unknown_symbol: [10001, "params error: symbol invalid"],
  halted: [110074, "the symbol is not trading"],
};

const spotCodes: Codes = {
  ...contractCodes,
  doubled_id: [170141, "Duplicate clientOrderId"],
  buying_power: [170131, "Insufficient balance."],
  long_only: [170131, "Insufficient balance."],
  unknown_order: [170213, "Order does not exist."],
  already_over: [170213, "Order does not exist."],
  notional_min: [170140, "Order value exceeded lower limit."],
  lot_size: [170137, "Order quantity has too many decimals."],
  tick_size: [170134, "Order price has too many decimals."],
  unknown_symbol: [170121, "Invalid symbol."],
};

/** A refusal of the exchange in Bybit's numbers. */
export function refused(category: string, code: VenueCode, reason: string): BybitReply {
  const [retCode, text] = (category === "spot" ? spotCodes : contractCodes)[code] ?? [10001, reason];
  return failed(retCode, text);
}
