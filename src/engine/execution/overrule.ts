import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Target } from "../../domain/target.ts";
import type { Decision } from "../pipeline.ts";
import type { Session } from "../session.ts";

/** What is left of a decision when a breaker has tripped, a symbol is delisted, or its run ends. */
export function overrule(session: Session, decision: Decision, timeMs: number): readonly Target[] {
  const { alarm } = session.risk;
  if (alarm.kind === "flatten") return closeAll(session, alarm.reason, () => true);
  if (timeMs < session.firstEndMs && decision.gone.length === 0) return decision.targets;
  return closeSome(session, decision, timeMs);
}

/** Apart from the usual way, which comes by at every step: what closures see is an object, made on entry. */
function closeSome(session: Session, { targets, gone }: Decision, timeMs: number): readonly Target[] {
  const isGone = (index: number) => gone.includes(index as InstrumentIndex);
  const isOver = (index: number) => timeMs >= session.endMs[index]! && !isGone(index);
  return [
    ...closeAll(session, "delisted", isGone),
    ...targets.filter(({ instrument }) => !isOver(instrument) && !isGone(instrument)),
    ...closeAll(session, "end of run", isOver),
  ];
}

/** Targets that close what is held and withdraw what is on its way. */
function closeAll(
  { portfolio, orders, targets }: Session,
  reason: string,
  applies: (index: number) => boolean,
): readonly Target[] {
  const indices = new Set<number>([...portfolio.ledger.held, ...orders.instrumentsWithOrders()]);
  const isOpen = (index: number) => targets.of(index as InstrumentIndex)?.quantity !== 0;
  return [...indices]
    .filter((index) => applies(index) && isOpen(index))
    .map((index) => ({
      instrument: index as InstrumentIndex,
      weight: 0,
      reason,
      entry: { kind: "market" },
      protection: {},
      quantity: 0,
      equityWeight: 0,
    }));
}
