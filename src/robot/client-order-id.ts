import { KiwiError } from "../base/errors.ts";
import type { OrderId } from "../domain/order.ts";
import type { BrokerCapabilities } from "../ports/broker-connection.ts";

const tagPattern = /^[a-z0-9]{1,10}$/;
const idPattern = /^([a-z0-9]{1,10}?)o(\d+)(?:p(\d+))?$/;
/** Numbers so large that no session reaches them. */
const longestOrder = 999_999_999;
const longestPart = 9_999;

/**
 * Our name for an order at a venue: the session, the number of the order in it, and which of the orders that took each
 * other's place it is. The same order always has the same name, and no other order ever has it.
 */
export function clientOrderIdOf(sessionTag: string, orderId: OrderId, part: number): string {
  return `${sessionTag}o${orderId}${part === 0 ? "" : `p${part}`}`;
}

/** Whether a session of ours gave an order this name, and which. The last `o` and digits end it: tags may hold both. */
export function sessionOf(clientOrderId: string): string | null {
  return idPattern.exec(clientOrderId)?.[1] ?? null;
}

/** Throws `SESSION_TAG_UNFIT` where names with this tag would not be taken by the venue. */
export function checkSessionTag(sessionTag: string, { clientOrderId }: BrokerCapabilities): void {
  const longest = clientOrderIdOf(sessionTag, longestOrder as OrderId, longestPart);
  const isTaken = longest.length <= clientOrderId.lengthMax && clientOrderId.pattern.test(longest);
  if (tagPattern.test(sessionTag) && isTaken) return;
  throw new KiwiError({
    code: "SESSION_TAG_UNFIT",
    exit: "config",
    message: `the session cannot be called ${JSON.stringify(sessionTag)} at this venue`,
    why: `names of its orders would be like ${longest}, and the venue takes ${clientOrderId.lengthMax} characters of ${String(clientOrderId.pattern)}`,
    fix: "name it with up to eight small letters and digits",
    topic: "trading",
  });
}
