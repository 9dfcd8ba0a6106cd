import { prediction } from "../../src/domain/external-series.ts";
import { strategy } from "../../src/ports/strategy.ts";

/** A strategy that trades what a model says. */
export default strategy({
  name: "follow",
  summary: "Long while the model grows surer of a rise.",
  params: {},
  setup: () => ({ up: prediction("rise").probability }),
  onBar({ series, target }) {
    const [now, before] = [series.up.now, series.up.ago(3)];
    if (now !== before) target(now > before ? 1 : 0, "the model");
  },
});
