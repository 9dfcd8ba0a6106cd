import { KiwiError } from "../base/errors.ts";
import { anyText } from "../domain/any-text.ts";
import type { HmmArtifact } from "../domain/hmm-artifact.ts";
import { indicator, type IndicatorDefinition } from "../domain/indicator.ts";
import { definePlugin, type PluginTools } from "../ports/plugin.ts";
import { filterOf } from "./hmm-artifact-of.ts";
import { HmmFeatures } from "./hmm-features.ts";
import { regimeOutputs, regimeSeries, RegimeWriter, switchParams } from "./regime-series.ts";

const switching = switchParams(0.8, 0.3, 24);

/** A trained model as an indicator. Columns are told apart by the name, so it says which training it is. */
function definitionOf(artifact: HmmArtifact) {
  const { name, version, dataFingerprint, trainedThroughMs, features } = artifact;
  const { blockBars } = features;
  return indicator({
    name: `regime-model ${name} ${version} ${dataFingerprint}`,
    summary: "Probabilities of the market's regimes by a hidden Markov model that was trained beforehand.",
    formula:
      "forward filter of the stored model; `unknown` is 1 at and before the last bar that the model was trained on",
    source: "Rabiner (1989), Proceedings of the IEEE 77:257-286",
    inputs: ["time", "high", "low", "close"],
    outputs: regimeOutputs,
    params: switching,
    warmup: () => blockBars,
    settling: ({ dwellBarsMin }) => dwellsToSettle * Math.max(blockBars, dwellBarsMin),
    create(params, out) {
      const rows = new HmmFeatures(blockBars);
      const filter = filterOf(artifact);
      const writer = new RegimeWriter(out, params);
      return (closeTimeMs, high, low, close) => {
        const isBar = rows.next(high, low, close);
        if (isBar) filter.step(rows.row);
        if (!isBar || closeTimeMs <= trainedThroughMs) return writer.writeUnknown();
        return writer.write(filter.probabilities, filter.dwellBars);
      };
    },
  });
}

/** What the filter believed before the first row, and the regime in force, are forgotten after about this many dwells. */
const dwellsToSettle = 5;

/** The same artifact is the same indicator: runs that share columns share it. */
const definitions = new WeakMap<HmmArtifact, IndicatorDefinition<typeof switching>>();

function knownDefinition(artifact: HmmArtifact): IndicatorDefinition<typeof switching> {
  const known = definitions.get(artifact) ?? definitionOf(artifact);
  definitions.set(artifact, known);
  return known;
}

/** A model from `kiwi train regime`. It says nothing about bars that it was trained on. */
export const hmmModel = definePlugin({
  kind: "regime",
  name: "hmm-model",
  summary: "Tells the regime by a hidden Markov model that kiwi train made beforehand.",
  options: { model: anyText("name of the model, as in kiwi model list"), ...switching },
  create:
    ({ model, ...params }, tools) =>
    ({ time, high, low, close }) =>
      regimeSeries(knownDefinition(loadModel(model, tools)), [time, high, low, close], params),
});

function loadModel(model: string, { regimeModel }: PluginTools): HmmArtifact {
  if (model === "") {
    throw new KiwiError({
      code: "MODEL_UNNAMED",
      exit: "config",
      message: "the regime hmm-model needs the name of a model",
      why: "it uses a model that was trained beforehand, and none was named",
      fix: 'name one: { use: "hmm-model", model: "regime-SPY-1d" }   (kiwi model list shows all)',
      topic: "models",
    });
  }
  if (regimeModel !== undefined) return regimeModel(model);
  throw new KiwiError({
    code: "MODEL_UNKNOWN",
    exit: "config",
    message: `there is no model ${model}`,
    why: "no models were given to this run",
    fix: "train one: kiwi train regime --data FILE",
    topic: "models",
  });
}
