import type { OrderId } from "../domain/order.ts";
import type { AccountSnapshot } from "../ports/broker-connection.ts";
import type { TradingState } from "../ports/risk.ts";
import type { OrderDesk } from "./desk/order-desk.ts";
import { howToCancel, orderText } from "./desk/strangers.ts";
import type { EngineState, EngineView } from "./engine/engine-view.ts";
import type { Reconciler } from "./reconciler.ts";
import type { HoldingRecord } from "./open-session.ts";
import type { RobotParts } from "./robot-parts.ts";
import type { Incident, OrderLine, PositionLine, RobotStatus, StrangerLine } from "./robot-types.ts";

/** Why nothing is opened while a strategy does not run. */
export const strategyEnded = "the strategy was ended";

/** Why, while it runs and has not answered for long. */
export const strategySilent = "the strategy has not answered for a while";

/** Why, while its engine goes on without asking it. */
export const strategyMuted = "the strategy is muted";

const reasons = { ended: strategyEnded, silent: strategySilent, muted: strategyMuted } as const;

/** What trading may do: nothing is opened while nobody decides. */
export function underStrategy(ordered: TradingState, state: EngineState): TradingState {
  return state === "up" || ordered.state === "halted"
    ? ordered
    : { state: "reducing", reason: reasons[state] };
}

/** What a robot says when it has lived through its journal. */
export function recovered(sessionId: string, living: number): Omit<Incident, "atMs"> {
  const message = `the session ${sessionId} goes on, with ${living} order${living === 1 ? "" : "s"} at the venue`;
  return { kind: "recovered", gravity: "notice", symbol: null, message };
}

/** Of a new session on an account that holds something; null where it holds nothing. */
export function tookOver(holdings: readonly HoldingRecord[]): Omit<Incident, "atMs"> | null {
  const held = holdings
    .filter(({ quantity }) => quantity !== 0)
    .map(({ quantity, symbol, averagePrice }) => `${quantity} ${symbol} at ${averagePrice}`);
  const message = `the session begins with what the account holds: ${held.join(", ")}`;
  return held.length === 0 ? null : { kind: "recovered", gravity: "notice", symbol: null, message };
}

/** What a robot knows of itself. */
type Known = Pick<
  RobotStatus,
  "phase" | "trading" | "sessionId" | "lastBarMs" | "lastTurnMs" | "answerOwedMs" | "counts" | "incidents"
> & {
  /** Null before there is an engine. */
  readonly view: EngineView | null;
  readonly desk: OrderDesk | null;
  readonly account: Reconciler["lastAccount"];
};

/** The robot as plain data. */
export function robotStatus(
  { connection, clock }: RobotParts,
  { view, desk, account, ...known }: Known,
): RobotStatus {
  return {
    ...known,
    atMs: clock.nowMs(),
    accountName: connection.accountName,
    line: connection.line,
    positions: view === null ? [] : positionLines(view, desk!),
    orders: view === null ? [] : orderLines(view, desk!),
    strangers: desk === null ? [] : strangerLines(desk),
    unanswered: desk?.livingTickets().filter(({ phase }) => phase === "sent").length ?? 0,
    equity: view?.equity ?? Number.NaN,
    cash: view?.cash ?? Number.NaN,
    venueEquity: account === null ? null : { equity: account.snapshot.equity, atMs: account.atMs },
    venueMoney: account === null ? null : moneyOf(account.snapshot),
    lastFillMs: desk?.state.lastFillMs ?? Number.NaN,
    lastDecision: view?.lastDecision ?? null,
    decisionsHash: view?.decisionsHash ?? "",
    heldBack: view?.heldBack ?? { refused: 0, trimmed: 0 },
  };
}

function moneyOf({
  cash,
  currency,
  equity,
  venueTimeMs,
  positions,
}: AccountSnapshot): RobotStatus["venueMoney"] {
  const money = cash.get(currency);
  if (money === undefined) return null;
  const held = Object.fromEntries([...positions].map(([symbol, { quantity }]) => [symbol, quantity]));
  return { cash: money, equity, venueTimeMs, held };
}

/** Every order that is not over, with its names at the venue. The desk knows it before a strategy that thinks does. */
function orderLines({ orders }: EngineView, desk: OrderDesk): readonly OrderLine[] {
  return orders.flatMap((order) => {
    const work = desk.state.works.get(order.id as OrderId);
    if (work?.isOver === true) return [];
    const tickets = work?.tickets ?? [];
    const line = {
      ...order,
      filledQuantity: Math.max(order.filledQuantity, work?.filled ?? 0),
      clientOrderIds: tickets.map(({ clientOrderId }) => clientOrderId),
      quantity: order.isProtection ? (tickets.at(-1)?.request.quantity ?? 0) : order.quantity,
    };
    return [line];
  });
}

/** Orders of others that work in symbols of the session. */
function strangerLines({ state }: OrderDesk): readonly StrangerLine[] {
  return Array.from(state.strangers.values(), ({ order, earlierSession, sinceMs }) => {
    const { symbol, clientOrderId } = order;
    const fix = howToCancel(clientOrderId);
    return { symbol, clientOrderId, order: orderText(order), earlierSession, sinceMs, fix };
  });
}

/** What is held or wanted, symbol by symbol. */
function positionLines({ symbols }: EngineView, desk: OrderDesk): readonly PositionLine[] {
  return symbols.flatMap((view, index) => {
    const { hasTarget, wantsStop: _, ...line } = view;
    const blocked = desk.state.blocked[index]!;
    return line.quantity === 0 && !hasTarget && blocked === null ? [] : [{ ...line, blocked }];
  });
}
