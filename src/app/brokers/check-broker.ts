import { KiwiError } from "../../base/errors.ts";
import type { OrderType, TimeInForce } from "../../domain/order.ts";
import type {
  AccountSnapshot,
  BrokerConnection,
  BrokerFinding,
  OpenOrders,
  VenueInstrument,
} from "../../ports/broker-connection.ts";

const orderTypes = [
  "market",
  "limit",
  "stop_market",
  "stop_limit",
  "trailing_stop_market",
  "market_if_touched",
  "limit_if_touched",
] as const satisfies readonly OrderType[];
const timesInForce = ["gtc", "day", "ioc", "fok", "gtd"] as const satisfies readonly TimeInForce[];

/** What a broker says of itself, for people. What could not be asked for is an error in its place. */
export type BrokerReport = {
  readonly accountName: string;
  readonly findings: readonly BrokerFinding[];
  /** Kinds of orders and times in force that it refuses. */
  readonly refuses: readonly string[];
  readonly account: AccountSnapshot;
  readonly openOrders: OpenOrders;
  readonly instruments: readonly VenueInstrument[];
  /** Null where the stream came to stand; else why not. */
  readonly streamFault: KiwiError | null;
};

/**
 * Asks a broker everything that trading would ask, and sends no order: key, settings, clock, money, positions, open
 * orders, the rules of `symbols`, and whether its stream comes to stand.
 */
export async function checkBroker(
  broker: BrokerConnection,
  symbols: readonly string[],
  signal: AbortSignal,
): Promise<BrokerReport> {
  const findings = (await broker.inspect?.()) ?? [];
  const isFit = findings.every((finding) => finding.isFit);
  const streamFault = isFit ? await tryToOpen(broker, signal) : null;
  try {
    const account = await broker.account();
    const openOrders = await broker.openOrders();
    const instruments = symbols.length === 0 ? [] : await broker.instruments(symbols);
    const { accountName, capabilities } = broker;
    return {
      accountName,
      findings,
      refuses: refusedBy(capabilities),
      account,
      openOrders,
      instruments,
      streamFault,
    };
  } finally {
    await broker.close();
  }
}

async function tryToOpen(broker: BrokerConnection, signal: AbortSignal): Promise<KiwiError | null> {
  try {
    await broker.open({ onOrder() {}, onFill() {}, onLine() {} }, signal);
    return null;
  } catch (error) {
    if (error instanceof KiwiError) return error;
    throw error;
  }
}

function refusedBy(capabilities: BrokerConnection["capabilities"]): readonly string[] {
  return [
    ...orderTypes.filter((type) => !capabilities.orderTypes.includes(type)),
    ...timesInForce.filter((time) => !capabilities.timesInForce.includes(time)),
    ...(capabilities.postOnly ? [] : ["post-only"]),
    ...(capabilities.reduceOnly ? [] : ["reduce-only"]),
    ...(capabilities.modify ? [] : ["changes of an order"]),
  ];
}
