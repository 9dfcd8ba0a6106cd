import { definePlugin } from "../ports/plugin.ts";
import { clear } from "../ports/risk.ts";

const reasons = { reducing: "only reducing is allowed", halted: "trading is halted" } as const;

/**
 * What the kill switch says, where there is one: entries are refused with its reason, and those that work are withdrawn.
 * The switch itself stands in front of the venue too; here it becomes part of the record of decisions.
 */
export const tradingState = definePlugin({
  kind: "risk",
  name: "trading-state",
  summary: "Opens nothing while the kill switch says that trading is reducing or halted.",
  options: {},
  create(_options, { tradingState: ask }) {
    return {
      observe() {
        const told = ask?.();
        if (told === undefined || told.state === "active") return clear;
        const reason = `${reasons[told.state]} (${told.reason})`;
        return { kind: "pause", reason, limit: Number.NaN, value: Number.NaN };
      },
    };
  },
});
