import { countText } from "./number-text.ts";
import type { ReportFunnel, ReportInput } from "./report-input.ts";

/** One line of the way from bars to trades: a stage that is reached, or a loss on the way to the next one. */
export type FunnelRow = {
  readonly label: string;
  readonly count: number;
  readonly kind: "stage" | "loss";
};

/**
 * The way from bars to trades, with everything that said no. Each stage is the stage before it without the losses
 * between them, down to the signals that were acted on; an order may be a stop or a target as well, and end in
 * several fills. Reasons come in the order of their counts.
 */
export function funnelRows({ funnel }: Pick<ReportInput, "funnel">): readonly FunnelRow[] {
  const { overruled, unsized, refused, ordersTrimmed, unfilled, marginCallFills } = funnel;
  return [
    stage("bars", funnel.bars),
    ...some(loss("inside a longer bar", funnel.bars - funnel.decisions)),
    stage("decisions", funnel.decisions),
    loss("warming up", funnel.warmingUp),
    loss("strategy silent", funnel.silent),
    stage("signals", funnel.signals),
    ...byCount(overruled).map(([reason, count]) => loss(`overruled by ${reason}`, count)),
    ...byCount(unsized).map(([reason, count]) => loss(reason, count)),
    loss("holding close enough", funnel.unchanged),
    ...byCount(refused).map(([reason, count]) => loss(`refused by ${reason}`, count)),
    stage("signals acted on", funnel.actedOn),
    stage("orders", funnel.orders),
    ...byCount(ordersTrimmed).map(([reason, count]) => loss(`of them made smaller by ${reason}`, count)),
    ...byCount(unfilled).map(([reason, count]) => loss(reason, count)),
    ...some(loss("waiting at the end", waitingOrders(funnel))),
    ...(funnel.ordersFilled === funnel.fills ? [] : [stage("orders filled", funnel.ordersFilled)]),
    stage(
      marginCallFills === 0 ? "fills" : `fills, ${countText(marginCallFills)} by margin call`,
      funnel.fills,
    ),
    stage("closed trades", funnel.trades),
  ];
}

/** Orders that neither filled nor ended. */
export function waitingOrders({ orders, ordersFilled, unfilled }: ReportFunnel): number {
  return orders - ordersFilled - countAll(unfilled);
}

/** Orders that were refused by a rule or rejected by the venue, by reason. */
export function orderCounts({ ordersRefused, unfilled }: ReportFunnel): ReadonlyMap<string, number> {
  const rejected = Object.entries(unfilled).filter(([reason]) => reason.startsWith("rejected: "));
  return new Map([...Object.entries(ordersRefused), ...rejected]);
}

/** Why a run has no closed trade, in one sentence: the first stage that nothing passed. */
export function funnelReason(funnel: ReportFunnel): string {
  const { decisions, warmingUp, signals, actedOn, orders, unfilled, fills } = funnel;
  if (decisions === 0) return "There was no bar to decide on.";
  if (warmingUp === decisions)
    return "Every bar went into warming up: the strategy needs more history than the data have.";
  if (signals === 0)
    return `The strategy never stated a target in ${countText(decisions - warmingUp)} decisions.`;
  if (actedOn === 0 && orders === 0) return noOrderReason(funnel);
  const [failure] = byCount(unfilled);
  if (fills === 0 && failure !== undefined)
    return `No order filled, most of them (${countText(failure[1])}) because ${failure[0]}.`;
  if (fills === 0) return "No order filled before the data ended.";
  return "A position was opened and never closed: it is in the equity, but it is no trade.";
}

/** What became of signals none of which led to an order: the most frequent fate. */
function noOrderReason({ signals, overruled, unsized, unchanged, refused }: ReportFunnel): string {
  const fates: readonly (readonly [string, number])[] = [
    ...byCount(refused).map(([reason, count]) => [`it was refused by ${reason}`, count] as const),
    ...byCount(unsized),
    ...byCount(overruled).map(([reason, count]) => [`it was overruled by ${reason}`, count] as const),
    ["the holding was close enough to the target", unchanged],
  ];
  const [reason, count] = fates.reduce((most, each) => (each[1] > most[1] ? each : most));
  if (count === 0) return "No signal led to an order.";
  return count === signals
    ? `No signal led to an order: ${reason}.`
    : `No signal led to an order, most of them (${countText(count)} of ${countText(signals)}) because ${reason}.`;
}

function byCount(counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(counts).toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

/** All of the counts together. */
export function countAll(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function stage(label: string, count: number): FunnelRow {
  return { label, count, kind: "stage" };
}

function loss(label: string, count: number): FunnelRow {
  return { label, count, kind: "loss" };
}

function some(row: FunnelRow): readonly FunnelRow[] {
  return row.count === 0 ? [] : [row];
}
