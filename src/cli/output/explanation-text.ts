import { moneyText, percentText, priceText } from "../../analysis/report/number-text.ts";
import type {
  Explanation,
  ExplainedOrder,
  ExplainedOutcome,
  ExplainedRule,
  ExplainedSizing,
} from "../../app/explain/explanation.ts";
import type { ExplainedPortfolio } from "../../app/explain/explained-portfolio.ts";
import { formatTime } from "../../base/time.ts";
import type { OrderTerms, Trail } from "../../domain/order.ts";
import { choiceSections } from "./choice-text.ts";
import { table } from "./table.ts";

/** Longer sources say less than the values do. */
const sourceLinesMax = 24;

/** Series values below this are shown in powers of ten. */
const tiny = 1e-9;

/** An explanation for people, from the bar to the fill. */
export function explanationText(where: string, explained: Explanation): string {
  const { symbol, timeframe, closeTimeMs, decidedMs } = explained;
  const late = decidedMs === closeTimeMs ? "" : `, decided on ${formatTime(decidedMs)}`;
  return [
    `${symbol}  ${timeframe}  bar closed ${formatTime(closeTimeMs)}${late}  (${where})`,
    "",
    ...numbered([
      barLines(explained),
      seriesLines(explained),
      ...(explained.choice === null ? [] : choiceSections(explained.choice)),
      ...(explained.portfolio === null ? [] : [portfolioLines(explained.portfolio)]),
      opinionLines(explained),
      sizingLines(explained),
      riskLines(explained),
      orderLines(explained),
    ]),
    "",
    `=> ${explained.verdict}`,
    ...sourceLines(explained),
  ].join("\n");
}

type Section = { readonly title: string; readonly lines: readonly string[] };

function numbered(sections: readonly Section[]): readonly string[] {
  return sections.flatMap(({ title, lines }, index) => [
    `${index + 1} ${title}`,
    ...lines.map((line) => `    ${line}`),
  ]);
}

function barLines({ bar, held, averagePrice, equity, earlier }: Explanation): Section {
  const prices = Object.entries(bar).map(([name, value]) => `${name} ${priceText(value)}`);
  return {
    title: "bar",
    lines: [
      prices.join("  "),
      `held ${held === 0 ? "nothing" : `${priceText(held)} at ${priceText(averagePrice)}`}, equity ${moneyText(equity)}`,
      ...earlier.map((outcome) => `on this bar an earlier order was ${outcomeText(outcome)}`),
    ],
  };
}

function seriesLines({ series, warmup, wakeOn }: Explanation): Section {
  const rows = series.map(({ name, now, prev, expression }) => [
    name,
    valueText(now),
    valueText(prev),
    expression,
  ]);
  const columns = [
    { title: "series" },
    { title: "now", align: "right" },
    { title: "before", align: "right" },
    { title: "is" },
  ] as const;
  return {
    title: `series   (warm-up ${warmup.isOver ? "is over" : "is not over"}: it takes ${warmup.need})`,
    lines: [
      ...table(columns, rows).split("\n"),
      ...(wakeOn === null ? [] : [`the strategy is asked only where ${wakeOn} is a number other than 0`]),
    ],
  };
}

function portfolioLines({ schedule, isDecided, members, isMember, places }: ExplainedPortfolio): Section {
  if (!isDecided) return { title: `portfolio   schedule ${schedule}: no decision on this bar`, lines: [] };
  const title = `portfolio   schedule ${schedule}: decided here, among ${members} members`;
  if (!isMember) return { title: `${title}; this symbol is none`, lines: [] };
  return {
    title,
    lines: places.map(({ series, place, of }) => `${series}: place ${place} of ${of}, the highest first`),
  };
}

function opinionLines({ opinion, signal }: Explanation): Section {
  if (signal === null)
    return { title: `strategy   ${opinion === "silent" ? "said nothing" : opinion}`, lines: [] };
  const { weight, reason, entry, protection } = signal;
  const levels = [
    entry.kind === "market" ? null : `enter by ${entry.kind} at ${priceText(entry.price)}`,
    protection.stopPrice === undefined ? null : `stop ${priceText(protection.stopPrice)}`,
    protection.takeProfitPrice === undefined ? null : `target ${priceText(protection.takeProfitPrice)}`,
    protection.trail === undefined ? null : `stop trailing ${trailText(protection.trail)}`,
  ].filter((level) => level !== null);
  return {
    title: "strategy",
    lines: [`wants ${weight} because: ${reason}`, ...(levels.length === 0 ? [] : [levels.join(", ")])],
  };
}

function sizingLines({ sizing }: Explanation): Section {
  if (sizing === null) return { title: "size   not reached", lines: [] };
  const { sizer, weight, equityWeight, equity, price, unitValue, costRate, lotSize, quantity } = sizing;
  if (sizing.isTogether) return togetherLines(sizing);
  const converted = unitValue === price ? "" : `, one unit is worth ${priceText(unitValue)}`;
  return {
    title: `size   by ${sizer}`,
    lines: [
      `weight ${weight} becomes ${percentText(equityWeight)} of equity ${moneyText(equity)}`,
      `price ${priceText(price)}${converted}, costs set aside ${percentText(costRate)}`,
      `${percentText(Math.abs(equityWeight))} x ${moneyText(equity)} / (${priceText(unitValue)} x ${1 + costRate}) = ${priceText((Math.abs(equityWeight) * equity) / (unitValue * (1 + costRate)))}, in lots of ${lotSize}: ${priceText(quantity)}`,
    ],
  };
}

function togetherLines({
  sizer,
  weight,
  equityWeight,
  equity,
  unitValue,
  lotSize,
  quantity,
}: ExplainedSizing): Section {
  const exact = (equityWeight * equity) / unitValue;
  return {
    title: `size   ${sizer}`,
    lines: [
      `weight ${weight} becomes ${percentText(equityWeight)} of equity ${moneyText(equity)}: all targets, what is kept and the costs fit the account`,
      `${percentText(equityWeight)} x ${moneyText(equity)} / ${priceText(unitValue)} = ${priceText(exact)}, in lots of ${lotSize}: ${priceText(quantity)}`,
    ],
  };
}

function riskLines({ rules, alarm }: Explanation): Section {
  const lines = rules.map(ruleText);
  if (alarm !== null) lines.unshift(`ALARM ${alarm.rule}: ${alarm.kind}, ${alarm.reason}`);
  return lines.length === 0 ? { title: "risk   no rule was asked", lines } : { title: "risk", lines };
}

function ruleText({ rule, options, pass, reason, limit, value }: ExplainedRule): string {
  const given = Object.entries(options).map(([name, option]) => `${name} ${String(option)}`);
  if (pass) return `pass    ${rule}  ${given.join(", ")}`;
  return `REFUSE  ${rule}  ${reason}: ${value} against a limit of ${limit}`;
}

function orderLines({ orders }: Explanation): Section {
  if (orders.length === 0) return { title: "order   none", lines: [] };
  return { title: "order", lines: orders.flatMap(orderText) };
}

function orderText({ side, quantity, terms, reason, outcome }: ExplainedOrder): readonly string[] {
  return [
    `${side} ${priceText(quantity)} ${termsText(terms)}  (${reason})`,
    ...(outcome.length === 0
      ? ["  still working when the data ended, or for very long"]
      : outcome.map((one) => `  ${outcomeText(one)}`)),
  ];
}

function outcomeText({ kind, timeMs, quantity, price, cost, reason }: ExplainedOutcome): string {
  const fill =
    price === null ? "" : ` ${priceText(quantity)} at ${priceText(price)}, costs ${moneyText(cost)}`;
  return `${kind} ${formatTime(timeMs)}${fill}${reason === null ? "" : `: ${reason}`}`;
}

function termsText(terms: OrderTerms): string {
  const { type, ...levels } = terms;
  const texts = Object.entries(levels).map(([name, level]) => {
    if (typeof level !== "number") return trailText(level);
    return `${name === "limitPrice" ? "at" : name === "stopPrice" ? "from" : "when"} ${priceText(level)}`;
  });
  return [type.replaceAll("_", " "), ...texts].join(" ");
}

function trailText(trail: Trail): string {
  return trail.kind === "amount"
    ? `${priceText(trail.amount)} behind`
    : `${percentText(trail.fraction)} behind`;
}

/** A price needs all its digits; a probability of 0.0000000000000000001 does not. */
function valueText(value: number | null): string {
  if (value === null) return "n/a";
  const isTiny = value !== 0 && Math.abs(value) < tiny;
  return isTiny ? value.toExponential(2) : priceText(value);
}

/** What the strategy does with a bar, where it said nothing and the reason can only be read. */
function sourceLines({ opinion, source, choice }: Explanation): readonly string[] {
  const lines = source.split("\n");
  // A choice among strategies has no rule of its own: everything that it looked at stands above.
  if (choice !== null || opinion !== "silent" || lines.length > sourceLinesMax) return [];
  return ["", "the strategy's rule:", ...lines.map((line) => `    ${line}`)];
}
