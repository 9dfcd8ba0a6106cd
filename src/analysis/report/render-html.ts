import { sha256 } from "../../base/hash.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { TimeFigure } from "./chart/time-figure.ts";
import type { ReportInput } from "./report-input.ts";
import { dataKindText, periodText, symbolsText } from "./run-facts.ts";
import { calendarSection } from "./sections/calendar-section.ts";
import { choiceSection } from "./sections/choice-section.ts";
import { equitySection } from "./sections/equity-section.ts";
import { headlineSection } from "./sections/headline-section.ts";
import { honestySection } from "./sections/honesty-section.ts";
import { metricsSection } from "./sections/metrics-section.ts";
import { priceSection } from "./sections/price-section.ts";
import { reproduceSection } from "./sections/reproduce-section.ts";
import { robustnessSection } from "./sections/robustness-section.ts";
import { rollingSection } from "./sections/rolling-section.ts";
import { reportContext, type ReportContext, type Section } from "./sections/section.ts";
import { tradesSection } from "./sections/trades-section.ts";
import { verdictHtml } from "./sections/verdict-section.ts";
import { assert } from "../../base/assert.ts";
import { html, markup, type Html } from "./html/html.ts";
import { pageScript } from "./html/page-script.ts";
import { styles } from "./html/styles.ts";

const chapters: readonly ((context: ReportContext) => Section | null)[] = [
  headlineSection,
  honestySection,
  priceSection,
  choiceSection,
  equitySection,
  calendarSection,
  tradesSection,
  rollingSection,
  robustnessSection,
  metricsSection,
  reproduceSection,
];

/**
 * The whole report as one HTML file: it loads nothing, opens from a disk, prints, and says in tables everything that
 * its pictures show. The same input gives the same bytes. The run must have at least one slice.
 */
export function renderHtml(input: ReportInput): string {
  assert(input.log.length > 0, "a report needs a run of at least one slice");
  const context = reportContext(input);
  const sections = chapters.map((chapter) => chapter(context)).filter((section) => section !== null);
  const script = pageScript();
  const isSynthetic = input.meta.dataKind === "synthetic";
  const page = html`<!doctype html>
<html lang="en">
${head(input, script)}
<body${isSynthetic && html` class="synthetic"`}>
<a class="skip" href="#verdict">To the verdict</a>
${isSynthetic && html`<div class="ribbon" role="note">SYNTHETIC DATA: this says nothing about any real market.</div>`}
<div class="page">
${masthead(input)}
<nav aria-label="Chapters"><ul><li><a href="#verdict">Verdict</a></li>${sections.map(({ id, short }) => html`<li><a href="#${id}">${short}</a></li>`)}</ul></nav>
<main>
${verdictHtml(input)}${sections.map(sectionHtml)}</main>
<footer>Kiwi ${input.meta.kiwiVersion} · run ${input.meta.runId}${isSynthetic && " · SYNTHETIC DATA"} · Simulated results; not financial advice.</footer>
</div>
${modelsHtml(context, sections)}
<script>${markup(script)}</script>
</body>
</html>
`;
  return page.html;
}

/** The policy lets the page's own script and styles run, and nothing be fetched from anywhere. */
function head({ meta }: ReportInput, script: string): Html {
  const hash = Buffer.from(sha256(script), "hex").toString("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <link rel="icon" href="data:," />
    <title>${meta.title} · Kiwi backtest</title>
    <style>
      ${markup(styles)}
    </style>
  </head>`;
}

function masthead(input: ReportInput): Html {
  const { meta, timeframe } = input;
  return html`<header class="masthead">
    <div>
      <h1>${meta.title}</h1>
      <p class="about">
        ${meta.strategyName} · ${symbolsText(input)} · ${timeframe} · ${periodText(input)} ·
        ${dataKindText[meta.dataKind]}
      </p>
    </div>
    <p class="brand">KIWI BACKTEST</p>
  </header>`;
}

function sectionHtml({ id, title, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section> `;
}

/** Curves that share the times of the candles of their figure name them instead of repeating them. */
function timesOnce(figures: Readonly<Record<string, TimeFigure>>): (key: string, value: unknown) => unknown {
  const panels = Object.values(figures).flatMap((figure) => figure.panels);
  const shared = new Set<unknown>(panels.map(({ candles }) => candles?.closeS));
  return (key, value) => (key === "timeS" && shared.has(value) ? "candles" : value);
}

function modelsHtml({ axis, input }: ReportContext, sections: readonly Section[]): Html {
  const figures: Record<string, TimeFigure> = {};
  for (const { models } of sections) Object.assign(figures, models);
  const candleS = timeframeMs(input.bars[0]!.timeframe) / 1000;
  const data = JSON.stringify(
    { axis: { ...axis, candleS }, currency: input.baseCurrency, figures },
    timesOnce(figures),
  );
  // A text that ends the script element early would let data become markup.
  return html`<script type="application/json" id="models">
    ${markup(data.replaceAll("<", "\\u003c"))}
  </script>`;
}
