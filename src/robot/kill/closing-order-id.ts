import { sha256 } from "../../base/hash.ts";

/** Names of the orders that close an account begin like this: the pull that they carry out. */
export function closingPrefix(pullId: string): string {
  return `k${pullId}`;
}

/** The name of an order that closes a symbol under a pull; `number` counts those that are over. */
export function closingOrderId(pullId: string, symbol: string, number: number): string {
  return `${closingPrefix(pullId)}${sha256(symbol).slice(0, 5)}${number.toString(36)}`;
}

/** Whether a name is one that a kill switch gives: a time of eight characters, a salt, a symbol, a number. No session has it. */
export function isClosingOrderId(clientOrderId: string | null): boolean {
  return clientOrderId !== null && /^k[0-9a-z]{8,20}[0-9a-f]{5}[0-9a-z]{1,3}$/.test(clientOrderId);
}
