import type { ReportFunnel } from "../../analysis/report/report-input.ts";
import { priceText } from "../../analysis/report/number-text.ts";
import type { TooSmall } from "../../engine/decision-log/signal-fates.ts";
import type { Session } from "../../engine/session.ts";
import { lastCrumbs } from "../../venue/fill-order.ts";
import type { Ground } from "../session/backtest-setup.ts";

/** Counts what became of every bar of a session: the rows add up from one stage to the next. */
export function funnelOf(
  session: Session,
  { bars, instruments }: Pick<Ground, "bars" | "instruments">,
  baseCurrency: string,
): ReportFunnel {
  const { recorder, portfolio } = session;
  const { fates, log } = recorder;
  const { events } = log;
  const unfilled = new Map<string, number>();
  // But for the last crumbs, these filled.
  const nearlyFilled = events.countsOf("canceled").get(lastCrumbs) ?? 0;
  for (const kind of ["canceled", "rejected", "expired"] as const) {
    for (const [reason, count] of events.countsOf(kind))
      if (reason !== lastCrumbs) unfilled.set(`${kind}: ${reason}`, count);
  }
  return {
    bars: bars.reduce((sum, table) => sum + table.length, 0),
    decisions: recorder.warmingUp + recorder.silent + recorder.signals,
    warmingUp: recorder.warmingUp,
    silent: recorder.silent,
    signals: recorder.signals,
    overruled: Object.fromEntries(fates.overruled),
    unsized: unsizedOf(session, instruments, baseCurrency),
    unchanged: fates.unchanged,
    refused: Object.fromEntries(fates.refused),
    actedOn: fates.actedOn,
    orders: recorder.ordersSent,
    ordersFilled: recorder.ordersFilled + nearlyFilled,
    ordersRefused: Object.fromEntries(events.countsOf("refused")),
    ordersTrimmed: Object.fromEntries(events.countsOf("trimmed")),
    unfilled: Object.fromEntries(unfilled),
    fills: events.count("fill"),
    marginCallFills: recorder.marginCallFills,
    assumedFills: recorder.assumedFills,
    trades: portfolio.trades.closed.length,
  };
}

/** Signals that became no size, by reason. */
function unsizedOf(
  { recorder, pipeline }: Session,
  instruments: Ground["instruments"],
  baseCurrency: string,
): Readonly<Record<string, number>> {
  const { unsized, tooSmall, firstTooSmall } = recorder.fates;
  const reasons = [...(pipeline.sizer.refusals?.keys() ?? [])];
  const bySizer = reasons.length === 0 ? "the sizer gave no share of the money" : reasons.join(" or ");
  return {
    ...(unsized === 0 ? {} : { [bySizer]: unsized }),
    ...(firstTooSmall === null ? {} : { [lotText(firstTooSmall, instruments, baseCurrency)]: tooSmall }),
  };
}

/** Names the price of one lot, at the first signal that could not pay it. */
function lotText(
  { instrument, unitValue, equity }: TooSmall,
  instruments: Ground["instruments"],
  currency: string,
): string {
  const { lotSize, symbol } = instruments[instrument]!;
  const cost = lotSize * unitValue;
  const money = equity < cost ? "the money" : "the share of the money";
  const of = instruments.length === 1 ? "" : ` ${symbol}`;
  return `${money} does not buy one lot (${priceText(lotSize)}${of} = ${priceText(cost)} ${currency})`;
}
