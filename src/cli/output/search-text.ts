import type { SearchDocument } from "../../app/search/search-document.ts";
import { countText, percentText, ratioText } from "../../analysis/report/number-text.ts";
import { pairs, table } from "./table.ts";

type Row = SearchDocument["best"];

/** What a search found, for a terminal. */
export function searchText(document: SearchDocument): string {
  const { strategy, symbols, timeframe, dataKind, luck, artifacts, searchId, command } = document;
  const kind =
    dataKind === "synthetic" ? "SYNTHETIC DATA: this says nothing about any real market" : "real data";
  const blocks = [
    `${strategy} on ${symbols.slice(0, 3).join(", ")}${symbols.length > 3 ? ` and ${symbols.length - 3} more` : ""} · ${timeframe} · ${kind}`,
    pairs(factsOf(document)),
    rowsText(document.top, document),
    ...(document.front.length === 0
      ? []
      : [`Nothing beats these in everything\n${rowsText(document.front, document)}`]),
    plateauText(document),
    `VERDICT  ${luck?.verdict ?? "N/A: no trial could be ranked."}`,
    [
      ...Object.entries(artifacts).map(([name, path]) => `${name.padEnd(9)}${path}`),
      `again    ${command}`,
      `go on    kiwi optimize --resume ${searchId}`,
    ].join("\n"),
  ];
  return blocks.join("\n\n");
}

function factsOf(document: SearchDocument): readonly (readonly [string, string])[] {
  const { method, trials, spaceSize, objective, seed, folds, holdout, luck } = document;
  const others = (["refused", "failed", "timed_out"] as const).filter((status) => trials[status] > 0);
  const rest = others.map((status) => `, ${trials[status]} ${status.replace("_", " ")}`).join("");
  return [
    [
      "search",
      `${method}, ${countText(trials.all)} trials of ${countText(spaceSize)} points${rest}, seed ${seed}`,
    ],
    ...stoppedFact(document),
    ["objective", `${objective}${folds > 1 ? `, mean of ${folds} parts` : ""}`],
    ["not seen", holdout === 0 ? "nothing was held back" : `the last ${percentText(holdout)} of the time`],
    ["trials ever", luck === null ? "N/A" : `${countText(luck.trialCount)} on these bars`],
    ["luck gives", luck === null ? "N/A" : `a Sharpe ratio of ${ratioText(luck.luckSharpe)}`],
    ["deflated", `${percentText(luck?.dsr ?? null)} (95 % and more is convincing)`],
    ["overfitted", `${percentText(luck?.pbo ?? null)} (probability that the choice is)`],
  ];
}

function stoppedFact({ stopped, barsShare }: SearchDocument): readonly (readonly [string, string])[] {
  if (stopped.length === 0) return [];
  return [
    [
      "stopped",
      `${countText(stopped.length)} trials early; with ${percentText(barsShare)} of the bars that all to the end would take`,
    ],
  ];
}

function rowsText(rows: readonly Row[], { dimensions, holdout }: SearchDocument): string {
  const names = dimensions.map(({ name }) => name);
  const columns = [
    { title: "trial", align: "right" as const },
    ...names.map((title) => ({ title, align: "right" as const })),
    ...["value", "return", "sharpe", "drawdown", "trades"].map((title) => ({
      title,
      align: "right" as const,
    })),
    ...(holdout === 0 ? [] : [{ title: "sharpe not seen", align: "right" as const }]),
  ];
  return table(
    columns,
    rows.map(({ trial, setting, value, inSample, outOfSample }) => [
      String(trial),
      ...names.map((name) => String(setting[name])),
      value === null ? "-" : String(Number(value.toPrecision(4))),
      percentText(inSample["totalReturn"] ?? null, { signed: true }),
      ratioText(inSample["sharpe"] ?? null),
      percentText(inSample["maxDrawdown"] ?? null),
      String(inSample["trades"] ?? "-"),
      ...(holdout === 0 ? [] : [ratioText(outOfSample?.["sharpe"] ?? null)]),
    ]),
  );
}

function plateauText({ plateau: { neighbours, ratio, worst } }: SearchDocument): string {
  if (neighbours === 0)
    return "PLATEAU  the best has no neighbours among the trials: nobody knows whether it is a lonely peak";
  const share = ratio === null ? "" : `, their median is ${percentText(ratio)} of it`;
  return `PLATEAU  ${countText(neighbours)} neighbours of the best were tried${share}; the worst has ${ratioText(worst)}`;
}
