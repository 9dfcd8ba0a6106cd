import { join } from "node:path";
import { ModelStore } from "../src/adapters/stores/models/model-store.ts";
import { trainPredictor, type PredictorTraining } from "../src/app/train/train-predictor.ts";
import type { Bars } from "../src/domain/bars.ts";
import { calendarNamed } from "../src/domain/calendar/calendar-named.ts";
import { shortFeatures } from "../src/features/short.ts";
import { plainLearner } from "../src/learning/predictors/fit-predictor.ts";

/** Trains a logistic model of the next four bars in the project folder `folder`, and puts it to use. */
export async function trainedModel(
  folder: string,
  bars: Bars,
  name: string,
  changes: Partial<PredictorTraining> = {},
) {
  const store = new ModelStore(join(folder, ".kiwi", "models"));
  return trainPredictor({
    store,
    name,
    family: "logistic",
    learner: plainLearner("logistic"),
    bars,
    calendar: calendarNamed("24/7"),
    set: shortFeatures,
    label: { kind: "direction", horizonBars: 4, moveMin: 0 },
    folds: 1,
    calibration: "beta",
    seed: 1,
    codeVersion: "test",
    createdMs: Date.UTC(2024, 0, 1),
    dataKind: "synthetic",
    onProgress: () => {},
    ...changes,
  });
}
