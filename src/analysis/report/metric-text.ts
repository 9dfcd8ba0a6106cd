import { formatDuration } from "../../base/time.ts";
import type { MetricDefinition } from "../metrics/definitions/metric-definition.ts";
import { countText, minuteText, moneyText, notAvailable, percentText, ratioText } from "./number-text.ts";

/** A metric as text in its unit; `n/a` where it does not exist. */
export function metricText(unit: MetricDefinition["unit"], value: number | null): string {
  if (value === null || !Number.isFinite(value)) return notAvailable;
  switch (unit) {
    case "fraction":
      return percentText(value);
    case "money":
      return moneyText(value);
    case "ratio":
      return ratioText(value);
    case "count":
      return countText(value);
    case "time":
      return minuteText(value);
    case "duration":
      return formatDuration(value);
  }
}
