// Looks like smoothed-regime: a hidden Markov model that is trained again and again, each time on the past alone.
import { strategy } from "../../../src/ports/strategy.ts";
import { hmm } from "../../../src/regimes/hmm.ts";
import { make } from "../../plugin-tools.ts";

const detect = make(hmm, { blockBars: 8, trainBarsMin: 400, refitBars: 200, windowBars: 800 });

export default strategy({
  name: "walk-forward-regime",
  summary: "Long while a model trained on the past sees no trend downward.",
  params: {},
  setup: ({ bars }) => {
    const { posterior, label, dwell } = detect(bars);
    return { down: posterior["trend-down"], calm: posterior.sideways, label, dwell };
  },
  onBar({ series, target }) {
    target(series.down.now < 0.5 ? 1 : 0, `regime ${series.label.now} for ${series.dwell.now} bars`);
  },
});
