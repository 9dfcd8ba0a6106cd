import { costFigure } from "../figures/cost-figure.ts";
import { figureHtml, type FigureParts } from "../html/figure.ts";
import { html, type Html } from "../html/html.ts";
import { tableHtml } from "../html/table.ts";
import { nothingHere, type ReportContext, type Section } from "./section.ts";

/** What is left when trading costs more than was assumed. */
export function robustnessSection({ input }: ReportContext): Section {
  const points = input.costSensitivity ?? [];
  const known = points.filter((point) => point.totalReturn !== null);
  return {
    id: "robustness",
    title: "Cost sensitivity",
    short: "Costs",
    body:
      known.length < 2
        ? nothingHere(
            "This run was not repeated at other costs, so nothing is known about how much they matter.",
          )
        : beside(costFigure(points)),
  };
}

/** The table says as much as the picture and is short: it needs no folding away. */
function beside(figure: FigureParts): Html {
  return html`<div class="pair">${figureHtml(figure)}${tableHtml(figure.twin)}</div>`;
}
