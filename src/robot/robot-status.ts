import type { InstrumentIndex } from "../domain/instrument.ts";
import type { Session } from "../engine/session.ts";
import { statusOf } from "../engine/execution/order-tracker.ts";
import type { OrderDesk } from "./desk/order-desk.ts";
import type { OrderLine, PositionLine, RobotStatus } from "./robot-types.ts";

/** Every order that is not over. */
export function orderLines(session: Session, desk: OrderDesk): readonly OrderLine[] {
  const { instruments } = session.pipeline;
  return instruments.flatMap(({ index, symbol }) =>
    session.orders.open(index).map((tracked): OrderLine => {
      const { id, side, quantity, terms, closePosition, reason, requestedMs } = tracked.request;
      const tickets = desk.state.works.get(id)?.tickets ?? [];
      return {
        id,
        clientOrderIds: tickets.map(({ clientOrderId }) => clientOrderId),
        symbol,
        side,
        quantity: closePosition ? (tickets.at(-1)?.request.quantity ?? 0) : quantity,
        filledQuantity: tracked.filledQuantity,
        terms,
        status: statusOf(tracked),
        isProtection: closePosition,
        reason,
        requestedMs,
      };
    }),
  );
}

/** What is held or wanted, symbol by symbol. */
export function positionLines(session: Session, desk: OrderDesk): readonly PositionLine[] {
  const { portfolio } = session;
  const { ledger } = portfolio;
  return session.pipeline.instruments.flatMap(({ index, symbol }) => {
    const quantity = ledger.quantity[index]!;
    const standing = session.targets.of(index);
    const blocked = desk.state.blocked[index]!;
    if (quantity === 0 && standing === null && blocked === null) return [];
    const [averagePrice, lastPrice] = [ledger.averagePrice[index]!, ledger.lastPrice[index]!];
    const profit = (): number =>
      portfolio.unitValue(index, lastPrice) - portfolio.unitValue(index, averagePrice);
    return [
      {
        symbol,
        quantity,
        averagePrice,
        lastPrice,
        unrealizedPnl: quantity === 0 ? 0 : quantity * profit(),
        wanted: standing?.quantity ?? 0,
        reason: standing?.target.reason ?? "",
        blocked,
      },
    ];
  });
}

/** The decision that was taken last, of all symbols. */
export function lastDecision({ pipeline, targets }: Session): RobotStatus["lastDecision"] {
  let last: RobotStatus["lastDecision"] = null;
  for (const { index, symbol } of pipeline.instruments) {
    const standing = targets.of(index as InstrumentIndex);
    if (standing === null || (last !== null && last.timeMs >= standing.decidedMs)) continue;
    const { decidedMs, target } = standing;
    last = { timeMs: decidedMs, symbol, wanted: target.quantity, reason: target.reason };
  }
  return last;
}
