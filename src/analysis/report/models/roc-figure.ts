import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { percentText, ratioText } from "../number-text.ts";

/** True against false calls of a rise at every threshold: without skill they are as many. */
export function rocFigure(points: readonly (readonly [number, number])[], auc: number | null): FigureParts {
  return {
    id: "figure-roc",
    title: "Calls at every threshold",
    summary: `Receiver operating characteristic: the area under the curve is ${ratioText(auc)}; 0.5 is no skill.`,
    caption: `Share of falls called rises, across, and of rises called rises, upwards. The dashed line is no skill. Area under the curve ${ratioText(auc)}.`,
    stills: xyStills(
      "half",
      340,
      { label: "falls called rises", low: 0, high: 1, unit: "percent" },
      { label: "rises called rises", low: 0, high: 1, unit: "percent" },
      (x, y) =>
        `<path class="line benchmark" d="M${pixel(x(0))} ${pixel(y(0))}L${pixel(x(1))} ${pixel(y(1))}"/>` +
        `<path class="line strategy" d="${points.map(([a, b], k) => `${k === 0 ? "M" : "L"}${pixel(x(a))} ${pixel(y(b))}`).join("")}"/>`,
    ),
    twin: {
      caption: "Calls at every threshold",
      columns: [
        { label: "Falls called rises", isNumber: true },
        { label: "Rises called rises", isNumber: true },
      ],
      rows: points.map(([a, b]) => [percentText(a), percentText(b)]),
    },
    csv: { fileName: "roc.csv", header: ["false_share", "true_share"], rows: points.map(([a, b]) => [a, b]) },
  };
}
