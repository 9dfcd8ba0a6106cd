import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { expectedBars } from "../../domain/calendar/expects-bars.ts";
import { benchmarkTitle } from "./benchmark-name.ts";
import { countAll, funnelReason, orderCounts } from "./funnel-rows.ts";
import { countText, moneyText, percentText, priceText } from "./number-text.ts";
import type { ReportFunnel, ReportInput } from "./report-input.ts";
import { dateText } from "./run-facts.ts";

/** Above this share of orders that were refused or rejected, a run is not the run that its strategy wanted. */
const refusedShareMax = 0.05;

/** What happened to a run that no metric says and nobody may overlook; `null` or empty where it did not. Dates are the market's. */
export type Incidents = {
  /** The account was worth nothing or less: for the first time at `timeMs`, and what it owes at the end. */
  readonly ruin: {
    readonly timeMs: number;
    readonly date: string;
    readonly owed: number;
    readonly byMarginCall: boolean;
  } | null;
  /** A breaker let nothing be opened from `timeMs` to the end of the run. */
  readonly halt: {
    readonly timeMs: number;
    readonly date: string;
    readonly rule: string;
    readonly reason: string;
    readonly value: number;
    readonly limit: number;
  } | null;
  /** More than one order in twenty was refused or rejected. */
  readonly refusals: {
    readonly count: number;
    readonly orders: number;
    readonly reason: string;
    readonly reasonCount: number;
  } | null;
  /** Symbols whose bars ended before the run did, with a position open. */
  readonly endedOpen: readonly {
    readonly symbol: string;
    readonly lastCloseMs: number;
    readonly date: string;
    readonly quantity: number;
  }[];
};

/** Looks through a run for what its numbers hide. */
export function incidentsOf(input: ReportInput): Incidents {
  return {
    ruin: ruinOf(input),
    halt: haltOf(input),
    refusals: refusalsOf(input),
    endedOpen: endedOpenOf(input),
  };
}

/** The incidents that a judgement has to name, one sentence each, gravest first; ruin is a headline of its own. */
export function incidentTexts(
  input: ReportInput,
  { halt, refusals, endedOpen }: Incidents,
): readonly string[] {
  const { benchmarkFunnel } = input;
  const texts: (string | false)[] = [
    halt !== null &&
      `It stopped trading on ${halt.date} by ${halt.rule}: ${halt.reason} ` +
        `(${priceText(Number(halt.value.toPrecision(3)))}, limit ${priceText(halt.limit)}). Until the end nothing was opened any more.`,
    refusals !== null &&
      `${countText(refusals.count)} of ${countText(refusals.orders)} orders ` +
        `(${percentText(refusals.count / refusals.orders)}) were refused or rejected, most of them ` +
        `(${countText(refusals.reasonCount)}) by ${refusals.reason}: this is not the run that the strategy wanted.`,
    ...endedOpen.map(
      ({ symbol, date }) =>
        `The data of ${symbol} ended on ${date} with a position open: ` +
        `from then on it is counted at its last price.`,
    ),
    benchmarkFunnel !== undefined && benchmarkFunnel.fills === 0 && nothingHeld(input, benchmarkFunnel),
  ];
  return texts.filter((text) => text !== false);
}

function nothingHeld(input: ReportInput, held: ReportFunnel): string {
  const { funnel } = input;
  const title = benchmarkTitle(input);
  const reason = funnelReason(held);
  if (funnel.fills === 0 && funnelReason(funnel) === reason)
    return `${title} stands at 0.00 % for the same reason.`;
  return `${title} stands at 0.00 % because it bought nothing. ${reason}`;
}

/** The first sentence about a ruined account. */
export function ruinText(
  input: ReportInput,
  { date, owed, byMarginCall }: NonNullable<Incidents["ruin"]>,
): string {
  const debt = owed >= 0.005 ? ` and owes ${moneyText(owed)} ${input.baseCurrency}` : "";
  const end = byMarginCall ? "a margin call closed it" : "nobody closed it";
  return `The account was ruined on ${date}${debt}: ${end}, and nothing after that counts.`;
}

function ruinOf(input: ReportInput): Incidents["ruin"] {
  const { log, funnel, metrics } = input;
  const row = log.equity.subarray(0, log.length).findIndex((value) => value <= 0);
  if (row < 0) return null;
  return {
    timeMs: log.timeMs[row]!,
    date: dateText(input, log.timeMs[row]!),
    owed: Math.max(0, -metrics.finalEquity),
    byMarginCall: funnel.marginCallFills > 0,
  };
}

/** The last alarm, where it was never cleared; it counts from the first of an unbroken row of alarms. */
function haltOf(input: ReportInput): Incidents["halt"] {
  const { events, length, timeMs } = input.log;
  let last = null;
  let firstMs = Number.NaN;
  for (let row = events.length - 1; row >= 0; row--) {
    const event = events.at(row);
    if (event.kind !== "alarm") continue;
    if (event.text === "clear") break;
    last ??= event;
    firstMs = event.timeMs;
  }
  // An alarm of the very last slice stopped nothing.
  if (last === null || firstMs >= timeMs[length - 1]!) return null;
  const [, rule = last.text, reason = ""] = /^([^:]*): \w+, (.*)$/.exec(last.text) ?? [];
  return {
    timeMs: firstMs,
    date: dateText(input, firstMs),
    rule,
    reason,
    value: last.first,
    limit: last.second,
  };
}

function refusalsOf({ funnel }: ReportInput): Incidents["refusals"] {
  const counts = orderCounts(funnel);
  const count = countAll(Object.fromEntries(counts));
  const orders = funnel.orders + countAll(funnel.ordersRefused);
  if (count <= refusedShareMax * orders) return null;
  const [reason, reasonCount] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most));
  return { count, orders, reason, reasonCount };
}

function endedOpenOf(input: ReportInput): Incidents["endedOpen"] {
  const { log, bars, instruments, calendarNames, openPositions } = input;
  const endMs = log.length === 0 ? -Infinity : log.timeMs[log.length - 1]!;
  return openPositions.flatMap(({ instrument, quantity }) => {
    const { closeTimeMs, length, timeframe } = bars[instrument]!;
    const lastCloseMs = closeTimeMs[length - 1]!;
    const calendar = calendarNamed(calendarNames[instrument]!);
    if (expectedBars(calendar, timeframe, lastCloseMs, endMs + 1) === 0) return [];
    const { symbol } = instruments[instrument]!;
    return [{ symbol, lastCloseMs, date: dateText(input, lastCloseMs, instrument), quantity }];
  });
}
