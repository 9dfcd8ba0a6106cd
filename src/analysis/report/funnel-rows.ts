import { countText } from "./number-text.ts";
import type { ReportFunnel, ReportInput } from "./report-input.ts";

/** One line of the way from bars to trades: a stage that is reached, or a loss on the way to the next one. */
export type FunnelRow = {
  readonly label: string;
  readonly count: number;
  readonly kind: "stage" | "loss";
};

/** The way from bars to trades, with everything that said no. Reasons come in the order of their counts. */
export function funnelRows({ bars, funnel }: ReportInput): readonly FunnelRow[] {
  return [
    stage(
      "bars",
      bars.reduce((sum, table) => sum + table.length, 0),
    ),
    stage("decisions", funnel.decisions),
    loss("warming up", funnel.warmingUp),
    loss("strategy silent", funnel.silent),
    stage("signals", funnel.signals),
    loss("holding close enough", funnel.unchanged),
    ...byCount(funnel.refused).map(([reason, count]) => loss(`refused by ${reason}`, count)),
    stage("orders", funnel.orders),
    ...byCount(funnel.unfilled).map(([reason, count]) => loss(reason, count)),
    stage("fills", funnel.fills),
    stage("closed trades", funnel.trades),
  ];
}

/** Why a run has no closed trade, in one sentence: the first stage that nothing passed. */
export function zeroTradesReason(funnel: ReportFunnel): string {
  const { decisions, warmingUp, signals, refused, unchanged, orders, unfilled, fills } = funnel;
  if (decisions === 0) return "There was no bar to decide on.";
  if (warmingUp === decisions)
    return "Every bar went into warming up: the strategy needs more history than the data have.";
  if (signals === 0)
    return `The strategy never stated a target in ${countText(decisions - warmingUp)} decisions.`;
  const [refusal] = byCount(refused);
  if (orders === 0 && refusal !== undefined)
    return `Every order was refused, most of them (${countText(refusal[1])}) by ${refusal[0]}.`;
  if (orders === 0 && unchanged > 0) return "No signal changed a holding by enough to trade.";
  if (orders === 0) return "No signal led to an order.";
  const [failure] = byCount(unfilled);
  if (fills === 0 && failure !== undefined)
    return `No order filled, most of them (${countText(failure[1])}) because ${failure[0]}.`;
  if (fills === 0) return "No order filled before the data ended.";
  return "A position was opened and never closed: it is in the equity, but it is no trade.";
}

function byCount(counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(counts).toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function stage(label: string, count: number): FunnelRow {
  return { label, count, kind: "stage" };
}

function loss(label: string, count: number): FunnelRow {
  return { label, count, kind: "loss" };
}
