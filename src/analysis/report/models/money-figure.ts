import { formatTime } from "../../../base/time.ts";
import { pixel, xyStills } from "../chart/xy-chart.ts";
import type { FigureParts } from "../html/figure.ts";
import { percentText } from "../number-text.ts";

/** How an account went, in multiples of its start. */
export type MoneyPath = {
  readonly name: string;
  readonly path: readonly { readonly timeMs: number; readonly equity: number }[];
};

const looks = ["strategy", "series-1", "benchmark"] as const;
const words = ["solid blue", "violet", "dashed"] as const;

/** Accounts that followed a model beside one that held, after costs. */
export function moneyFigure(paths: readonly MoneyPath[]): FigureParts {
  const all = paths.flatMap(({ path }) => path);
  const times = all.map(({ timeMs }) => timeMs);
  const [fromMs, toMs] = [Math.min(...times), Math.max(...times)];
  const equities = all.map(({ equity }) => equity);
  const [low, high] = [Math.min(1, ...equities), Math.max(1, ...equities)];
  const room = (high - low || 0.02) * 0.06;
  const ends = paths.map(
    ({ name, path }) => `${name} ${percentText(path.at(-1)!.equity - 1, { signed: true })}`,
  );
  const years = yearsBetween(fromMs, toMs);
  return {
    id: "figure-money",
    title: "Equity after costs",
    summary: `Equity after costs: ${ends.join(", ")}.`,
    caption: `In multiples of the start: ${paths.map(({ name }, k) => `${name} ${words[k]!}`).join(", ")}. At the end: ${ends.join(", ")}.`,
    stills: xyStills(
      "full",
      340,
      { label: "", low: fromMs, high: toMs, unit: "ratio", names: years },
      { label: "equity", low: low - room, high: high + room, unit: "ratio" },
      (x, y) =>
        paths
          .map(
            ({ path }, k) =>
              `<path class="line ${looks[k]!}" d="${path.map(({ timeMs, equity }, at) => `${at === 0 ? "M" : "L"}${pixel(x(timeMs))} ${pixel(y(equity))}`).join("")}"/>`,
          )
          .join(""),
    ),
    twin: {
      caption: "Equity after costs",
      columns: [{ label: "Time" }, ...paths.map(({ name }) => ({ label: name, isNumber: true }))],
      rows: paths[0]!.path.map(({ timeMs }, k) => [
        formatTime(timeMs),
        ...paths.map(({ path }) => path[k]?.equity.toFixed(4) ?? "n/a"),
      ]),
    },
    csv: {
      fileName: "equity.csv",
      header: ["time", ...paths.map(({ name }) => name)],
      rows: paths[0]!.path.map(({ timeMs }, k) => [
        formatTime(timeMs),
        ...paths.map(({ path }) => path[k]?.equity ?? null),
      ]),
    },
  };
}

const labelsMax = 8;

/** Beginnings of years, or of months where there are few years, at most as many as there is room for. */
function yearsBetween(
  fromMs: number,
  toMs: number,
): readonly { readonly at: number; readonly text: string }[] {
  const begins: { at: number; text: string }[] = [];
  const first = new Date(fromMs).getUTCFullYear();
  const years = new Date(toMs).getUTCFullYear() - first;
  for (let month = 0; month <= 12 * (years + 1); month += years < 2 ? 1 : 12) {
    const at = Date.UTC(first, month);
    if (at >= fromMs && at <= toMs) begins.push({ at, text: formatTime(at).slice(0, years < 2 ? 7 : 4) });
  }
  const every = Math.ceil(begins.length / labelsMax);
  return begins.filter((_, k) => k % every === 0);
}
