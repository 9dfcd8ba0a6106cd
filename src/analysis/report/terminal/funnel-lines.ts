import { funnelRows } from "../funnel-rows.ts";
import { countText } from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";
import type { Paint } from "./ansi.ts";
import { labelled, wrapText } from "./wrap-text.ts";

/** The way from bars to trades: every gate on a line of its own where no trade was closed, one short text otherwise. */
export function funnelLines(input: ReportInput, width: number, paint: Paint): readonly string[] {
  return input.metrics.trades === 0 ? fullLines(input, width, paint) : shortLines(input, width);
}

function fullLines(input: ReportInput, width: number, paint: Paint): string[] {
  return [
    paint("FUNNEL  from bars to trades", "strong"),
    ...funnelRows(input).flatMap(({ label, count, kind }) => {
      const number = countText(count).padStart(12);
      const [first = "", ...rest] = wrapText(label, width - 18);
      const start = kind === "stage" ? `${number}  ${first}` : paint(`${number}    - ${first}`, "quiet");
      return [start].concat(rest.map((text) => " ".repeat(18) + text));
    }),
  ];
}

function shortLines(input: ReportInput, width: number): string[] {
  const steps = funnelRows(input)
    .filter(({ kind, count }) => kind === "stage" || count > 0)
    .map(({ label, count, kind }) => `${kind === "loss" ? "- " : "> "}${countText(count)} ${label}`);
  return labelled("Funnel   ", steps.join(" ").slice(2), width);
}
