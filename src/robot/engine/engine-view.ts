import type { InstrumentIndex } from "../../domain/instrument.ts";
import { statusOf } from "../../engine/execution/order-tracker.ts";
import type { Standing } from "../../engine/execution/standing.ts";
import type { Session } from "../../engine/session.ts";
import type { ExplainedDifference } from "../comparison/comparison.ts";
import type { OrderLine, PositionLine, RobotStatus } from "../robot-types.ts";
import { heldValueAtRisk } from "./held-value-at-risk.ts";
import { RecentLines, type DecisionLine, type FillLine } from "./recent-lines.ts";

/** A session as plain data: all that anybody outside of its thread knows of it. Money in base currency. */
export type EngineView = {
  readonly equity: number;
  readonly cash: number;
  readonly decisionsHash: string;
  /** Whether nothing waits for its time to be sent again. */
  readonly isSettled: boolean;
  /** Orders that our own limits refused, and those they let through in part. */
  readonly heldBack: RobotStatus["heldBack"];
  /** By instrument. */
  readonly symbols: readonly SymbolView[];
  /** Orders that are not over, without what only the desk knows. */
  readonly orders: readonly Omit<OrderLine, "clientOrderIds">[];
  readonly lastDecision: RobotStatus["lastDecision"];
  /** What is held or has made something; `share` is of nothing yet. */
  readonly positions: readonly Omit<HeldPosition, "share">[];
  /** The largest |position value|. */
  readonly largestExposure: number;
  /** Value at risk of what is held as a share of equity; null while nobody can say. */
  readonly valueAtRisk: number | null;
  readonly decisions: readonly DecisionLine[];
  readonly fills: readonly FillLine[];
  /** Beside its backtest, as of a moment ago; null where none runs beside it. */
  readonly comparison: ExplainedDifference | null;
};

/** Whether an engine decides: it runs, runs without asking its strategy, has owed an answer for long, or is gone. */
export type EngineState = "up" | "muted" | "silent" | "ended";

/** One holding in money. */
export type HeldPosition = {
  readonly symbol: string;
  readonly quantity: number;
  readonly value: number;
  /** Of equity, signed. */
  readonly share: number;
  readonly unrealizedPnl: number;
  /** Since the session began, fees not taken off. */
  readonly realizedPnl: number;
};

/** One instrument of a view. */
export type SymbolView = Omit<PositionLine, "blocked"> & {
  readonly hasTarget: boolean;
  /** Whether what is held, if anything is, should never be without a stop, or is being left for it could not have one. */
  readonly wantsStop: boolean;
};

/** Looks at a session, whose last lines are read by `lines`. */
export function viewOf(session: Session, lines: RecentLines): EngineView {
  const { portfolio, targets, recorder } = session;
  const positions = positionsOf(session);
  return {
    equity: portfolio.equity,
    cash: portfolio.cash,
    decisionsHash: recorder.log.hash(),
    isSettled: targets.isSettled,
    heldBack: { refused: recorder.ordersRefused, trimmed: recorder.ordersTrimmed },
    symbols: symbolsOf(session),
    orders: ordersOf(session),
    lastDecision: lastDecision(session),
    positions,
    largestExposure: positions.reduce((largest, { value }) => Math.max(largest, Math.abs(value)), 0),
    valueAtRisk: heldValueAtRisk(session) ?? null,
    ...lines.read(),
    comparison: null,
  };
}

/** The instruments of a session. */
export function symbolsOf({ portfolio, targets, pipeline }: Session): readonly SymbolView[] {
  const { ledger } = portfolio;
  return pipeline.instruments.map(({ index, symbol }) => {
    const quantity = ledger.quantity[index]!;
    const standing = targets.of(index);
    const [averagePrice, lastPrice] = [ledger.averagePrice[index]!, ledger.lastPrice[index]!];
    const profit = (): number =>
      portfolio.unitValue(index, lastPrice) - portfolio.unitValue(index, averagePrice);
    return {
      symbol,
      quantity,
      averagePrice,
      lastPrice,
      unrealizedPnl: quantity === 0 ? 0 : quantity * profit(),
      wanted: standing?.quantity ?? 0,
      reason: standing?.target.reason ?? "",
      hasTarget: standing !== null,
      wantsStop: standing !== null && wantsStop(standing),
    };
  });
}

function wantsStop({ protection: { stopPrice, trail }, isLeaving }: Standing): boolean {
  return isLeaving || stopPrice !== undefined || trail !== undefined;
}

function ordersOf({ pipeline, orders }: Session): EngineView["orders"] {
  return pipeline.instruments.flatMap(({ index, symbol }) =>
    orders.open(index).map((tracked) => {
      const { id, side, quantity, terms, closePosition, reason, requestedMs } = tracked.request;
      return {
        id,
        symbol,
        side,
        quantity,
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

function positionsOf({ portfolio, pipeline }: Session): EngineView["positions"] {
  return pipeline.instruments.flatMap(({ index, symbol }) => {
    const { quantity, lastPrice, averagePrice, realizedPnl } = portfolio.position(index as InstrumentIndex);
    if (quantity === 0 && realizedPnl === 0) return [];
    const value = quantity === 0 ? 0 : quantity * portfolio.unitValue(index, lastPrice);
    const paid = quantity === 0 ? 0 : quantity * portfolio.unitValue(index, averagePrice);
    return [{ symbol, quantity, value, unrealizedPnl: value - paid, realizedPnl }];
  });
}

/** The decision that was taken last, of all symbols. */
function lastDecision({ pipeline, targets }: Session): RobotStatus["lastDecision"] {
  let last: RobotStatus["lastDecision"] = null;
  for (const { index, symbol } of pipeline.instruments) {
    const standing = targets.of(index as InstrumentIndex);
    if (standing === null || (last !== null && last.timeMs >= standing.decidedMs)) continue;
    const { decidedMs, target } = standing;
    last = { timeMs: decidedMs, symbol, wanted: target.quantity, reason: target.reason };
  }
  return last;
}
