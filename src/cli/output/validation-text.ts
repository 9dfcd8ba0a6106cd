import type { ValidationDocument } from "../../app/validation/validation-document.ts";
import { trialsText } from "../../analysis/report/verdict.ts";
import { countText, percentText, ratioText } from "../../analysis/report/number-text.ts";
import { pairs, table } from "./table.ts";

const right = (title: string) => ({ title, align: "right" as const });

/** What a validation found, for a terminal. */
export function validationText(document: ValidationDocument): string {
  const { strategy, params, symbols, timeframe, dataKind, findings, verdict, artifacts } = document;
  const kind =
    dataKind === "synthetic" ? "SYNTHETIC DATA: this says nothing about any real market" : "real data";
  const shown = Object.entries(params).map(([name, value]) => `${name}=${String(value)}`);
  const { costs, delays, years, regimes } = document.validation;
  const groups = (title: string, rows: typeof years): string =>
    table(
      [{ title }, right("returns"), right("return"), right("sharpe")],
      rows.map(({ name, periods, totalReturn, sharpe }) => [
        name,
        String(periods),
        percentText(totalReturn, { signed: true }),
        ratioText(sharpe),
      ]),
    );
  const stress = [
    ...costs.map((one) => ({ ...one, name: `costs ${one.name}` })),
    ...delays.map((one) => ({ ...one, name: `${one.name} later` })),
  ];
  return [
    `${strategy} ${shown.join(" ")}\n${symbols.slice(0, 3).join(", ")} · ${timeframe} · ${kind}`,
    pairs(numbersOf(document)),
    intervalsText(document),
    table(
      [{ title: "stress" }, right("return"), right("sharpe")],
      stress.map(({ name, totalReturn, sharpe }) => [
        name,
        percentText(totalReturn, { signed: true }),
        ratioText(sharpe),
      ]),
    ),
    groups("year", years),
    groups("market before", regimes),
    [`VERDICT  ${verdict}`, ...findings.map((text) => `         ${text}`)].join("\n"),
    Object.entries(artifacts)
      .map(([name, path]) => `${name.padEnd(9)}${path}`)
      .join("\n"),
  ].join("\n\n");
}

function numbersOf({
  neighbours,
  metrics,
  search,
  validation,
}: ValidationDocument): readonly (readonly [string, string])[] {
  const { walkForward, kFold, combinatorial, pbo, ability, permutation, randomEntries, tradeOrder } =
    validation;
  const { sharpe, psr, dsr, trialCount, minTrackRecordLength, periods } = metrics;
  const paths = combinatorial?.paths ?? [];
  const na = "N/A: the sample is too small, or nothing varies";
  return [
    ["Sharpe ratio", `${ratioText(sharpe)}, above zero with ${percentText(psr)} (PSR)`],
    ["deflated", `${percentText(dsr)} after ${trialsText(trialCount)} on these bars`],
    [
      "track record",
      `${countText(minTrackRecordLength === null ? null : Math.ceil(minTrackRecordLength))} returns needed, ${countText(periods)} seen`,
    ],
    [
      "overfitting",
      pbo === null
        ? na
        : `${percentText(pbo)} (PBO, ${countText(search?.trials.all ?? 0)} parameters around)`,
    ],
    [
      "walk forward",
      walkForward === null
        ? na
        : `Sharpe ratio ${ratioText(walkForward.anchored.sharpe)} anchored, ${ratioText(walkForward.rolling.sharpe)} rolling`,
    ],
    ["purged k-fold", kFold === null ? na : `Sharpe ratio ${ratioText(kFold.sharpe)}`],
    [
      "CPCV",
      combinatorial === null
        ? na
        : `${paths.length} paths: ${ratioText(paths[0])} to ${ratioText(paths.at(-1))}, median ${ratioText(combinatorial.sharpe)}`,
    ],
    [
      "best by chance",
      ability === null
        ? na
        : `SPA p = ${ratioText(ability.spa)}, reality check p = ${ratioText(ability.realityCheck)}`,
    ],
    [
      "permuted bars",
      permutation === null ? na : `p = ${ratioText(permutation.probability)} of ${permutation.samples}`,
    ],
    [
      "random entries",
      randomEntries === null ? na : `p = ${ratioText(randomEntries.probability)} of ${randomEntries.samples}`,
    ],
    [
      "trade order",
      tradeOrder === null
        ? na
        : `deepest fall ${percentText(tradeOrder.drawdown)}; one order in twenty falls by ${percentText(tradeOrder.drawdown95)}`,
    ],
    ["neighbours", neighboursText(neighbours)],
  ];
}

function intervalsText({ validation: { intervals } }: ValidationDocument): string {
  const isRatio = new Set(["sharpe", "sortino"]);
  return table(
    [{ title: "metric" }, right("value"), right("95 % from"), right("to")],
    Object.entries(intervals).map(([name, interval]) => {
      const text = isRatio.has(name) ? ratioText : percentText;
      return [
        name,
        text(interval?.estimate ?? null),
        text(interval?.low ?? null),
        text(interval?.high ?? null),
      ];
    }),
  );
}

/** Sharpe ratios one step away: on a plateau they are all alike. */
function neighboursText(neighbours: ValidationDocument["neighbours"]): string {
  const ratios = neighbours.flatMap(({ sharpe }) => (sharpe === null ? [] : [sharpe]));
  if (ratios.length === 0) return "N/A: no parameter has a step";
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
  return `${ratios.length} parameters one step away have Sharpe ratios of ${ratioText(low)} to ${ratioText(high)}`;
}
