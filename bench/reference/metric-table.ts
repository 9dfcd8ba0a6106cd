import { metricDefinitions } from "../../src/analysis/metrics/metric-definitions.ts";
import { tableOf } from "./markdown.ts";

/** Every number of a run: its key in JSON and in `--fail-if`, its formula, and where the formula is from. */
export function metricTable(): string {
  return tableOf(
    ["metric", "key", "unit", "formula and convention", "source", "better"],
    metricDefinitions.map(({ key, label, unit, convention, source, better }) => [
      label,
      `\`${key}\``,
      unit,
      convention,
      source,
      better ?? "",
    ]),
  );
}
