import { KiwiError } from "../../../base/errors.ts";
import type { BrokerConnection, VenueOrder } from "../../../ports/broker-connection.ts";
import { systemClock } from "../../../adapters/system-clock.ts";
import { sleep } from "../../../ports/clock.ts";
import { sessionOf } from "../../../robot/client-order-id.ts";
import { orderText } from "../../../robot/desk/strangers.ts";
import { isClosingOrderId } from "../../../robot/kill/closing-order-id.ts";
import { knownAccounts, type AccountRecord } from "../account-record.ts";
import { learnSymbols } from "./close-from-here.ts";
import { reachBroker } from "./reach-broker.ts";
import { allSessions, type SessionNote } from "../session-folder.ts";
import { isRunning } from "../stop-session.ts";

/** An order that works at a venue, and whose it is by its name. */
export type AccountOrder = {
  readonly order: VenueOrder;
  /** In the words of a person. */
  readonly what: string;
  readonly whose: string;
  /** Whether a session that runs sees to it. */
  readonly isTended: boolean;
};

/** A venue has so long to end what it was asked to end. */
const endMsMax = 15_000;
const askEveryMs = 500;

/**
 * The orders that work on the account of a session, as the venue tells them, after those named in `cancel` are taken off. The lock
 * of the account is not asked for: this only takes away. Throws `ORDER_TENDED` for an order of a session that runs,
 * `ORDER_NOT_FOUND`, and `CANCEL_UNCONFIRMED` where the venue has not ended one.
 */
export async function accountOrders(
  home: string,
  note: SessionNote,
  cancel: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
): Promise<readonly AccountOrder[]> {
  const record = knownAccounts(home).find(({ account }) => account === note.account);
  if (record === undefined) throw unknownAccount(note.account);
  const connection = await reachBroker(record, env);
  try {
    await openFor(connection, record, say);
    const found = await workingOrders(home, connection);
    for (const id of cancel) await takeOff(connection, named(found, id, note.mode));
    if (cancel.length > 0) await untilGone(connection, cancel, note.mode);
    return cancel.length > 0 ? await workingOrders(home, connection) : found;
  } finally {
    await connection.close();
  }
}

async function openFor(
  connection: BrokerConnection,
  { account, symbols }: AccountRecord,
  say: (line: string) => void,
): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  await connection.open({ onOrder() {}, onFill() {}, onLine() {} }, signal);
  if (connection.accountName !== account) throw otherAccount(account, connection.accountName);
  await learnSymbols(connection, symbols, say);
}

async function workingOrders(home: string, connection: BrokerConnection): Promise<readonly AccountOrder[]> {
  const open = await connection.openOrders();
  if (open.kind === "unknown") throw ordersUnknown(open.reason);
  const sessions = allSessions(home);
  return open.orders.map((order) => {
    const { clientOrderId } = order;
    const what = orderText(order);
    if (clientOrderId !== null && isClosingOrderId(clientOrderId))
      return { order, what, whose: "the kill switch", isTended: true };
    const tag = clientOrderId === null ? null : sessionOf(clientOrderId);
    const note = sessions.find(({ id }) => id === tag);
    if (note === undefined) return { order, what, whose: "not known here", isTended: false };
    const isTended = isRunning(home, note);
    return { order, what, whose: `session ${note.id}, which ${isTended ? "runs" : "is over"}`, isTended };
  });
}

function named(found: readonly AccountOrder[], id: string, mode: SessionNote["mode"]): VenueOrder {
  const one = found.find(({ order }) => order.clientOrderId === id);
  if (one === undefined) throw notFound(id, mode);
  if (one.isTended) throw tended(id, one.whose, mode);
  return one.order;
}

async function takeOff(connection: BrokerConnection, { clientOrderId, symbol }: VenueOrder): Promise<void> {
  const answer = await connection.cancel(clientOrderId!, symbol);
  if (answer.kind === "rejected" && answer.code !== "already_over" && answer.code !== "unknown_order")
    throw refused(clientOrderId!, answer.reason);
}

async function untilGone(
  connection: BrokerConnection,
  ids: readonly string[],
  mode: SessionNote["mode"],
): Promise<void> {
  const signal = new AbortController().signal;
  for (let waitedMs = 0; ; waitedMs += askEveryMs) {
    const open = await connection.openOrders();
    const isGone =
      open.kind === "whole" && !open.orders.some(({ clientOrderId }) => ids.includes(clientOrderId ?? ""));
    if (isGone) return;
    if (waitedMs >= endMsMax) throw unconfirmed(ids, mode);
    await sleep(systemClock, askEveryMs, signal);
  }
}

function unknownAccount(account: string): KiwiError {
  return new KiwiError({
    code: "ACCOUNT_UNKNOWN",
    exit: "usage",
    message: `nothing is noted of the account ${account}`,
    why: "how its venue is reached was not kept, so that it cannot be asked",
    fix: "kiwi paper start ... (kiwi live start)   notes it; until then look at the venue itself",
    topic: "trading",
  });
}

function otherAccount(wanted: string, found: string): KiwiError {
  return new KiwiError({
    code: "ACCOUNT_DIFFERS",
    exit: "safety",
    message: `the keys are those of account ${found}, and not of ${wanted}`,
    why: "nothing is done on an account that nobody has named",
    fix: `set the keys of ${wanted}, or choose a session of ${found} with --session`,
    topic: "trading",
  });
}

function ordersUnknown(reason: string): KiwiError {
  return new KiwiError({
    code: "VENUE_SILENT",
    exit: "network",
    message: `the venue did not tell which orders work: ${reason}`,
    why: "from half a list nobody can tell what is not there",
    fix: "try again in a moment",
    topic: "trading",
  });
}

function notFound(id: string, mode: SessionNote["mode"]): KiwiError {
  return new KiwiError({
    code: "ORDER_NOT_FOUND",
    exit: "usage",
    message: `no order ${id} works on the account`,
    why: "it has ended, or is called otherwise",
    fix: `kiwi ${mode} orders   lists those that work`,
    topic: "trading",
  });
}

function tended(id: string, whose: string, mode: SessionNote["mode"]): KiwiError {
  return new KiwiError({
    code: "ORDER_TENDED",
    exit: "safety",
    message: `${id} is an order of ${whose}`,
    why: "what is taken from a robot that runs it sends again, and a stop would be missing meanwhile",
    fix: `kiwi ${mode} stop   ends the session first;   kiwi kill   cancels everything at once`,
    topic: "trading",
  });
}

function refused(id: string, reason: string): KiwiError {
  return new KiwiError({
    code: "CANCEL_REFUSED",
    exit: "safety",
    message: `the venue does not take ${id} off: ${reason}`,
    why: "it still works there, and may fill",
    fix: "cancel it at the venue by hand, or   kiwi kill   cancels everything again and again until it is gone",
    topic: "trading",
  });
}

function unconfirmed(ids: readonly string[], mode: SessionNote["mode"]): KiwiError {
  return new KiwiError({
    code: "CANCEL_UNCONFIRMED",
    exit: "safety",
    message: `the venue was asked to end ${ids.join(" ")} and has not done so within ${endMsMax / 1_000} s`,
    why: "it may still fill",
    fix: `kiwi ${mode} orders   shows whether it still works`,
    topic: "trading",
  });
}
