import type { DecisionEvent } from "../../engine/decision-log/event-table.ts";
import type { Signal } from "../../domain/target.ts";
import type { Explanation } from "./explanation.ts";
import type { SentOrder } from "./orders-of.ts";

type Facts = Pick<Explanation, "opinion" | "sizing" | "rules" | "alarm" | "held" | "portfolio"> & {
  readonly signal: Signal | null;
  readonly orders: readonly SentOrder[];
  readonly isBeforeRange: boolean;
  /** The event of an order that a limit made smaller; null where none did. */
  readonly trim: DecisionEvent | null;
};

/** In one sentence: what came of a bar, and which gate said no. */
export function verdictOn({
  opinion,
  signal,
  sizing,
  rules,
  alarm,
  held,
  orders,
  isBeforeRange,
  portfolio,
  trim,
}: Facts): string {
  if (orders.length > 0) {
    const sent = `${orders.length === 1 ? "an order was" : `${orders.length} orders were`} sent`;
    return trim === null ? sent : `${sent}: ${trimText(trim, (sizing?.quantity ?? 0) - held)}`;
  }
  if (opinion === "warming up") return "no order: the indicators had not seen enough bars yet (warm-up)";
  if (isBeforeRange) return "no order: the bar lies before --from and only warms up";
  if (alarm !== null) return `no order: the risk rule ${alarm.rule} had stopped trading (${alarm.reason})`;
  if (portfolio?.isDecided === false)
    return `no order: this is no day of decision of a portfolio whose schedule is ${portfolio.schedule}`;
  if (portfolio?.isMember === false) return "no order: the symbol was no member of the portfolio then";
  if (opinion === "silent" || signal === null)
    return "no order: the strategy said nothing on this bar; its values stand above";
  const refused = rules.find(({ pass }) => !pass);
  if (refused !== undefined)
    return `no order: the risk rule ${refused.rule} refused it (${refused.reason}; ${refused.value} against a limit of ${refused.limit})`;
  const wanted = sizing?.quantity ?? 0;
  if (wanted === 0 && held === 0)
    return signal.weight === 0
      ? "no order: flat was wanted, and nothing was held"
      : "no order: the quantity came out as zero";
  return "no order: what was held, or on its way, is close enough to what was wanted (execution.rebalanceBand)";
}

/** What passed of what was wanted, and why not more. */
function trimText({ first, second, third, fourth, text }: DecisionEvent, wanted: number): string {
  const part = `${Math.abs(third)} of ${Math.abs(wanted)}`;
  const measure = `${Number(first.toPrecision(3))} against a limit of ${Number(second.toPrecision(3))}`;
  return fourth > 1
    ? `${part}, because ${fourth} targets of this close share what there is room for (${text}; whole they are ${measure})`
    : `${part} (${text}; ${measure})`;
}
