import { analyseSelection, type SelectionAnalysis } from "../../selection/analyse-selection.ts";
import type { TimeFigure } from "../chart/time-figure.ts";
import { choiceFigure, regimeNames, strategyNames } from "../figures/choice-figure.ts";
import { figureHtml } from "../html/figure.ts";
import { html, markup, type Html } from "../html/html.ts";
import { countText, percentText } from "../number-text.ts";
import {
  contestTable,
  demotionTable,
  laterStartsTable,
  profitTable,
  regimeTables,
  switchTable,
  turnsTable,
} from "./choice-tables.ts";
import { symbolsToShow } from "./price-section.ts";
import type { ReportContext, Section } from "./section.ts";

/** How a run chose among strategies, and whether that was worth it; null where one strategy traded alone. */
export function choiceSection(context: ReportContext): Section | null {
  const { input } = context;
  const analysis = analyseSelection(input);
  if (analysis === null) return null;
  const shown = symbolsToShow(input);
  const figures = shown.map((instrument) =>
    choiceFigure(context, analysis.selection, instrument, shown.length),
  );
  const models: Record<string, TimeFigure> = {};
  for (const { model, parts } of figures) models[parts.modelName!] = model;
  const body = html`${contestTable(analysis, input)} ${contestNote(analysis)} ${laterStartsTable(analysis)}
    ${figures.map(({ symbol, parts }, k) =>
      k === 0
        ? figureHtml({ ...parts, tools: legends(analysis) })
        : html`<details class="folded">
            <summary>${symbol}</summary>
            ${figureHtml({ ...parts, tools: legends(analysis) })}
          </details>`,
    )}
    ${profitTable(analysis)} ${turnsTable(analysis, input)}
    <p class="aside">
      An order fills on the bar after its decision, so what is made on the first bar of a turn still comes
      from the position before it.
    </p>
    ${regimeTables(analysis)} ${accuracyNote(analysis)} ${switchTable(analysis, input)}
    ${demotionTable(analysis, input)}`;
  return { id: "choice", title: "Regimes and choice of strategy", short: "Choice", body, models };
}

function contestNote({ selection, regrets }: SelectionAnalysis): Html {
  const [best] = regrets;
  const regret =
    best?.regret === null || best === undefined
      ? ""
      : best.regret > 0
        ? ` Choosing cost ${percentText(best.regret)} of the money at the start against ${best.name} alone, which could be known only afterwards.`
        : ` Choosing made ${percentText(-best.regret)} of the money at the start more than ${best.name}, the best strategy alone.`;
  return html`<p class="aside">
    Regimes by ${selection.regimeName}, choice by ${selection.selectorName}. Every line is a run over the same
    bars and range with the same money, costs, sizes and limits; the strategies alone trade from its
    beginning, the choice once a strategy has been measured for long enough. Difference: by how much more the
    line returned than the choice.${regret}${selection.isBlend && blendNote}
  </p>`;
}

const blendNote =
  " The money was shared among several strategies at once: the one with the largest share, or the first of equals, stands for the bar.";

function legends({ selection }: SelectionAnalysis): Html {
  return html`${legend(regimeNames)}${legend(strategyNames(selection))}`;
}

function legend({ names, letters, looks }: typeof regimeNames): Html {
  return html`<p class="legend lanes">
    ${names.map(
      (name, k) =>
        html`<span class="key"
          >${markup(`<svg viewBox="0 0 30 12" aria-hidden="true"><rect class="${looks[k]!}" x="1" y="1" width="28" height="10"/></svg>`)}
          <b>${letters[k]!}</b> ${name}</span
        >`,
    )}
  </p>`;
}

function accuracyNote({ accuracy }: SelectionAnalysis): Html | null {
  if (accuracy === null) return null;
  const { bars, accuracy: share, accuracyWhereNamed, accuracyOfConstant, changes, trueChanges } = accuracy;
  return html`<p class="aside">
    The truth behind these bars is known: the regime in force was the true one on ${percentText(share)} of
    ${countText(bars)}
    decisions${accuracyWhereNamed !== null && `, and on ${percentText(accuracyWhereNamed)} of those on which one was named`};
    always saying the most frequent one would have been right on ${percentText(accuracyOfConstant)}. It
    changed ${countText(changes)} times, the true one ${countText(trueChanges)} times.
  </p>`;
}
