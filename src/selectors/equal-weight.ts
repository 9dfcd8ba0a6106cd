import { definePlugin } from "../ports/plugin.ts";

/** The honest null hypothesis: no choice at all. */
export const equalWeight = definePlugin({
  kind: "selector",
  name: "equal-weight",
  summary: "Gives every strategy the same share and never chooses.",
  options: {},
  create() {
    return {
      select({ candidates, current }) {
        const ready = candidates.map((candidate) => candidate.isReady);
        const count = ready.filter(Boolean).length;
        const strategy = ready.indexOf(true);
        return {
          action: strategy === current ? "hold" : "switch",
          strategy,
          blend: Float64Array.from(ready, (isReady) => (isReady ? 1 / count : 0)),
          share: 1,
          reason: `equal shares of ${count} strategies`,
          runnerUp: -1,
          scores: Float64Array.from(ready, (isReady) => (isReady ? 0 : Number.NaN)),
        };
      },
    };
  },
});
