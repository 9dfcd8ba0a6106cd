import { float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { clear, type RiskAlarm } from "../ports/risk.ts";

/** The end of the line: past this drawdown everything is closed, and nothing is opened again in this run. */
export const drawdownHalt = definePlugin({
  kind: "risk",
  name: "drawdown-halt",
  summary: "Closes everything and stops for good once equity has fallen a share below its peak.",
  options: {
    limit: float(0.2, { min: 0, max: 1 }, "drawdown from the highest equity seen, as a share of it"),
  },
  create({ limit }) {
    let peak = -Infinity;
    let alarm: RiskAlarm = clear;
    return {
      observe(_slice, { equity }) {
        if (alarm !== clear) return alarm;
        peak = Math.max(peak, equity);
        const value = (peak - equity) / peak;
        // Not "value >= limit": an equity that is no number must halt too.
        if (value < limit) return clear;
        alarm = { kind: "flatten", reason: "the drawdown is too deep", limit, value };
        return alarm;
      },
    };
  },
});
