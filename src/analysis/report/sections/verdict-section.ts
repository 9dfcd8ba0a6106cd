import { html, type Html } from "../html/html.ts";
import { typeset } from "../html/table.ts";
import { countText, percentText } from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";
import { dataKindText, paramsText, periodText, symbolsText } from "../run-facts.ts";
import { verdictOf, type Verdict } from "../verdict.ts";

/** A word and a sign for each level, so that colour is never alone. */
const levels: Readonly<Record<Verdict["level"], readonly [string, string]>> = {
  refuted: ["✕", "Not convincing"],
  open: ["?", "Not proven"],
  supported: ["✓", "Not contradicted"],
};

const disclaimer =
  "Simulated. The market did not feel these orders, fills are modelled, and past results, real or simulated, do not " +
  "tell what comes. For research and education; not financial advice.";

/** The first thing on the page: what the run is worth, and what one must know to believe it. */
export function verdictHtml(input: ReportInput): Html {
  const { level, headline, reasons } = verdictOf(input);
  const [sign, word] = levels[level];
  return html`<section id="verdict" class="verdict ${level}" aria-labelledby="verdict-title">
    <p class="level"><span class="sign" aria-hidden="true">${sign}</span> ${word}</p>
    <h2 id="verdict-title">${typeset(headline)}</h2>
    <ul>
      ${reasons.map((reason) => html`<li>${typeset(reason)}</li>`)}
    </ul>
    ${warningsHtml(input.meta.warnings)}
    <dl class="facts">
      ${facts(input).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${typeof value === "string" ? typeset(value) : value}</dd>
          </div>`,
      )}
    </dl>
    <p class="disclaimer">${disclaimer}</p>
  </section> `;
}

function warningsHtml(warnings: readonly string[]): Html | false {
  return (
    warnings.length > 0 &&
    html`<div class="warnings" role="note">
      <strong>Warnings</strong>
      <ul>
        ${warnings.map((warning) => html`<li>${warning}</li>`)}
      </ul>
    </div>`
  );
}

function facts(input: ReportInput): readonly (readonly [string, string | Html])[] {
  const { meta, metrics, timeframe } = input;
  return [
    ["Data", dataKindText[meta.dataKind]],
    ["Period", periodText(input)],
    ["Symbols", `${symbolsText(input, 6)}, ${timeframe}`],
    ["Parameters", paramsText(meta.params)],
    ["Costs", meta.costs.join("; ") || "not stated"],
    ["Checks", checksHtml(input)],
    ["Trials on these data", meta.trialCount === null ? "unknown" : countText(meta.trialCount)],
    ["Deflated Sharpe ratio", percentText(metrics.dsr)],
    ["Seed", String(meta.seed)],
  ];
}

function checksHtml({ meta }: ReportInput): Html | string {
  if (meta.checks.length === 0) return "none was run";
  return html`${meta.checks.map(({ id, pass }, k) => {
    const word = pass === null ? "not run" : pass ? "PASS" : "FAIL";
    return html`${k > 0 && ", "}<span class="check ${pass === false ? "failed" : "fine"}"
        >${id} ${word}</span
      >`;
  })}`;
}
