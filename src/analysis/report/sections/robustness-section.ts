import { capacityFigure } from "../figures/capacity-figure.ts";
import { costFigure } from "../figures/cost-figure.ts";
import { figureHtml, type FigureParts } from "../html/figure.ts";
import { html, type Html } from "../html/html.ts";
import { tableHtml } from "../html/table.ts";
import { nothingHere, type ReportContext, type Section } from "./section.ts";

/** What is left when trading costs more than was assumed, and when there is more money to trade with. */
export function robustnessSection({ input }: ReportContext): Section {
  const costs = input.costSensitivity ?? [];
  const sizes = input.capacity ?? [];
  return {
    id: "robustness",
    title: "Costs and capacity",
    short: "Costs",
    body: html`${
      countKnown(costs) < 2
        ? nothingHere(
            "This run was not repeated at other costs, so nothing is known about how much they matter.",
          )
        : beside(costFigure(costs))
    }${countKnown(sizes) >= 2 && beside(capacityFigure(sizes, input.baseCurrency))}`,
  };
}

function countKnown(points: readonly { readonly totalReturn: number | null }[]): number {
  return points.filter(({ totalReturn }) => totalReturn !== null).length;
}

/** The table says as much as the picture and is short: it needs no folding away. */
function beside(figure: FigureParts): Html {
  return html`<div class="pair">${figureHtml(figure)}${tableHtml(figure.twin)}</div>`;
}
