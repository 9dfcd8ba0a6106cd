import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { countText, percentText, ratioText } from "../number-text.ts";
import { histogram } from "../series/histogram.ts";

/** Where the best in sample ranks out of sample, over all splits: left of zero it is below the median. */
export function logitFigure(logits: readonly number[], pbo: number): FigureParts {
  const counted = histogram(logits, 24);
  const inner = counted.find(({ from, to }) => Number.isFinite(to - from));
  const width = inner === undefined ? 1 : inner.to - inner.from;
  // What lies beyond an outermost bin is drawn as wide as the others, and named as what it is below.
  const bins = counted.map(({ from, to, count }) => ({
    from: Number.isFinite(from) ? from : to - width,
    to: Number.isFinite(to) ? to : from + width,
    count,
  }));
  const most = Math.max(...bins.map(({ count }) => count));
  return {
    id: "figure-overfitting",
    title: "Probability of overfitting",
    summary: `Histogram of ${countText(logits.length)} splits: in ${percentText(pbo)} of them the best in sample was below the median out of sample.`,
    caption: `Logit of the rank out of sample of what was best in sample. Hollow bars are below the median: together ${percentText(pbo)}.`,
    stills: xyStills(
      "half",
      300,
      { label: "logit of the rank", low: bins[0]!.from, high: bins.at(-1)!.to, unit: "ratio" },
      { label: "splits", low: 0, high: most * 1.08, unit: "ratio" },
      (x, y) =>
        bins
          .filter(({ count }) => count > 0)
          .map(
            ({ from, to, count }) =>
              `<path class="bar ${from < -1e-12 ? "lost" : "won"}" d="M${pixel(x(from) + 0.75)} ${pixel(y(0))}V${pixel(y(count))}H${pixel(x(to) - 0.75)}V${pixel(y(0))}Z"/>`,
          )
          .join(""),
    ),
    twin: {
      caption: "Splits by logit",
      columns: [{ label: "Logit" }, { label: "Splits", isNumber: true }],
      rows: counted.map(({ from, to, count }) => [borders(from, to), countText(count)]),
    },
    csv: {
      fileName: "overfitting.csv",
      header: ["from", "to", "splits"],
      rows: bins.map(({ from, to, count }) => [from, to, count]),
    },
  };
}

function borders(from: number, to: number): string {
  if (!Number.isFinite(from)) return `below ${ratioText(to)}`;
  return Number.isFinite(to) ? `${ratioText(from)} to ${ratioText(to)}` : `${ratioText(from)} and above`;
}
