import { html } from "../html/html.ts";
import { tableHtml, typeset } from "../html/table.ts";
import { countText, percentText, ratioText } from "../number-text.ts";
import { luckText, verdictOf } from "../verdict.ts";
import type { ReportContext, Section } from "./section.ts";

const none = "N/A: the sample is too small";

/** What was tried, and what of the result survives that: in every report, not on request. */
export function honestySection({ input, analysis: { intervals } }: ReportContext): Section {
  const { metrics, meta } = input;
  const { trialCount, expectedMaximumSharpe, periodsPerYear, minTrackRecordLength, periods } = metrics;
  const luck = expectedMaximumSharpe === null ? null : expectedMaximumSharpe * Math.sqrt(periodsPerYear);
  const interval = intervals.sharpe;
  const needed = minTrackRecordLength === null ? null : Math.ceil(minTrackRecordLength);
  const rows: readonly (readonly [string, string])[] = [
    ["Trials on these bars, this one included", trialCount === null ? "unknown" : countText(trialCount)],
    ["Sharpe ratio", metrics.sharpe === null ? none : ratioText(metrics.sharpe)],
    ["Sharpe ratio that luck gives to the best of so many", luck === null ? none : ratioText(luck)],
    [
      "95 % interval of the Sharpe ratio",
      interval === null ? none : `${ratioText(interval.low)} to ${ratioText(interval.high)}`,
    ],
    [
      "Probability that the true one is above zero (PSR)",
      metrics.psr === null ? none : percentText(metrics.psr),
    ],
    ["The same after so many trials (deflated)", metrics.dsr === null ? none : percentText(metrics.dsr)],
    [
      "Returns needed to tell it from zero",
      needed === null ? "no length would do" : `${countText(needed)}; seen ${countText(periods)}`,
    ],
    [
      "Checks made",
      meta.checks
        .filter(({ pass }) => pass !== null)
        .map(({ id }) => id)
        .join(", ") || "none",
    ],
  ];
  return {
    id: "honesty",
    title: "What survives",
    short: "Honesty",
    body: html`<p>${typeset(luckText(metrics) + verdictOf(input).headline)}</p>
      ${tableHtml({
        caption: "What was tried, and what survives",
        isCaptionHidden: true,
        columns: [{ label: "Question" }, { label: "Answer", isNumber: true }],
        rows,
      })}
      <p class="aside">
        Walk-forward, cross-validation, overfitting, permutation and stress: kiwi validate
        ${meta.strategyName}
      </p>`,
  };
}
