import type { OrderId } from "../domain/order.ts";
import type { AccountSnapshot } from "../ports/broker-connection.ts";
import type { TradingState } from "../ports/risk.ts";
import type { OrderDesk } from "./desk/order-desk.ts";
import type { EngineView } from "./engine/engine-view.ts";
import type { Reconciler } from "./reconciler.ts";
import type { RobotParts } from "./robot-parts.ts";
import type { OrderLine, PositionLine, RobotStatus } from "./robot-types.ts";

/** Why nothing is opened while a strategy does not run. */
export const strategyEnded = "the strategy was ended";

/** What trading may do: nothing is opened while nobody decides. */
export function underStrategy(ordered: TradingState, isUp: boolean): TradingState {
  return isUp || ordered.state === "halted" ? ordered : { state: "reducing", reason: strategyEnded };
}

/** What a robot knows of itself. */
type Known = Pick<
  RobotStatus,
  "phase" | "trading" | "sessionId" | "lastBarMs" | "lastTurnMs" | "counts" | "incidents"
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

/** Every order that is not over, with its names at the venue. */
function orderLines({ orders }: EngineView, desk: OrderDesk): readonly OrderLine[] {
  return orders.map((order) => {
    const tickets = desk.state.works.get(order.id as OrderId)?.tickets ?? [];
    return {
      ...order,
      clientOrderIds: tickets.map(({ clientOrderId }) => clientOrderId),
      quantity: order.isProtection ? (tickets.at(-1)?.request.quantity ?? 0) : order.quantity,
    };
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
