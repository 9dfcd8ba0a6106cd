import { figureHtml } from "../../analysis/report/html/figure.ts";
import { html } from "../../analysis/report/html/html.ts";
import { tableHtml } from "../../analysis/report/html/table.ts";
import { percentText, ratioText } from "../../analysis/report/number-text.ts";
import { heatmapFigure, type HeatCell, type HeatPlane } from "../../analysis/report/search/heatmap-figure.ts";
import { logitFigure } from "../../analysis/report/search/logit-figure.ts";
import { plainPage, type PlainPage } from "../../analysis/report/search/plain-page.ts";
import { scatterFigure, type SeenAndAfter } from "../../analysis/report/search/scatter-figure.ts";
import type { SearchDocument } from "./search-document.ts";
import type { SearchRow } from "./search-row.ts";

type Section = PlainPage["sections"][number];

/** The report of a search as one page. */
export function searchHtml(document: SearchDocument, rows: readonly SearchRow[]): string {
  const { strategy, symbols, timeframe, method, trials, luck, warnings, command, objective } = document;
  const dsr = luck?.dsr ?? null;
  return plainPage({
    title: `${strategy}: ${trials.all} trials`,
    about: `${symbols.slice(0, 3).join(", ")} · ${timeframe} · ${method} · ${objective} · ${command}`,
    isSynthetic: document.dataKind === "synthetic",
    brand: "KIWI SEARCH",
    verdict: luck?.verdict ?? "N/A: no trial could be ranked.",
    level: dsr !== null && dsr >= 0.95 ? "supported" : "open",
    reasons: [plateauSentence(document)],
    warnings,
    sections: [
      topSection(document),
      ...stoppedSection(document),
      ...planeSection(document, rows),
      ...luckSection(document, rows),
    ],
  });
}

function plateauSentence({ plateau: { neighbours, ratio } }: SearchDocument): string {
  if (neighbours === 0)
    return "The best has no neighbours among the trials: nobody knows whether it is a lonely peak.";
  const those =
    neighbours === 1 ? "1 neighbour of the best was" : `${neighbours} neighbours of the best were`;
  // A share of what is not above zero says nothing.
  const median = ratio === null ? "" : `; their median is ${percentText(ratio)} of it`;
  return `${those} tried${median}.`;
}

function topSection({ top, dimensions }: SearchDocument): Section {
  const names = dimensions.map(({ name }) => name);
  const columns = [
    { label: "Trial" },
    ...[...names, "Value", "Return", "Sharpe", "Drawdown", "Trades", "Sharpe not seen"].map((label) => ({
      label,
      isNumber: true,
    })),
  ];
  const cells = top.map(({ trial, setting, value, inSample, outOfSample }) => [
    String(trial),
    ...names.map((name) => String(setting[name])),
    value === null ? "-" : String(Number(value.toPrecision(4))),
    percentText(inSample["totalReturn"] ?? null, { signed: true }),
    ratioText(inSample["sharpe"] ?? null),
    percentText(inSample["maxDrawdown"] ?? null),
    String(inSample["trades"] ?? "-"),
    ratioText(outOfSample?.["sharpe"] ?? null),
  ]);
  return {
    id: "best",
    title: "The best",
    body: tableHtml({ caption: "The best trials", isCaptionHidden: true, columns, rows: cells }),
  };
}

/** Stopped trials that a page shows; the table beside it has all of them. */
const stoppedMax = 50;

function stoppedSection({ stopped, barsShare }: SearchDocument): readonly Section[] {
  if (stopped.length === 0) return [];
  const columns = [
    { label: "Trial" },
    { label: "Saw of the time", isNumber: true },
    { label: "Why it was stopped" },
  ];
  const cells = stopped
    .slice(0, stoppedMax)
    .map(({ trial, share, why }) => [String(trial), percentText(share), why]);
  const rest = stopped.length - cells.length;
  return [
    {
      id: "stopped",
      title: "Stopped early",
      body: html`<p>
          ${stopped.length} trials were not gone on with. The search took ${percentText(barsShare)} of the
          bars that all points to the end would
          take.${rest > 0 && ` The first ${cells.length} are shown; trials.csv has all.`}
        </p>
        ${tableHtml({ caption: "Trials that were stopped early", isCaptionHidden: true, columns, rows: cells })}`,
    },
  ];
}

/** The two dimensions with the most values span a plane; a search in one dimension has none. */
function planeSection({ dimensions, best }: SearchDocument, rows: readonly SearchRow[]): readonly Section[] {
  const [x, y] = dimensions
    .filter(({ values }) => values.length > 1)
    .toSorted((a, b) => b.values.length - a.values.length);
  if (x === undefined || y === undefined) return [];
  const cells = new Map<string, HeatCell>();
  const cellOf = ({ setting, value }: SearchRow): HeatCell => ({
    x: x.values.indexOf(setting[x.name]),
    y: y.values.indexOf(setting[y.name]),
    value,
  });
  for (const row of rows.filter(({ share }) => share === 1)) {
    const cell = cellOf(row);
    const key = `${cell.x} ${cell.y}`;
    if ((cells.get(key)?.value ?? -Infinity) <= (cell.value ?? -Infinity) || !cells.has(key))
      cells.set(key, cell);
  }
  const plane: HeatPlane = {
    xName: x.name,
    yName: y.name,
    xTexts: x.values.map(String),
    yTexts: y.values.map(String),
    cells: [...cells.values()],
    best: cellOf(best),
  };
  return [{ id: "plateau", title: "Plateau", body: figureHtml(heatmapFigure(plane)) }];
}

function luckSection({ luck }: SearchDocument, rows: readonly SearchRow[]): readonly Section[] {
  const points = rows.flatMap(({ inSample, outOfSample }): readonly SeenAndAfter[] => {
    const [before, after] = [inSample["sharpe"], outOfSample?.["sharpe"]];
    return before == null || after == null ? [] : [{ inSample: before, outOfSample: after }];
  });
  const figures = [
    ...(points.length < 2 ? [] : [figureHtml(scatterFigure(points, "trials"))]),
    ...(luck === null || luck.pbo === null ? [] : [figureHtml(logitFigure(luck.logits, luck.pbo))]),
  ];
  return figures.length === 0
    ? []
    : [{ id: "luck", title: "Luck", body: html`<div class="pair">${figures}</div>` }];
}
