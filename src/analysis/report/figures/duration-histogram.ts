import { dayMs, formatDuration, hourMs, minuteMs } from "../../../base/time.ts";
import type { Trade } from "../../../domain/trade.ts";
import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { countText, percentText } from "../number-text.ts";
import type { MetricsReport } from "../../metrics/metrics-report.ts";

/** Upper ends of the classes: a trade may last a minute or a year, so their widths grow. */
const classes: readonly (readonly [string, number])[] = [
  ["5 min", 5 * minuteMs],
  ["1 h", hourMs],
  ["4 h", 4 * hourMs],
  ["12 h", 12 * hourMs],
  ["1 d", dayMs],
  ["3 d", 3 * dayMs],
  ["1 w", 7 * dayMs],
  ["2 w", 14 * dayMs],
  ["1 mo", 30 * dayMs],
  ["3 mo", 91 * dayMs],
  ["1 y", 365 * dayMs],
  ["more", Infinity],
];

type DurationClass = { readonly name: string; readonly won: number; readonly lost: number };

/** How long trades lasted, won and lost. */
export function durationHistogram(trades: readonly Trade[], metrics: MetricsReport): FigureParts {
  const counted = countClasses(trades);
  const most = Math.max(...counted.map(({ won, lost }) => won + lost));
  return {
    id: "figure-duration",
    title: "How long a trade lasted",
    summary: `Durations of ${countText(trades.length)} trades, median ${formatDuration(metrics.medianDurationMs ?? Number.NaN)}.`,
    caption:
      "From first entry to last exit; each class ends at its label. Filled: trades that won; hollow: trades that did not.",
    stills: xyStills(
      "half",
      300,
      {
        label: "lasted up to",
        low: 0,
        high: counted.length,
        unit: "ratio",
        names: counted.map(({ name }, k) => ({ at: k + 0.5, text: name })),
      },
      { label: "trades", low: 0, high: most * 1.08, unit: "ratio" },
      (x, y) => counted.map((each, k) => barsOf(each, k, x, y)).join(""),
    ),
    twin: {
      caption: "Trades by duration",
      columns: [
        { label: "Up to" },
        { label: "Won", isNumber: true },
        { label: "Not won", isNumber: true },
        { label: "Win rate", isNumber: true },
      ],
      rows: counted.map(({ name, won, lost }) => [
        name,
        countText(won),
        countText(lost),
        percentText(won + lost === 0 ? null : won / (won + lost)),
      ]),
    },
    csv: {
      fileName: "trade-durations.csv",
      header: ["up_to", "won", "not_won"],
      rows: counted.map(({ name, won, lost }) => [name, won, lost]),
    },
  };
}

/** From the shortest class with a trade to the longest one. */
function countClasses(trades: readonly Trade[]): readonly DurationClass[] {
  const counted = classes.map(([name, endMs], k) => {
    const startMs = k === 0 ? -Infinity : classes[k - 1]![1];
    const members = trades.filter(({ entryTimeMs, exitTimeMs }) => {
      const spanMs = exitTimeMs - entryTimeMs;
      return spanMs > startMs && spanMs <= endMs;
    });
    const won = members.filter((trade) => trade.pnl > 0).length;
    return { name, won, lost: members.length - won };
  });
  const isUsed = ({ won, lost }: DurationClass) => won + lost > 0;
  return counted.slice(counted.findIndex(isUsed), counted.findLastIndex(isUsed) + 1);
}

function barsOf(
  { name, won, lost }: DurationClass,
  k: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const [left, right] = [pixel(x(k + 0.16)), pixel(x(k + 0.84))];
  const bar = (look: string, from: number, to: number) =>
    from === to
      ? ""
      : `<path class="bar ${look}" d="M${left} ${pixel(y(from))}V${pixel(y(to))}H${right}V${pixel(y(from))}Z"><title>${name}: ${countText(to - from)} ${look}</title></path>`;
  return bar("won", 0, won) + bar("lost", won, won + lost);
}
