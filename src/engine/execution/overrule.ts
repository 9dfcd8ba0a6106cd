import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Target } from "../../domain/target.ts";
import type { Session } from "../session.ts";

/** What is left of a decision when a breaker has tripped or a symbol ends. */
export function overrule(session: Session, targets: readonly Target[], timeMs: number): readonly Target[] {
  const { alarm } = session.risk;
  if (alarm.kind === "flatten") return closeAll(session, alarm.reason, () => true);
  if (timeMs < session.firstEndMs) return targets;
  const isOver = (index: number) => timeMs >= session.endMs[index]!;
  return [
    ...targets.filter(({ instrument }) => !isOver(instrument)),
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
