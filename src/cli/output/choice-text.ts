import { percentText, ratioText } from "../../analysis/report/number-text.ts";
import type { ExplainedCandidate, ExplainedChoice } from "../../app/explain/explained-choice.ts";
import { regimeLabels } from "../../domain/regime.ts";
import { table } from "./table.ts";

/** What the regime was and how a strategy was chosen, as two sections of an explanation. */
export function choiceSections({ regime, ...choice }: ExplainedChoice): readonly {
  readonly title: string;
  readonly lines: readonly string[];
}[] {
  const { label, posterior, dwellBars, expectedDwellBars } = regime;
  const known = regimeLabels.filter((one) => posterior[one] > 0);
  const dwell = dwellBars === null ? "" : `, for ${dwellBars} bars now`;
  const size =
    choice.share === 1 || choice.chosen === null ? "" : `, at ${percentText(choice.share)} of its usual size`;
  const next = choice.runnerUp === null ? "" : `; next best ${choice.runnerUp}`;
  return [
    {
      title: `regime   ${label}${dwell}${expectedText(expectedDwellBars)}`,
      lines: [known.map((one) => `${one} ${percentText(posterior[one])}`).join("  ")],
    },
    {
      title: `choice   ${choice.action}: ${choice.chosen ?? "nobody"}${size}`,
      lines: [`because: ${choice.reason}${next}`, ...candidateLines(choice.candidates, label)],
    },
  ];
}

/** A regime that is hardly ever left is expected to last for ever: that is no number for people. */
function expectedText(bars: number | null): string {
  if (bars === null) return "";
  return bars > 1e6 ? ", expected to stay" : `, expected to last ${Number(bars.toPrecision(3))} in all`;
}

function candidateLines(candidates: readonly ExplainedCandidate[], label: string): readonly string[] {
  const isBlend = candidates.some(({ blendShare }) => blendShare !== null);
  const columns = [
    { title: "strategy" },
    { title: "score", align: "right" },
    ...(isBlend ? [{ title: "share", align: "right" } as const] : []),
    { title: "wants", align: "right" },
    { title: "Sharpe lately", align: "right" },
    { title: `per bar in ${label}`, align: "right" },
    { title: "measured", align: "right" },
    { title: "may trade" },
  ] as const;
  const rows = candidates.map((one) => [
    one.name,
    one.score === null ? "n/a" : String(Number(one.score.toPrecision(3))),
    ...(isBlend ? [percentText(one.blendShare)] : []),
    String(Number(one.weight.toPrecision(3))),
    ratioText(one.recentSharpe),
    one.regimeMean === null ? "n/a" : `${(one.regimeMean * 100).toFixed(4)} %`,
    `${one.measuredBars} bars`,
    one.demotion === null ? (one.isReady ? "yes" : "not measured long enough") : `demoted: ${one.demotion}`,
  ]);
  return table(columns, rows).split("\n");
}
