import { choice, float } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { clear } from "../ports/risk.ts";

/**
 * A bad day ends early. The day is the first instrument's trading session; its loss counts from the equity at the last
 * slice before it, so that a gap at the open belongs to the day. Once reached, the halt holds until the next session,
 * whatever the equity does.
 */
export const dailyLossHalt = definePlugin({
  kind: "risk",
  name: "daily-loss-halt",
  summary: "Stops trading for the rest of the session once it has lost a share of equity.",
  options: {
    limit: float(0.03, { min: 0, max: 0.5 }, "loss of the session, as a share of the equity it began with"),
    action: choice(["pause", "flatten"], "open nothing new, or close everything as well"),
  },
  create({ limit, action }, { calendars }) {
    const calendar = calendars[0]!;
    let session = Number.NaN;
    let startEquity = Number.NaN;
    let lastEquity = Number.NaN;
    let worst = Number.NaN;
    return {
      observe({ timeMs }, { equity }) {
        const present = calendar.sessionOf(timeMs);
        if (present !== session) {
          session = present;
          startEquity = Number.isNaN(lastEquity) ? equity : lastEquity;
          worst = -Infinity;
        }
        lastEquity = equity;
        worst = Math.max(worst, (startEquity - equity) / startEquity);
        if (worst < limit) return clear;
        return { kind: action, reason: "the session has lost too much", limit, value: worst };
      },
    };
  },
});
