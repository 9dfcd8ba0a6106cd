import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";
import { HmmFeatures } from "./hmm-features.ts";
import { regimeOutputs, regimeSeries, RegimeWriter, switchParams } from "./regime-series.ts";
import { WalkForwardHmm } from "./walk-forward-hmm.ts";

const options = {
  blockBars: int(24, { min: 2, max: 500 }, "bars that one look of the model sums up"),
  trainBarsMin: int(1_500, { min: 50, max: 100_000, step: 100 }, "bars before the first training"),
  refitBars: int(720, { min: 10, max: 100_000, step: 10 }, "bars from one training to the next"),
  windowBars: int(17_520, { min: 100, max: 200_000, step: 100 }, "bars that a training looks back at most"),
  anchorBlocks: int(
    24,
    { min: 0, max: 100_000 },
    "blocks of evidence that each regime's usual looks are worth",
  ),
  stickiness: int(10, { min: 0, max: 100_000 }, "blocks that each regime is taken to have lasted beforehand"),
  ...switchParams(0.8, 0.3, 24),
};

const definition = indicator({
  name: "regime-hmm",
  summary:
    "Probabilities of the market's regimes by a hidden Markov model that is trained on the past as it goes.",
  formula:
    "every bar sums up the last `blockBars` bars by drift and log volatility; every `refitBars` bars a Gaussian " +
    "hidden Markov model is fitted to the last `windowBars`, and takes over if it finds the last `refitBars`, which " +
    "it was fitted without, at least as likely as the present one did; probabilities are those of the forward " +
    "filter, added up by the names of the states; `unknown` is 1 before the first fit and while nothing moves",
  source: "Hamilton (1989), Econometrica 57:357-384; Rabiner (1989), Proceedings of the IEEE 77:257-286",
  inputs: ["high", "low", "close", "time"],
  outputs: regimeOutputs,
  params: options,
  // `unknown` before the first fit is an answer: nobody has to wait for it.
  warmup: () => 0,
  create(params, out) {
    const features = new HmmFeatures(params.blockBars);
    const model = new WalkForwardHmm(params);
    const writer = new RegimeWriter(out, params);
    return (high, low, close, timeMs) => {
      if (!features.next(high, low, close)) return writer.writeUnknown();
      model.add(features.row, features.logReturn, timeMs);
      return writer.write(model.probabilities, model.filter?.dwellBars);
    };
  },
});

/** Hamilton's Markov switching model, trained as it goes: what it says of a bar rests on nothing after the bar. */
export const hmm = definePlugin({
  kind: "regime",
  name: "hmm",
  summary: "Tells the regime by a hidden Markov model that is trained anew on the past as time goes by.",
  options,
  create: (params) => (bars) =>
    regimeSeries(definition, [bars.high, bars.low, bars.close, bars.time], params),
});
